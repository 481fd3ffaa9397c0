import type { Page } from '@playwright/test';
import { expect, expectPictures, test, tile } from './fixtures.ts';
import { jpegPart, makeJpeg, startWebServer } from '../support/mjpeg-server.ts';

type Rgb = readonly [red: number, green: number, blue: number];

/** 4:2:0 video with 8 bits, converted twice, is a few counts off; a wrong matrix or range is off by a dozen and more. */
const toleranceCounts = 6;

const python = process.platform === 'win32' ? 'python' : 'python3';

for (const colour of [
  [200, 60, 30],
  [20, 160, 70],
  [0, 0, 0],
  [255, 255, 255],
] as const satisfies Rgb[]) {
  test(`a detector's colour ${colour.join(', ')} is shown as it is`, async ({ page, startStation }) => {
    const program = `
import json, sys, time
out = sys.stdout.buffer
line = lambda **message: out.write(json.dumps(message).encode() + b"\\n")
line(eyepiece=1, widthPx=320, heightPx=240, pixelType="rgb24", significantBits=8)
pixels = bytes([${colour.join(', ')}]) * (320 * 240)
frame = 0
while True:
    frame += 1
    line(frame=frame, bytes=len(pixels))
    out.write(pixels)
    out.flush()
    time.sleep(0.05)
`;
    const source = { kind: 'program', command: [python, '-c', program] };
    const station = await startStation({ config: { streams: [{ id: 'colour', name: 'Colour', source }] } });
    await page.goto(station.url);
    await expectColour(page, 'colour', colour);
  });
}

test('the colours of a camera that sends JPEG are shown as JPEG means them', async ({ page, startStation }) => {
  // JFIF 1.02: full range, BT.601.
  const [luma, cb, cr] = [120, 90, 190] as const;
  const colour = [
    luma + 1.402 * (cr - 128),
    luma - 0.344136 * (cb - 128) - 0.714136 * (cr - 128),
    luma + 1.772 * (cb - 128),
  ] as const;
  const part = jpegPart(makeJpeg(luma, [cb, cr]));
  const camera = await startWebServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=frame' });
    const timer = setInterval(() => response.write(part), 50);
    response.on('close', () => clearInterval(timer));
  });
  try {
    const source = { kind: 'url', url: `${camera.url}/stream` };
    const station = await startStation({ config: { streams: [{ id: 'jpeg', name: 'JPEG camera', source }] } });
    await page.goto(station.url);
    await expectColour(page, 'jpeg', colour);
  } finally {
    await camera.close();
  }
});

async function expectColour(page: Page, streamId: string, expected: Rgb): Promise<void> {
  await expectPictures(page, streamId, 3);
  const shown = await tile(page, streamId)
    .locator('video')
    .evaluate((video: HTMLVideoElement) => {
      const context = new OffscreenCanvas(1, 1).getContext('2d');
      if (!context) throw new Error('This browser has no canvas.');
      context.drawImage(video, video.videoWidth / 2, video.videoHeight / 2, 1, 1, 0, 0, 1, 1);
      return [...context.getImageData(0, 0, 1, 1).data];
    });
  const offCounts = expected.map((count, index) => Math.abs((shown[index] ?? NaN) - count));
  expect(Math.max(...offCounts), `shown ${shown.slice(0, 3).join(', ')}`).toBeLessThanOrEqual(toleranceCounts);
}
