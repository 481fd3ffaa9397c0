import type { FrameNumbers } from '../../shared/commands.ts';
import type { Frame } from '../station/frame.ts';

const intervalMs = 200;
/** The newest ones; a Viewer that joins is sent more pictures at once, of which it shows the last. */
const maxFrames = 100;

/** Tells a Player which pictures it was sent as video, some at a time. */
export class FrameNumberReports {
  readonly #tell: (report: FrameNumbers) => boolean;
  #frames: FrameNumbers['frames'][number][] = [];
  #toldAtMs = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  /** @param tell Returns false where nothing can be told now; it is called again with more. */
  constructor(tell: (report: FrameNumbers) => boolean) {
    this.#tell = tell;
  }

  /** A picture was sent. */
  add({ number, captureTimeMs }: Frame): void {
    this.#frames.push([number, captureTimeMs]);
    if (this.#frames.length > maxFrames) this.#frames.shift();
    this.#arm();
  }

  /** Forgets what was not told. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#frames = [];
  }

  #arm(): void {
    const waitMs = Math.max(0, this.#toldAtMs + intervalMs - performance.now());
    this.#timer ??= setTimeout(() => this.#report(), waitMs);
  }

  #report(): void {
    this.#timer = undefined;
    this.#toldAtMs = performance.now();
    if (this.#tell({ type: 'frames', frames: this.#frames })) this.#frames = [];
    else this.#arm();
  }
}
