import type { Page } from '@playwright/test';
import { childrenOf } from '../support/station-process.ts';
import { expect, expectLive, test, tile } from './fixtures.ts';

const clock = { args: ['--source', 'simulated:clock'] };

/** Waits until a tile has shown another picture than now, and that one more than `times` times. */
async function expectMoving(page: Page, streamId: string, times: number): Promise<void> {
  const canvas = tile(page, streamId).locator('canvas');
  const differing = await canvas.evaluate(async (canvas: HTMLCanvasElement, times) => {
    const small = new OffscreenCanvas(64, 36).getContext('2d', { willReadFrequently: true });
    if (!small) throw new Error('This browser can not read its pictures.');
    const seen = new Set<string>();
    while (seen.size <= times) {
      await new Promise(requestAnimationFrame);
      small.drawImage(canvas, 0, 0, 64, 36);
      seen.add(String(small.getImageData(0, 0, 64, 36).data));
    }
    return seen.size;
  }, times);
  expect(differing).toBeGreaterThan(times);
}

test('a browser without WebRTC shows live pictures over HTTP, says so, and says STALE when the detector falls silent', async ({
  page,
  startStation,
}) => {
  await page.addInitScript(() => Reflect.deleteProperty(window, 'RTCPeerConnection'));
  const station = await startStation(clock);
  await page.goto(station.url);
  await expectLive(page, 'clock');
  await expectMoving(page, 'clock', 10);
  await expect(tile(page, 'clock')).toContainText('OVER HTTP');
  await expect(tile(page, 'clock')).toHaveAttribute('aria-label', /over HTTP at a reduced rate/);
  // The newest picture is as fresh as its capture time says, and has the detector's own number.
  await expect(tile(page, 'clock').locator('.latency')).toHaveText(/^\d/);
  const shown = (): Promise<number> => tile(page, 'clock').getAttribute('data-picture').then(Number);
  const before = await shown();
  await expect.poll(shown).toBeGreaterThan(before);

  await tile(page, 'clock').click();
  await page.keyboard.press('i');
  const numbers = page.getByTestId('http');
  await expect(numbers.getByTestId('http-path')).toContainText('HTTP (MJPEG)');
  await expect(numbers.getByTestId('http-traffic')).toContainText(/\d/);
  await expect(numbers.getByTestId('http-rtp')).toContainText('not available over HTTP');
  await expect(numbers.getByTestId('try-webrtc')).toHaveCount(0);

  if (process.platform !== 'linux') return;
  const [pid] = await childrenOf(station.pid);
  if (pid === undefined) throw new Error('The station has no Capture.');
  process.kill(pid, 'SIGSTOP');
  await expect(tile(page, 'clock')).toHaveAttribute('data-state', 'stale');
  await expect(tile(page, 'clock')).toContainText('The detector has sent no new picture for');
  // The station ends what hangs and starts it anew.
  await expectLive(page, 'clock');
  await expectMoving(page, 'clock', 3);
});

test('where WebRTC never connects, pictures come over HTTP after two tries, and over WebRTC as soon as it works', async ({
  page,
  startStation,
}) => {
  await page.addInitScript(blockMedia);
  const station = await startStation(clock);
  await page.goto(station.url);
  await expect(tile(page, 'clock')).toContainText('OVER HTTP');
  const sessions = (): Promise<number> => page.evaluate(() => Number(document.body.dataset['sessions']));
  expect(await sessions()).toBe(2);
  await expectLive(page, 'clock');
  await expectMoving(page, 'clock', 5);

  await tile(page, 'clock').click();
  await page.keyboard.press('i');
  await expect(page.getByTestId('http')).toContainText('WebRTC finds no way to the station.');
  // A try that fails changes nothing.
  await page.getByTestId('try-webrtc').click();
  await expect.poll(sessions).toBe(3);
  await expectMoving(page, 'clock', 5);
  await expect(tile(page, 'clock')).toHaveAttribute('data-way', 'http');

  await page.evaluate(() => (document.body.dataset['mediaWorks'] = 'yes'));
  await expect(async () => {
    // The try of before may not have ended, and the one that follows may have been the last.
    const again = page.getByTestId('try-webrtc');
    if (await again.isVisible()) await again.click({ timeout: 500 });
    await expect(page.getByTestId('http')).toHaveCount(0, { timeout: 1_000 });
  }).toPass({ timeout: 15_000 });
  await expectLive(page, 'clock');
  await expect(tile(page, 'clock')).not.toContainText('OVER HTTP');
  await expect(tile(page, 'clock').locator('canvas')).toBeHidden();
  await expect(page.getByTestId('line-connection')).toContainText('Connected');
  // The place that the pictures over HTTP had is free again.
  await expect.poll(async () => (await station.state()).streams[0]?.viewers).toBe(1);
});

/** Runs in the page before its own scripts: lets no session's media path come up until the page is marked. */
function blockMedia(): void {
  const NativePeer = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends NativePeer {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      document.body.dataset['sessions'] = String(Number(document.body.dataset['sessions'] ?? 0) + 1);
    }

    override setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
      if (document.body.dataset['mediaWorks']) return super.setRemoteDescription(description);
      // The handshake fails where the other end is not who it is said to be: sooner than a firewall is noticed.
      const sdp = description.sdp?.replace(/(a=fingerprint:sha-256 )\S\S/g, '$1FF');
      return super.setRemoteDescription({ ...description, ...(sdp !== undefined && { sdp }) });
    }
  };
}
