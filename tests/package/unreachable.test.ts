import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('Where Electron can not be downloaded, packaging says so in one sentence and fails', () => {
  // Nothing listens on port 1 (tcpmux, RFC 1078).
  const env = { ...process.env, ELECTRON_MIRROR: 'http://127.0.0.1:1/' };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/package.ts'], { env, encoding: 'utf8' });
  expect(stderr).toMatch(
    /^No package: Electron's program goes into it, and http:\/\/127\.0\.0\.1:1\/ does not answer\..*\n$/,
  );
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
});
