import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseFolder, root } from '../architecture/imports.ts';

const page = readFileSync(join(root, 'docs/security.md'), 'utf8');

describe('docs/security.md', () => {
  test('answers all 20 points of Electron’s list, in order', () => {
    const points = [...page.matchAll(/^\| (\d+) \| .+ \| .+ \|$/gm)].map(([, number]) => Number(number));
    expect(points).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
  });

  test('names files that are there', () => {
    const files = [...page.matchAll(/`((?:src|tests)\/[\w/-]+\.ts|[\w-]+\.ts)`/g)].map(([, file]) => file ?? '');
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });
});

test.each([
  'webSecurity',
  'allowRunningInsecureContent',
  'experimentalFeatures',
  'enableBlinkFeatures',
  'openExternal',
  'nodeIntegrationInSubFrames',
  'bypassCSP',
  'type="file"',
])('Nothing in the program mentions %s', (word) => {
  const sources = parseFolder('src', ['.ts', '.vue']);
  expect(sources.length).toBeGreaterThan(50);
  expect(sources.filter(({ text }) => text.includes(word)).map(({ path }) => path)).toEqual([]);
});
