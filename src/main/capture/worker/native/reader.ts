import { setTimeout as delay } from 'node:timers/promises';
import type { DecodedSource } from '../engine.ts';
import type { FfmpegInput } from '../ffmpeg/input.ts';
import { describeInput } from '../ffmpeg/input.ts';
import { asFault } from '../ffmpeg/source-error.ts';
import type { Reader, ReaderNotices } from '../reader.ts';
import { lookUpCamera } from './camera.ts';
import { Media } from './media.ts';
import { playLive } from './play-live.ts';
import { playRecording } from './play-recording.ts';
import type { ShowPicture } from './raw-picture.ts';

/** A name server that does not answer can't be interrupted; nobody has to wait for it. */
const longestCloseMs = 1_000;

/** Reads a camera, an address or a recording with FFmpeg in this process. */
export function openNativeReader(source: DecodedSource, notices: ReaderNotices): Reader {
  const stop = new AbortController();
  const reading = read(source, notices, stop.signal).catch((error: unknown) => {
    // After close() an error is only the way in which the reading came to its end.
    if (!stop.signal.aborted) notices.ended(asFault(error));
  });
  return {
    async close() {
      stop.abort();
      await Promise.race([reading, delay(longestCloseMs)]);
    },
  };
}

async function read(source: DecodedSource, notices: ReaderNotices, signal: AbortSignal): Promise<void> {
  const input = await describe(source);
  signal.throwIfAborted();
  const media = await Media.open(input, signal);
  const interrupt = () => media.interrupt();
  signal.addEventListener('abort', interrupt);
  try {
    signal.throwIfAborted();
    const { nominalFps } = media;
    notices.opened(nominalFps === undefined ? {} : { nominalFps });
    const show: ShowPicture = (number, captureTimeMs, pixels) => {
      if (!signal.aborted) notices.picture({ number, captureTimeMs, ...pixels });
    };
    await (input.isLive ? playLive(media, show, signal) : playRecording(media, show, signal));
  } finally {
    signal.removeEventListener('abort', interrupt);
    await media.close();
  }
}

async function describe(source: DecodedSource): Promise<FfmpegInput> {
  if (source.kind !== 'camera') return describeInput(source);
  const camera = await lookUpCamera(source);
  return describeInput(camera.source, camera.modes);
}
