import pino from 'pino';
import { vi } from 'vitest';
import type { Source } from '../../src/shared/source.ts';
import type { DetectorInfo, PixelReading, SourceFault } from '../../src/shared/state.ts';
import { captureProcesses, type CaptureProcessesOptions } from '../../src/main/capture/process.ts';
import type { Frame } from '../../src/main/station/frame.ts';
import type { Capture } from '../../src/main/station/ports.ts';

export const captureEntry = new URL('../../src/main/capture/worker/main.ts', import.meta.url);

/** A real Capture process with everything it has said. */
export interface WatchedCapture {
  readonly capture: Capture;
  readonly pid: number;
  readonly detectors: { info: DetectorInfo; canKeyframeOnDemand: boolean }[];
  readonly readings: PixelReading[];
  readonly frames: Map<string, Frame[]>;
  readonly ends: SourceFault[];
  /** Called with each frame as it arrives. */
  readonly onFrame: (listener: (renditionId: string, frame: Frame) => void) => void;
  /** Resolves with all frames of a Rendition as soon as there are so many. */
  readonly framesOf: (renditionId: string, count: number) => Promise<readonly Frame[]>;
}

export function watchCapture(source: Source, options: Partial<CaptureProcessesOptions> = {}): WatchedCapture {
  const log = pino({ level: 'silent' });
  const start = captureProcesses({ entry: captureEntry, engine: 'native', log, ...options });
  const frames = new Map<string, Frame[]>();
  const detectors: WatchedCapture['detectors'] = [];
  const readings: PixelReading[] = [];
  const ends: SourceFault[] = [];
  let listener: (renditionId: string, frame: Frame) => void = () => undefined;
  const capture = start(source, {
    detector: (info, canKeyframeOnDemand) => detectors.push({ info, canKeyframeOnDemand }),
    reading: (reading) => readings.push(reading),
    frame(renditionId, frame) {
      frames.set(renditionId, [...(frames.get(renditionId) ?? []), frame]);
      listener(renditionId, frame);
    },
    ended: (fault) => ends.push(fault),
  });
  return {
    ...{ capture, pid: capture.pid ?? 0, detectors, readings, frames, ends },
    onFrame: (next) => (listener = next),
    framesOf: (renditionId, count) =>
      vi.waitFor(
        () => {
          const got = frames.get(renditionId) ?? [];
          if (got.length >= count) return got;
          const why = ends[0] ? `, and it ended: ${ends[0].detail}` : '';
          throw new Error(`${got.length} of ${count} frames have come${why}`);
        },
        { timeout: 20_000, interval: 20 },
      ),
  };
}
