import { setTimeout as delay } from 'node:timers/promises';
import type { Frame } from 'node-av/lib';
import { SourceError } from '../ffmpeg/source-error.ts';
import type { Media } from './media.ts';
import { makePacket } from './media.ts';
import type { ShowPicture } from './raw-picture.ts';
import { PixelAccess } from './raw-picture.ts';

/** After a longer standstill (a stopped process, a slow disk) the recording goes on from where it is, not faster. */
const longestLagMs = 500;

/** For recordings that don't say how long a picture lasts. */
const usualFps = 25;

/** Plays a recording over and over at its own rate. Numbers and times go on from one round to the next. */
export async function playRecording(media: Media, show: ShowPicture, signal: AbortSignal): Promise<void> {
  const pixels = new PixelAccess();
  const packet = makePacket();
  const pictureS = 1 / (media.nominalFps ?? usualFps);
  let number = 0;
  let startMs = performance.now();
  let roundStartS = 0;

  /** Plays once; times count from the first picture of the first round. @returns Where the next round starts. */
  async function playRound(): Promise<number> {
    let firstS: number | undefined;
    let endS = roundStartS;
    const showInTime = async (frame: Frame) => {
      const time = media.timeOf(frame);
      firstS ??= time.startS ?? 0;
      const dueS = time.startS === undefined ? endS : roundStartS + Math.max(0, time.startS - firstS);
      endS = dueS + (time.durationS || pictureS);
      const picture = await pixels.read(frame);
      const dueMs = await waitUntil(startMs + dueS * 1000, signal);
      startMs = dueMs - dueS * 1000;
      number += 1;
      show(number, Date.now() - (performance.now() - dueMs), picture);
    };
    while (await media.readPacket(packet)) await media.decode(packet, showInTime);
    await media.decode(null, showInTime);
    return endS;
  }

  try {
    for (;;) {
      const endS = await playRound();
      if (endS === roundStartS) throw new SourceError('bad_output', `No picture in ${media.label} can be decoded.`);
      roundStartS = endS;
      await media.rewind();
    }
  } finally {
    pixels.free();
    packet.free();
  }
}

/** @returns The time it was due, or now where that is long past. */
async function waitUntil(dueMs: number, signal: AbortSignal): Promise<number> {
  const leftMs = dueMs - performance.now();
  if (leftMs > 0) await delay(leftMs, undefined, { signal });
  signal.throwIfAborted();
  return leftMs < -longestLagMs ? performance.now() : dueMs;
}
