import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { boot, type BootedStation } from '../../src/main/boot.ts';
import { findFfmpegEngine } from '../../src/main/capture/worker/ffmpeg/engine.ts';
import { loadConfig } from '../../src/main/config.ts';
import { prepareLaunch } from '../../src/main/launch.ts';
import type { Engine, StreamState } from '../../src/shared/state.ts';
import { childrenOf } from '../support/station-process.ts';
import { WeriftPlayer } from '../support/werift-player.ts';

const ffmpeg = await findFfmpegEngine();

let dataDir: string;
let booted: BootedStation;
const closing: (() => Promise<void>)[] = [];
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'eyepiece-settings-'));
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await rm(dataDir, { recursive: true });
});

/** A station on real Captures, as it starts without a configuration file. */
async function start(engine: Engine): Promise<void> {
  const configFile = join(dataDir, 'station.json');
  const { config, notices } = await loadConfig(configFile);
  const http = { ...config.http, port: 0 };
  const options = { config: { ...config, engine, http }, notices, configFile, dataDir, fixedBy: null };
  booted = await boot(options, pino({ enabled: false }));
  closing.push(() => booted.close());
}

async function watch(streamId: string): Promise<WeriftPlayer> {
  const player = new WeriftPlayer();
  closing.push(() => player.close());
  const { answerSdp } = await booted.station.watch(streamId, await player.offer());
  await player.accept(answerSdp);
  await morePictures(player, 3);
  return player;
}

function stream(id: string): StreamState {
  const found = booted.station.state().streams.find((each) => each.id === id);
  if (!found) throw new Error(`There is no stream ${id}.`);
  return found;
}

/** @returns The pictures that came, once there are so many more than now. */
async function morePictures(player: WeriftPlayer, count: number) {
  const before = player.pictures.length;
  return vi.waitFor(
    () => {
      const since = player.pictures.slice(before);
      expect(since.length).toBeGreaterThanOrEqual(count);
      return since;
    },
    { timeout: 20_000 },
  );
}

describe.for(['native', 'ffmpeg'] as const)('A station that runs on %s', (engine) => {
  beforeEach(({ skip }) => {
    if (engine === 'ffmpeg' && !ffmpeg) {
      skip('there is neither ffmpeg-static nor an ffmpeg with libx264 on this machine');
    }
  });

  test('changes one stream under the eyes of its viewers, and no other', { timeout: 60_000 }, async () => {
    await start(engine);
    const { settings } = booted;
    const [changed, other] = [await watch('brightfield'), await watch('fluorescence')];
    const captures = (await childrenOf(process.pid)).sort();
    const before = other.packets.length;

    await settings.changeStream('brightfield', { name: 'Left bench', quality: 'economy', pixelSizeUm: 0.5 });
    await morePictures(changed, 10);
    expect(stream('brightfield')).toMatchObject({
      ...{ name: 'Left bench', pixelSizeUm: 0.5, starts: 1, viewers: 1 },
      renditions: [{ maxKbitPerS: 1_500 }],
    });

    await settings.addStream({ name: 'Clock', source: { kind: 'simulated', detector: 'clock' } });
    await settings.moveStream('clock', 0);
    await settings.removeStream('dim');
    await morePictures(changed, 10);
    await morePictures(other, 10);
    expect(stream('fluorescence')).toMatchObject({
      starts: 1,
      viewers: 1,
      skippedFrames: 0,
      status: { kind: 'live' },
    });
    // One session from the first packet to the last, without a gap in its numbers.
    const numbers = other.packets.slice(before).map(({ header }) => header.sequenceNumber);
    expect(numbers.every((number, at) => at === 0 || ((number - (numbers[at - 1] ?? 0)) & 0xffff) === 1)).toBe(true);
    expect(changed.ssrcs).toHaveLength(1);
    expect((await childrenOf(process.pid)).sort()).toEqual(captures);
  });

  test('lets go of the capture and the viewers of a stream that is removed', { timeout: 60_000 }, async () => {
    await start(engine);
    const [removed, other] = [await watch('brightfield'), await watch('fluorescence')];
    const captures = await childrenOf(process.pid);
    await booted.settings.removeStream('brightfield');
    expect(await childrenOf(process.pid)).toHaveLength(captures.length - 1);
    const count = removed.pictures.length;
    await morePictures(other, 5);
    expect(removed.pictures).toHaveLength(count);
    expect(await readFile(join(dataDir, 'station.json'), 'utf8')).not.toContain('brightfield');
  });
});

test('A station that was started with sources on its command line says that they are fixed', async () => {
  const args = ['--port', '0', '--data-dir', dataDir, '--source', 'simulated:dim'];
  const launch = prepareLaunch(args, {});
  const launched = 'start' in launch ? await launch.start() : launch;
  if (!('station' in launched)) throw new Error('No station was started.');
  closing.push(() => launched.close());
  expect(launched.dataDir).toBe(dataDir);
  expect(launched.settings.settings()).toMatchObject({ fixedBy: 'command_line', streams: [{ id: 'dim' }] });
  await launched.settings.renameStation('Room 2');
  expect((await loadConfig(join(dataDir, 'station.json'))).config).toMatchObject({
    name: 'Room 2',
    streams: { length: 4 },
  });
});
