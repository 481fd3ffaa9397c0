import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Frame } from '../../src/main/station/frame.ts';
import type { Source } from '../../src/shared/source.ts';
import { nalTypes, nalUnits } from '../support/h264.ts';
import { isRunning } from '../support/processes.ts';
import { watchCapture } from '../support/watched-capture.ts';
import type { WatchedCapture } from '../support/watched-capture.ts';

const clock: Source = { kind: 'simulated', detector: 'clock' };
const dim: Source = { kind: 'simulated', detector: 'dim' };
const wall = { id: 'wall', codec: 'h264', scale: 1, kbitPerS: 2_000 } as const;
const fallback = { id: 'fallback', codec: 'vp8', scale: 1, kbitPerS: 2_000 } as const;
const isLinux = process.platform === 'linux';

const watched: WatchedCapture[] = [];
function watch(...args: Parameters<typeof watchCapture>): WatchedCapture {
  const capture = watchCapture(...args);
  watched.push(capture);
  return capture;
}
afterEach(() => Promise.all(watched.splice(0).map(({ capture }) => capture.close())));

describe('a Capture process', () => {
  test('tells the detector, then readings and frames from a keyframe on', async () => {
    const { capture, framesOf, detectors, readings } = watch(clock);
    capture.openRendition(wall);
    const frames = await framesOf('wall', 30);

    expect(detectors).toEqual([
      {
        canKeyframeOnDemand: true,
        info: {
          ...{ widthPx: 1280, heightPx: 720, pixelType: 'i420', significantBits: 8, nominalFps: 30 },
          engine: 'native',
        },
      },
    ]);
    expect(frames[0]).toMatchObject({ isKeyframe: true, codec: 'h264' });
    expect(nalTypes(frames[0]!.data).filter((type) => type !== 6)).toEqual([7, 8, 5]);
    expect(nalUnits(frames[0]!.data)[0]?.[1]).toBe(0x42);
    expect(frames.filter((frame) => frame.isKeyframe)).toHaveLength(1);
    frames.slice(1).forEach((frame, index) => {
      expect(frame.number).toBeGreaterThan(frames[index]!.number);
      expect(frame.captureTimeMs).toBeGreaterThan(frames[index]!.captureTimeMs);
    });
    expect(new Set(readings.map(({ hash }) => hash)).size).toBe(readings.length);
  });

  test('gives readings without anyone watching, ten a second at most', async () => {
    const { readings, frames } = watch(clock);
    await vi.waitFor(() => expect(readings.length).toBeGreaterThan(20), { timeout: 15_000 });
    expect(frames.size).toBe(0);
    const seconds = (readings.at(-1)!.captureTimeMs - readings[0]!.captureTimeMs) / 1000;
    expect((readings.length - 1) / seconds).toBeLessThan(11);
    expect(readings[0]).toMatchObject({ min: 16, max: 235, display: { lowCount: 16, highCount: 235, isAuto: false } });
  });

  test('measures each picture of a slow detector and stretches what it shows', async () => {
    const { capture, framesOf, readings } = watch(dim);
    capture.openRendition(wall);
    const frames = await framesOf('wall', 6);
    const numbers = readings.map(({ number }) => number);
    for (const frame of frames.slice(0, 5)) expect(numbers).toContain(frame.number);
    const { display, exposureMs } = readings[0]!;
    expect(exposureMs).toBe(90);
    expect(display.isAuto).toBe(true);
    expect(display.highCount - display.lowCount).toBeLessThan(0.02 * 65_535);
  });

  test('makes the very next picture a keyframe when one is asked for', async () => {
    const { capture, framesOf, onFrame } = watch(dim);
    let askedAt = 0;
    // At ten pictures a second, the wish is there long before the next picture.
    onFrame((renditionId, frame) => {
      if (askedAt > 0 || frame.number < 4) return;
      askedAt = frame.number;
      capture.requestKeyframe(renditionId);
    });
    capture.openRendition(wall);
    const frames = await framesOf('wall', 8);
    expect(frames.filter((frame) => frame.isKeyframe).map((frame) => frame.number)).toEqual([
      frames[0]!.number,
      askedAt + 1,
    ]);
  });

  test('makes a VP8 Rendition when it is asked for and ends one that nobody needs', async () => {
    const { capture, framesOf, frames } = watch(clock);
    capture.openRendition(wall);
    await framesOf('wall', 3);
    capture.openRendition(fallback);
    const vp8 = await framesOf('fallback', 3);
    expect(vp8[0]).toMatchObject({ isKeyframe: true, codec: 'vp8' });
    expect([...vp8[0]!.data.subarray(3, 6)]).toEqual([0x9d, 0x01, 0x2a]);

    capture.closeRendition('wall');
    await framesOf('fallback', vp8.length + 6);
    const atRest = frames.get('wall')!.length;
    await framesOf('fallback', frames.get('fallback')!.length + 6);
    expect(frames.get('wall')).toHaveLength(atRest);
  });

  test('makes smaller pictures, and fewer whole ones as JPEG, beside the video of the same pictures', async () => {
    const { capture, framesOf, frames } = watch(clock);
    capture.openRendition(wall);
    capture.openRendition({ id: 'small', codec: 'h264', scale: 4, kbitPerS: 500 });
    capture.openRendition({ id: 'pictures', codec: 'jpeg', scale: 2, kbitPerS: 0, maxFps: 5 });
    // The newest Rendition is served first, so that the others still owe the last picture.
    const pictures = (await framesOf('pictures', 11)).slice(0, 10);

    for (const picture of pictures) {
      expect(picture).toMatchObject({ codec: 'jpeg', isKeyframe: true, widthPx: 640, heightPx: 360 });
      for (const id of ['wall', 'small']) expect(frames.get(id)!.map(({ number }) => number)).toContain(picture.number);
    }
    const seconds = (pictures[9]!.captureTimeMs - pictures[0]!.captureTimeMs) / 1000;
    expect(9 / seconds).toBeLessThan(6);
    expect(frames.get('wall')!.length).toBeGreaterThan(2 * pictures.length);
    const bytesOf = (id: string) => frames.get(id)!.reduce((bytes, { data }) => bytes + data.length, 0);
    expect(bytesOf('small') / bytesOf('wall')).toBeLessThan(0.3);
  });

  test('changes the bitrate and the number of pictures while it runs, without a keyframe', async () => {
    const { capture, framesOf } = watch(clock);
    capture.openRendition(wall);
    const whole = await framesOf('wall', 60);
    capture.adjustRendition({ ...wall, kbitPerS: 300 });
    const small = (await framesOf('wall', whole.length + 60)).slice(whole.length);
    const bytesOf = (frames: readonly Frame[]) => frames.slice(-30).reduce((bytes, { data }) => bytes + data.length, 0);
    expect(bytesOf(small) / bytesOf(whole)).toBeLessThan(0.5);

    capture.adjustRendition({ ...wall, kbitPerS: 300, maxFps: 10 });
    const all = await framesOf('wall', whole.length + small.length + 30);
    const numbers = all.slice(-20).map(({ number }) => number);
    expect(numbers.at(-1)! - numbers[0]!).toBeGreaterThan(2 * numbers.length);
    expect(all.filter(({ isKeyframe }) => isKeyframe)).toHaveLength(1);
  });

  test('ends when it is closed, and tells its end once', async () => {
    const { capture, framesOf, ends, pid } = watch(clock);
    capture.openRendition(wall);
    await framesOf('wall', 1);
    await Promise.all([capture.close(), capture.close()]);
    expect(isRunning(pid)).toBe(false);
    expect(ends).toEqual([{ reason: 'ended', detail: 'The station has ended this Capture.' }]);
    capture.requestKeyframe('wall');
    capture.openRendition(wall);
    await capture.close();
    expect(ends).toHaveLength(1);
  });

  test('can be closed before it has begun', async () => {
    const { capture, ends, pid } = watch(clock);
    await capture.close();
    expect(isRunning(pid)).toBe(false);
    expect(ends).toHaveLength(1);
  });

  test.runIf(isLinux)('that was killed has crashed, and is told once', async () => {
    const { capture, framesOf, ends, pid } = watch(clock);
    capture.openRendition(wall);
    await framesOf('wall', 1);
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(ends).toHaveLength(1));
    expect(ends[0]).toEqual({ reason: 'crashed', detail: 'The Capture process was ended by SIGKILL.' });
    await capture.close();
    expect(ends).toHaveLength(1);
  });

  test.runIf(isLinux)('that is stopped is killed by close()', async () => {
    const { capture, framesOf, ends, pid } = watch(clock);
    capture.openRendition(wall);
    await framesOf('wall', 1);
    process.kill(pid, 'SIGSTOP');
    await capture.close();
    expect(isRunning(pid)).toBe(false);
    expect(ends.map(({ reason }) => reason)).toEqual(['ended']);
  });

  test('that falls over says with which error', async () => {
    const entry = new URL('../support/falls-over.js', import.meta.url);
    const { ends } = watch(clock, { entry });
    await vi.waitFor(() => expect(ends).toHaveLength(1), { timeout: 10_000 });
    expect(ends[0]).toEqual({
      reason: 'crashed',
      detail: 'The Capture process ended with code 1: RangeError: the detector is on fire',
    });
  });

  test('ends with the reason when its Source has none', async () => {
    const { ends, pid } = watch({ kind: 'program', command: ['/nowhere/detector'] });
    await vi.waitFor(() => expect(ends).toHaveLength(1), { timeout: 10_000 });
    expect(ends[0]?.reason).toBe('not_found');
    expect(isRunning(pid)).toBe(false);
  });

  test.runIf(isLinux).each([
    { how: 'runs', signal: null },
    { how: 'is stopped', signal: 'SIGSTOP' },
  ] as const)('that $how does not outlive a killed station', async ({ signal }) => {
    const station = spawn(process.execPath, [fileURLToPath(new URL('../support/doomed-station.ts', import.meta.url))], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface({ input: station.stdout }), 'line')) as [string];
    const pid = Number(line);
    expect(isRunning(pid)).toBe(true);
    if (signal) process.kill(pid, signal);
    station.kill('SIGKILL');
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 10_000 });
  });
});
