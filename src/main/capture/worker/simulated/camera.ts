import type { SourceFault } from '../../../../shared/state.ts';
import type { RawPicture } from '../picture.ts';
import type { Reader, ReaderNotices, SourceInfo } from '../reader.ts';

/** One picture of a simulated camera, before it is numbered and stamped. */
export type Exposure = Omit<RawPicture, 'number' | 'captureTimeMs'>;

/** A detector that exists only as arithmetic. */
export interface SimulatedCamera {
  readonly info: SourceInfo & { readonly nominalFps: number };
  /** @returns A picture in memory that the next call takes again. */
  expose(captureTimeMs: number): Exposure;
  /** Why the camera gives no picture at this time (Unix time); null where it does. Without it: always there. */
  faultAt?(timeMs: number): SourceFault | null;
}

/** A simulated camera with its scene is made on another turn, so that opening never blocks the caller. */
export function openCamera(makeCamera: () => SimulatedCamera, notices: ReaderNotices): Reader {
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  function open(): void {
    if (isClosed) return;
    const camera = makeCamera();
    const fault = camera.faultAt?.(Date.now());
    if (fault) return notices.ended(fault);
    notices.opened(camera.info);
    run(camera);
  }

  /** Pictures fall on a fixed beat. Those that this process is too late for are left out, as a real camera drops them. */
  function run(camera: SimulatedCamera): void {
    const intervalMs = 1000 / camera.info.nominalFps;
    const startMs = performance.now();
    let number = 0;
    let beat = 0;
    const next = (): void => {
      const captureTimeMs = Date.now();
      const fault = camera.faultAt?.(captureTimeMs);
      if (fault) return notices.ended(fault);
      number += 1;
      notices.picture({ ...camera.expose(captureTimeMs), number, captureTimeMs });
      if (isClosed) return;
      const elapsedMs = performance.now() - startMs;
      beat = Math.max(beat + 1, Math.floor(elapsedMs / intervalMs));
      timer = setTimeout(next, Math.max(0, beat * intervalMs - elapsedMs));
    };
    next();
  }

  setImmediate(open);
  return {
    close() {
      isClosed = true;
      clearTimeout(timer);
      return Promise.resolve();
    },
  };
}
