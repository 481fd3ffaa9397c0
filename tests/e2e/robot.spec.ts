import { aiortcMissing, startAiortcClient, type AiortcClient } from '../support/aiortc-client.ts';
import { expect, test as base } from './fixtures.ts';

const clock = { streams: [{ id: 'clock', name: 'Clock', source: { kind: 'simulated', detector: 'clock' } }] };
const missing = aiortcMissing();

interface Fixtures {
  /** Starts a program of somebody else, which is ended after the test. */
  startClient: (...args: Parameters<typeof startAiortcClient>) => AiortcClient;
}

const test = base.extend<Fixtures>({
  startClient: async ({}, use) => {
    const clients: AiortcClient[] = [];
    await use((...args) => {
      const client = startAiortcClient(...args);
      clients.push(client);
      return client;
    });
    await Promise.all(clients.map((client) => client.kill()));
  },
});

test.skip(missing !== null, missing ?? '');

test('a program for robot cameras, made with aiortc, is shown H.264 and reads the status', async ({
  startStation,
  startClient,
}) => {
  const station = await startStation({ config: clock });
  const client = startClient('robot', 'H264', 'clock', station.url);
  const added: unknown[] = [];
  let said = await client.next();
  while ('candidate' in said) {
    added.push(said['candidate']);
    said = await client.next();
  }
  expect(added.length).toBeGreaterThan(0);
  for (const answer of added) expect(answer).toEqual([200, { success: true }]);
  expect(said).toMatchObject({ widthPx: 1280, heightPx: 720 });
  // Of one colour the spread would be none.
  expect(said['spread']).toBeGreaterThan(10);
  expect(await client.next()).toMatchObject({
    pictures: 10,
    status: { status: 'running', active_connections: 1, camera_stream: true, port: Number(new URL(station.url).port) },
  });
  expect((await station.state()).streams[0]?.renditions).toMatchObject([{ codec: 'h264', viewers: 1 }]);
  expect(await client.leave()).toEqual({ deleted: 200 });
  await expect.poll(async () => (await station.state()).streams[0]?.viewers).toBe(0);
});

test('two WHEP clients made with aiortc are shown H.264 and VP8', async ({ startStation, startClient }) => {
  const station = await startStation({ config: clock });
  const clients = [startClient('whep', 'H264', 'clock', station.url), startClient('whep', 'VP8', 'clock', station.url)];
  for (const client of clients) {
    const first = await client.next();
    expect(first).toMatchObject({ widthPx: 1280, heightPx: 720 });
    expect(first['spread']).toBeGreaterThan(10);
    expect(await client.next()).toMatchObject({ pictures: 10 });
  }
  const codecs = (await station.state()).streams[0]?.renditions.map(({ codec }) => codec) ?? [];
  expect(codecs.toSorted()).toEqual(['h264', 'vp8']);
  for (const client of clients) expect(await client.leave()).toEqual({ deleted: 200 });
});
