import { vi } from 'vitest';
import type { Capture, CaptureNotices, RenditionSpec, StartCapture } from '../../src/main/station/ports.ts';
import type { VideoFrame } from '../../src/main/station/frame.ts';
import type { Source } from '../../src/shared/source.ts';
import type { DetectorInfo, SourceFault } from '../../src/shared/state.ts';
import { frame, info, jpeg, reading } from './pictures.ts';

interface FakePicture {
  /** How large its encodings are. */
  readonly bytes?: number | ((spec: RenditionSpec) => number);
  readonly exposureMs?: number;
  /** Instead of one that no other picture has. */
  readonly hash?: string;
}

/** A Capture whose pictures come when the test says so; keyframes as a real encoder makes them: first, and when asked. */
export class FakeCapture implements Capture {
  readonly pid = undefined;
  readonly source: Source;
  readonly notices: CaptureNotices;
  readonly open = new Map<string, RenditionSpec>();
  readonly requests: string[] = [];
  /** What it was given to decode. */
  readonly decoded: VideoFrame[] = [];
  /** While true, `close()` does not resolve. */
  holdsOn = false;
  isClosed = false;
  #number = 0;
  #keyframesDue = new Set<string>();
  #tellGone = () => undefined as void;
  readonly #gone = new Promise<void>((resolve) => (this.#tellGone = resolve));
  #hasEnded = false;

  constructor(source: Source, notices: CaptureNotices) {
    this.source = source;
    this.notices = notices;
  }

  openRendition(spec: RenditionSpec): void {
    this.open.set(spec.id, spec);
    this.#keyframesDue.add(spec.id);
  }

  adjustRendition(spec: RenditionSpec): void {
    this.open.set(spec.id, spec);
  }

  closeRendition(id: string): void {
    this.open.delete(id);
  }

  decode(published: VideoFrame): void {
    this.decoded.push(published);
  }

  requestKeyframe(renditionId: string): void {
    this.requests.push(renditionId);
    this.#keyframesDue.add(renditionId);
  }

  close(): Promise<void> {
    this.isClosed = true;
    if (!this.holdsOn) this.finish();
    return this.#gone;
  }

  /** The process is gone now. */
  finish(): void {
    this.end({ reason: 'ended', detail: 'The capture was closed.' });
    this.#tellGone();
  }

  /** The process dies, or its Source does. */
  end(fault: SourceFault = { reason: 'crashed', detail: 'The capture process died (SIGKILL).' }): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.notices.ended(fault);
  }

  /** The detector tells of itself. */
  show(changes: Partial<DetectorInfo> = {}, canKeyframeOnDemand = true): void {
    this.notices.detector({ ...info, ...changes }, canKeyframeOnDemand);
  }

  /** The next picture: a reading, and a frame of each Rendition. */
  picture({ bytes = 1_000, exposureMs, hash }: FakePicture = {}): void {
    const number = ++this.#number;
    const measured = reading(number, exposureMs);
    this.notices.reading(hash === undefined ? measured : { ...measured, hash });
    for (const spec of this.open.values()) {
      const { id, codec } = spec;
      const length = typeof bytes === 'number' ? bytes : bytes(spec);
      if (codec === 'jpeg') {
        this.notices.frame(id, jpeg(number, length));
        continue;
      }
      const isKeyframe = this.#keyframesDue.delete(id);
      this.notices.frame(id, frame(number, isKeyframe, codec, length));
    }
  }

  /** Pictures at an even distance for so long. */
  async run(durationMs: number, intervalMs = 100, picture: FakePicture = {}): Promise<void> {
    for (let timeMs = 0; timeMs < durationMs; timeMs += intervalMs) {
      this.picture(picture);
      await vi.advanceTimersByTimeAsync(intervalMs);
    }
  }
}

/** Starts Captures whose Source is away: each ends at once. */
export function failingStarts(startsMs: number[], fails: () => boolean = () => true): StartCapture {
  return (source, notices) => {
    startsMs.push(performance.now());
    const capture = new FakeCapture(source, notices);
    if (fails()) queueMicrotask(() => capture.end({ reason: 'not_found', detail: 'There is no /dev/video9.' }));
    return capture;
  };
}
