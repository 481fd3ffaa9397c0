import { fileURLToPath } from 'node:url';
import { brightness, expect, expectLive, expectPictures, test, tile } from './fixtures.ts';
import { rtspServerMissing, startRtspServer } from '../support/rtsp-server.ts';

const recording = fileURLToPath(new URL('../data/beads-in-water.mp4', import.meta.url));
const python = process.platform === 'win32' ? 'python' : 'python3';
const detectorExample = fileURLToPath(new URL('../../resources/detectors/simulated_detector.py', import.meta.url));

test('a recording of a microscope is played as a live picture', async ({ page, startStation }) => {
  const station = await startStation({ args: ['--source', recording] });
  await page.goto(station.url);
  await expect(page.getByTestId('tile')).toHaveAttribute('data-state', 'live');
  const id = (await page.getByTestId('tile').getAttribute('data-stream-id')) ?? '';
  // Longer than the file, so that the loop is crossed while somebody watches.
  await expectPictures(page, id, 80);
  expect((await brightness(page, id)).spread).toBeGreaterThan(3);
});

test('an RTSP camera is watched live', async ({ page, startStation }) => {
  const missing = rtspServerMissing();
  test.skip(missing !== null, missing ?? '');
  const server = await startRtspServer(recording);
  try {
    const station = await startStation({
      config: { streams: [{ id: 'rtsp', name: 'Network camera', source: { kind: 'url', url: server.url } }] },
    });
    await page.goto(station.url);
    await expectLive(page, 'rtsp');
    await expectPictures(page, 'rtsp', 24);
    expect((await brightness(page, 'rtsp')).spread).toBeGreaterThan(3);
  } finally {
    await server.close();
  }
});

test('an RTSP camera that goes away and comes back returns to the same tile', async ({ page, startStation }) => {
  const missing = rtspServerMissing();
  test.skip(missing !== null, missing ?? '');
  const server = await startRtspServer(recording);
  const station = await startStation({
    config: { streams: [{ id: 'rtsp', name: 'Network camera', source: { kind: 'url', url: server.url } }] },
  });
  await page.goto(station.url);
  await expectLive(page, 'rtsp');
  await server.close();
  await expect(tile(page, 'rtsp')).toHaveAttribute('data-state', 'offline', { timeout: 15_000 });
  const again = await startRtspServer(recording, Number(new URL(server.url).port));
  await expect(tile(page, 'rtsp')).toHaveAttribute('data-state', 'live', { timeout: 25_000 });
  await again.close();
});

test('a detector program is watched live, with its own pixel size', async ({ page, startStation }) => {
  const station = await startStation({
    config: {
      streams: [{ id: 'diy', name: 'DIY detector', source: { kind: 'program', command: [python, detectorExample] } }],
    },
  });
  await page.goto(station.url);
  await expectLive(page, 'diy');
  await expectPictures(page, 'diy', 10);
  const [stream] = (await station.state()).streams;
  expect(stream?.pixelSizeUm).toBeGreaterThan(0);
  expect(stream?.sourceKind).toBe('program');
});

test('a detector program that writes nonsense is OFFLINE with its first bad line, and the others stay live', async ({
  page,
  startStation,
}) => {
  const station = await startStation({
    config: {
      streams: [
        {
          id: 'bad',
          name: 'Bad program',
          source: { kind: 'program', command: [python, '-c', 'print("hello, I am no detector")'] },
        },
        { id: 'good', name: 'Good', source: { kind: 'simulated', detector: 'dim' } },
      ],
    },
  });
  await page.goto(station.url);
  await expect(tile(page, 'bad')).toHaveAttribute('data-state', 'offline');
  await expect(tile(page, 'bad')).toContainText('hello, I am no detector');
  await expectLive(page, 'good');
});
