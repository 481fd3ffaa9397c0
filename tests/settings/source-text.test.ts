import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sourceText } from '../../src/main/settings/source-text.ts';
import type { Source } from '../../src/shared/source.ts';

test.each<[Source, string]>([
  [{ kind: 'simulated', detector: 'brightfield' }, 'simulated: brightfield'],
  [{ kind: 'camera', device: 0 }, 'camera 0'],
  [{ kind: 'camera', device: '/dev/v4l/by-id/usb-Scope' }, '/dev/v4l/by-id/usb-Scope'],
  [{ kind: 'url', url: 'rtsp://192.168.1.20:554' }, 'rtsp://192.168.1.20:554'],
  [{ kind: 'url', url: 'rtsp://192.168.1.20:554/' }, 'rtsp://192.168.1.20:554'],
  [{ kind: 'url', url: 'https://me:secret@cam.lab/secret/1.m3u8?key=secret' }, 'https://cam.lab/…'],
  [{ kind: 'url', url: 'http://me@[fd00::1]:80/x' }, 'http://[fd00::1]:80/…'],
  // FFmpeg would take `se` for the host here, but it is half a password.
  [{ kind: 'url', url: 'rtsp://me:se/cret@cam/1' }, 'rtsp://…'],
  [{ kind: 'url', url: 'rtsp://me:se@cret@cam/1' }, 'rtsp://cam/…'],
  [{ kind: 'file', path: '/lab/takes/beads.mp4' }, 'beads.mp4'],
  [
    { kind: 'station', url: 'https://192.168.4.20:8081', stream: 'dim', token: 'secret', fingerprint: 'AB'.repeat(32) },
    'https://192.168.4.20:8081 (dim)',
  ],
  [{ kind: 'station', url: 'https://bench.lab:8081', token: 'secret' }, 'https://bench.lab:8081'],
  [{ kind: 'program', command: ['/opt/detect', '--key', 'secret'] }, 'detect'],
])('%j is shown as “%s”', (source, text) => {
  expect(sourceText(source)).toBe(text);
});

test('A password in an address is never shown, whatever it is made of', () => {
  // Upper case, so that it can't be part of the rest by chance.
  const password = fc.stringMatching(/^[A-Z]{3}[A-Z:@/?#%&=]{0,9}[A-Z]{3}$/);
  const where = fc.constantFrom(
    (secret: string) => `rtsp://me:${secret}@cam.lab/live`,
    (secret: string) => `http://cam.lab/view?user=me&password=${secret}`,
    (secret: string) => `rtmp://cam.lab/live/${secret}`,
  );
  fc.assert(
    fc.property(password, where, (secret, addressWith) => {
      const text = sourceText({ kind: 'url', url: addressWith(secret) });
      expect(text).not.toMatch(/[A-Z]/);
      expect(text).toMatch(/^[a-z]+:\/\//);
    }),
  );
});
