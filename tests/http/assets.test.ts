import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { call, openDoor, problemIn } from './door.ts';

/** A folder as the builder makes it, with a file beside it that nobody may read. */
function builtPage(): string {
  const outer = mkdtempSync(join(tmpdir(), 'eyepiece-page-'));
  onTestFinished(() => rmSync(outer, { recursive: true }));
  writeFileSync(join(outer, 'secret.txt'), 'secret');
  const page = join(outer, 'renderer');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>Eyepiece</title>');
  writeFileSync(join(page, 'manifest.webmanifest'), '{}');
  writeFileSync(join(page, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(page, 'assets', 'index-B4dC0ffe.js'), 'export {};');
  writeFileSync(join(page, 'assets', 'index-B4dC0ffe.css'), 'body{}');
  writeFileSync(join(page, 'assets', 'inter-1234abcd.woff2'), 'font');
  return page;
}

describe('the page', () => {
  it.each([
    ['/', /^text\/html; charset=utf-8$/i, 'no-cache'],
    ['/index.html', /^text\/html; charset=utf-8$/i, 'no-cache'],
    ['/v/brightfield', /^text\/html; charset=utf-8$/i, 'no-cache'],
    ['/v/nobody-knows?layout=four', /^text\/html; charset=utf-8$/i, 'no-cache'],
    ['/manifest.webmanifest', /^application\/manifest\+json/, 'no-cache'],
    ['/favicon.svg', /^image\/svg\+xml/, 'no-cache'],
    ['/assets/index-B4dC0ffe.js', /^(text|application)\/javascript/, 'public, max-age=31536000, immutable'],
    ['/assets/index-B4dC0ffe.css', /^text\/css/, 'public, max-age=31536000, immutable'],
    ['/assets/inter-1234abcd.woff2', /^font\/woff2$/, 'public, max-age=31536000, immutable'],
  ])('has %s with its type and how long it may be kept', async (path, type, cacheControl) => {
    const door = await openDoor({ assetsDir: builtPage() });
    const { status, headers, text } = await call(door, { path });
    expect(status).toBe(200);
    expect(text.length).toBeGreaterThan(0);
    expect(headers['content-type']).toMatch(type);
    expect(headers['cache-control']).toBe(cacheControl);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; " +
        "connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });

  it('is not sent again to a browser that has it', async () => {
    const door = await openDoor({ assetsDir: builtPage() });
    const { headers } = await call(door, { path: '/' });
    const again = await call(door, { path: '/', headers: { 'if-none-match': headers.etag ?? '' } });
    expect(again).toMatchObject({ status: 304, text: '' });
  });

  it.each([
    '/secret.txt',
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..%5csecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '//secret.txt',
    '/assets',
    '/assets/',
    '/INDEX.HTML',
    '/index.html/',
    '/v',
    '/v/',
    '/v/brightfield/',
    '/v/a/b',
    '/v/a/../../secret.txt',
    '/V/brightfield',
  ])('has nothing at %s', async (path) => {
    const door = await openDoor({ assetsDir: builtPage() });
    const { status, text } = await call(door, { path });
    expect(status).toBe(404);
    expect(text).not.toContain('secret');
  });

  it('has no file that was put there after the start', async () => {
    const page = builtPage();
    const door = await openDoor({ assetsDir: page });
    writeFileSync(join(page, 'late.js'), 'late');
    expect((await call(door, { path: '/late.js' })).status).toBe(404);
  });

  it('takes GET and HEAD only', async () => {
    const door = await openDoor({ assetsDir: builtPage() });
    for (const path of ['/', '/v/brightfield', '/assets/index-B4dC0ffe.js']) {
      const { status, headers } = await call(door, { method: 'POST', path });
      expect(status).toBe(405);
      expect(headers.allow?.split(', ').sort()).toEqual(['GET', 'HEAD']);
      expect(await call(door, { method: 'HEAD', path })).toMatchObject({ status: 200, text: '' });
    }
  });

  it.each([null, '/nowhere/at/all'])('that is not built (%s) says what to do', async (assetsDir) => {
    const door = await openDoor({ assetsDir });
    for (const path of ['/', '/v/brightfield']) {
      const answer = await call(door, { path });
      expect(answer.status).toBe(503);
      expect(problemIn(answer).title).toBe('The page is not built; run npm run build.');
    }
  });
});
