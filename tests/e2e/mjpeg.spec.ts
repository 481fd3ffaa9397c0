import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from './fixtures.ts';

const clock = { streams: [{ id: 'clock', name: 'Clock', source: { kind: 'simulated', detector: 'clock' } }] };

/** Why there is no ffmpeg program here, or null where there is. */
function ffmpegMissing(): string | null {
  const { status, error } = spawnSync('ffmpeg', ['-version'], { timeout: 20_000 });
  return status === 0 ? null : `the program ffmpeg can not be run: ${error?.message ?? `it ended with ${status}`}`;
}

/** Runs a program to its end. @returns What it wrote. */
async function outputOf(program: string, args: readonly string[]): Promise<Buffer> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${complaint}`);
  return Buffer.concat(chunks);
}

test('the ffmpeg program reads the pictures as multipart, one after the other', async ({ startStation }) => {
  const missing = ffmpegMissing();
  test.skip(missing !== null, missing ?? '');
  const station = await startStation({ config: clock });
  const url = `${station.url}mjpeg/clock?fps=20&scale=4`;
  const input = ['-loglevel', 'error', '-f', 'mpjpeg', '-i', url];
  const raw = await outputOf('ffmpeg', [...input, '-frames:v', '10', '-f', 'rawvideo', '-pix_fmt', 'gray', '-']);
  const pictureBytes = 320 * 180;
  expect(raw.length).toBe(10 * pictureBytes);
  // The clock has run on in each.
  const pictures = Array.from({ length: 10 }, (_, at) => raw.subarray(at * pictureBytes, (at + 1) * pictureBytes));
  const changes = pictures.slice(1).filter((picture, at) => !picture.equals(pictures[at] ?? Buffer.alloc(0)));
  expect(changes.length).toBeGreaterThanOrEqual(8);
  await expect.poll(async () => (await station.state()).streams[0]?.viewers).toBe(0);
});

test('a page shows the pictures in an <img>, each with the next one, and counts as one viewer', async ({
  page,
  startStation,
}) => {
  const station = await startStation({ config: clock });
  await page.goto(new URL('/healthz', station.url).href);
  const seen = await page.evaluate(async () => {
    const image = document.body.appendChild(new Image());
    image.src = '/mjpeg/clock?fps=10';
    const canvas = new OffscreenCanvas(64, 36);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('This browser cannot read its pictures.');
    const differing = new Set<string>();
    while (differing.size < 5) {
      await new Promise(requestAnimationFrame);
      if (image.naturalWidth === 0) continue;
      context.drawImage(image, 0, 0, 64, 36);
      differing.add(String(context.getImageData(0, 0, 64, 36).data));
    }
    return { widthPx: image.naturalWidth, heightPx: image.naturalHeight };
  });
  expect(seen).toEqual({ widthPx: 1280, heightPx: 720 });
  const [stream] = (await station.state()).streams;
  expect(stream).toMatchObject({
    viewers: 1,
    renditions: [{ codec: 'jpeg', scale: 1, viewers: 1, maxKbitPerS: null }],
  });
  await page.goto('about:blank');
  await expect.poll(async () => (await station.state()).streams[0]?.viewers).toBe(0);
});

test('a page shows a picture long before the next one comes', async ({ page, startStation }) => {
  const station = await startStation({ config: clock });
  await page.goto(new URL('/healthz', station.url).href);
  await page.evaluate(() => {
    const image = document.body.appendChild(new Image());
    image.src = '/mjpeg/clock?fps=0.1';
  });
  const widthPx = () => page.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth);
  // The next one comes ten seconds after the first.
  await expect.poll(widthPx, { timeout: 8_000 }).toBe(1280);
});

for (const scale of [1, 4] as const) {
  test(`a single JPEG in 1/${scale} of the size carries the capture time that is burnt into it`, async ({
    page,
    startStation,
  }) => {
    const station = await startStation({ config: clock });
    await page.goto(new URL('/healthz', station.url).href);
    const read = await page.evaluate(async (scale) => {
      const response = await fetch(`/frame/clock.jpg?scale=${scale}`);
      const carriedTimeMs = Number(response.headers.get('x-capture-time-ms'));
      const picture = await createImageBitmap(await response.blob());
      // The clock detector's squares: 48 of 24 px from (16, 16), least significant bit first.
      const context = new OffscreenCanvas(48, 1).getContext('2d', { willReadFrequently: true });
      if (!context) throw new Error('This browser cannot read its pictures.');
      for (let bit = 0; bit < 48; bit++) {
        const [left, top, side] = [16 + bit * 24 + 8, 24, 8].map((lengthPx) => lengthPx / scale) as [
          number,
          number,
          number,
        ];
        context.drawImage(picture, left, top, side, side, bit, 0, 1, 1);
      }
      const pixels = context.getImageData(0, 0, 48, 1).data;
      let burntInTimeMs = 0;
      for (let bit = 47; bit >= 0; bit--) burntInTimeMs = burntInTimeMs * 2 + ((pixels[bit * 4] ?? 0) > 127 ? 1 : 0);
      return { status: response.status, widthPx: picture.width, burntInTimeMs, carriedTimeMs };
    }, scale);
    expect(read).toMatchObject({ status: 200, widthPx: 1280 / scale });
    expect(Math.abs(read.burntInTimeMs - read.carriedTimeMs)).toBeLessThanOrEqual(1);
    await expect.poll(async () => (await station.state()).streams[0]?.viewers).toBe(0);
  });
}

test('a program is told in words that a source is away, and does not wait for it', async ({ startStation }) => {
  const config = { streams: [{ id: 'away', name: 'Away', source: { kind: 'file', path: 'no-such-file.mp4' } }] };
  const station = await startStation({ config });
  for (const path of ['/frame/away.jpg', '/mjpeg/away']) {
    const response = await fetch(new URL(path, station.url));
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await response.json()).toMatchObject({ code: 'source_offline' });
  }
});
