import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pageResponder } from '../../src/main/desktop/page.ts';

let folder: string;
let made = 0;
let respond: (request: Request) => Promise<Response>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eyepiece-'));
  await mkdir(join(folder, 'page/assets'), { recursive: true });
  await writeFile(join(folder, 'page/index.html'), '<!doctype html>');
  await writeFile(join(folder, 'page/assets/app.js'), 'export {};');
  await writeFile(join(folder, 'secret.txt'), 'secret');
  respond = pageResponder(join(folder, 'page'), new Map([['/safe.html', () => `made ${++made}`]]));
});
afterAll(() => rm(folder, { recursive: true }));

test.each([
  ['app://eyepiece/', 'text/html; charset=utf-8', '<!doctype html>'],
  ['app://eyepiece/index.html?x=1', 'text/html; charset=utf-8', '<!doctype html>'],
  ['app://eyepiece/assets/app.js', 'text/javascript; charset=utf-8', 'export {};'],
])('The kiosk page gets its own file %s, which may load nothing from elsewhere', async (url, type, body) => {
  const response = await respond(new Request(url));
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe(type);
  expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await response.text()).toBe(body);
});

test('A page that is made when it is asked for is made anew each time, under the same rules', async () => {
  const responses = [
    await respond(new Request('app://eyepiece/safe.html')),
    await respond(new Request('app://eyepiece/safe.html')),
  ];
  expect(await Promise.all(responses.map((response) => response.text()))).toEqual(['made 1', 'made 2']);
  expect(responses[0]?.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(responses[0]?.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
  expect((await respond(new Request('app://other/safe.html'))).status).toBe(404);
});

test.each([
  'app://eyepiece/nothing.js',
  'app://eyepiece/assets',
  'app://eyepiece/../secret.txt',
  'app://eyepiece/%2e%2e/secret.txt',
  'app://eyepiece/..%2fsecret.txt',
  'app://eyepiece//etc/passwd',
  'app://other/index.html',
])('Nothing else is found: %s', async (url) => {
  const response = await respond(new Request(url));
  expect(response.status).toBe(404);
  expect(await response.text()).toBe('Not found');
});

test('Only GET is answered', async () => {
  expect((await respond(new Request('app://eyepiece/', { method: 'POST' }))).status).toBe(404);
});
