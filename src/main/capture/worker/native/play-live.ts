import type { Packet } from 'node-av/lib';
import { SourceError } from '../ffmpeg/source-error.ts';
import type { Media } from './media.ts';
import { makePacket } from './media.ts';
import type { ShowPicture } from './raw-picture.ts';
import { PixelAccess } from './raw-picture.ts';

/** Even a Capture that can't keep up shows a picture this often. */
const longestSkipMs = 250;

/** A stream that brings data but no picture for so long is not one that we can read. Longer than cameras' keyframe distance. */
const longestUndecodableMs = 15_000;

/**
 * Shows pictures as they arrive. The next packet is read while one is decoded: if it is there by the end of that, the
 * Capture is behind, and the picture is left out in favour of the next.
 */
export async function playLive(media: Media, show: ShowPicture, signal: AbortSignal): Promise<void> {
  const pixels = new PixelAccess();
  const packets = [makePacket(), makePacket()] as const;
  let number = 0;
  let lastShownMs = 0;
  let lastDecodedMs = performance.now();
  let reading = startReading(media, packets[0]);
  try {
    for (let turn = 1; ; turn = 1 - turn) {
      const { packet, arrivedMs } = await reading.done;
      const next = startReading(media, turn === 0 ? packets[0] : packets[1]);
      reading = next;
      await media.decode(packet, async (frame) => {
        number += 1;
        lastDecodedMs = performance.now();
        if (next.hasSettled && lastDecodedMs - lastShownMs < longestSkipMs) return;
        lastShownMs = lastDecodedMs;
        show(number, arrivedMs, await pixels.read(frame));
      });
      signal.throwIfAborted();
      if (performance.now() - lastDecodedMs > longestUndecodableMs) {
        throw new SourceError('bad_output', `${media.label} sends data, but no picture could be decoded from it.`);
      }
    }
  } finally {
    media.interrupt();
    await reading.settled;
    pixels.free();
    for (const packet of packets) packet.free();
  }
}

interface Reading {
  readonly done: Promise<{ readonly packet: Packet; readonly arrivedMs: number }>;
  /** Resolves with `done`, whatever its outcome. */
  readonly settled: Promise<void>;
  readonly hasSettled: boolean;
}

function startReading(media: Media, packet: Packet): Reading {
  let hasSettled = false;
  const done = media.readPacket(packet).then((isThere) => {
    if (!isThere) throw new SourceError('ended', `${media.label} has ended the stream.`);
    return { packet, arrivedMs: Date.now() };
  });
  const settled = done.then(
    () => void (hasSettled = true),
    () => void (hasSettled = true),
  );
  return {
    done,
    settled,
    get hasSettled() {
      return hasSettled;
    },
  };
}
