import { parseExposition } from '../http/exposition.ts';
import { childrenOf, type StationProcess } from '../support/station-process.ts';
import type { StreamEvent } from '../../src/shared/stream-event.ts';
import { expect, expectPictures, test } from './fixtures.ts';

/** The id of the only stream that a station has. */
async function onlyStream(station: StationProcess): Promise<string> {
  return (await station.state()).streams[0]?.id ?? 'none';
}

async function logOf(station: StationProcess): Promise<readonly StreamEvent[]> {
  const response = await fetch(new URL(`/api/streams/${await onlyStream(station)}/log`, station.url));
  return (await response.json()) as readonly StreamEvent[];
}

async function metricsOf({ url }: StationProcess): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(new URL('/metrics', url));
  const { samples } = parseExposition(await response.text());
  return new Map(samples.map(({ name, value }) => [name, value]));
}

test('the station knows how well a browser is reached, and says so in its state and metrics', async ({
  page,
  startStation,
}) => {
  const station = await startStation({ args: ['--source', 'simulated:clock'] });
  await page.goto(station.url);
  await expectPictures(page, await onlyStream(station), 5);
  const viewers = async () => (await station.state()).viewers;
  await expect.poll(async () => (await viewers())[0]?.roundTripMs ?? null).not.toBeNull();
  await expect.poll(async () => (await viewers())[0]?.kbitPerS).toBeGreaterThan(0);
  const [viewer] = await viewers();
  expect(viewer).toMatchObject({
    streamId: await onlyStream(station),
    codec: 'h264',
    isConnected: true,
    path: 'direct',
    lossShare: 0,
    skippedFrames: 0,
  });
  expect(viewer?.id).toHaveLength(8);
  const metrics = await metricsOf(station);
  expect(metrics.get('eyepiece_viewers_connected')).toBe(1);
  expect(metrics.get('eyepiece_viewers_max_loss_ratio')).toBe(0);
  expect(metrics.get('eyepiece_viewers_sent_bytes_per_second')).toBeGreaterThan(0);
  expect(metrics.get('process_resident_memory_bytes')).toBeGreaterThan(0);
});

test('the log of a stream tells of a Capture that died, and of the browser that came and went', async ({
  page,
  startStation,
}) => {
  test.skip(process.platform !== 'linux', 'needs /proc to find the Capture processes');
  const station = await startStation({ args: ['--source', 'simulated:clock'] });
  await page.goto(station.url);
  await expectPictures(page, await onlyStream(station), 5);
  for (const pid of await childrenOf(station.pid)) process.kill(pid, 'SIGKILL');
  const kinds = async () => (await logOf(station)).map(({ kind }) => kind);
  await expect.poll(async () => (await kinds()).at(-1)).toBe('live_again');
  expect((await kinds()).toSorted()).toEqual(['live', 'live_again', 'offline', 'started', 'viewer_came']);
  await page.close();
  await expect.poll(async () => (await kinds()).at(-1)).toBe('viewer_gone');
  const log = await logOf(station);
  expect(log.find(({ kind }) => kind === 'offline')).toMatchObject({ reason: 'crashed' });
  expect(log.map(({ timeMs }) => timeMs)).toEqual(log.map(({ timeMs }) => timeMs).toSorted((a, b) => a - b));
});
