import type { Logger } from 'pino';
import type { RetryPolicy } from '../../shared/retry.ts';
import type { Source, SourceKind } from '../../shared/source.ts';
import type { SourceFault, VideoCodec } from '../../shared/state.ts';
import type { VideoFrame } from './frame.ts';
import type { Capture, CaptureNotices, EncodedPictures, RenditionSpec, StartCapture } from './ports.ts';
import { Supervisor } from './supervisor.ts';

/** For a decoder that has missed something, and for who joins while nobody asks for keyframes. */
const keyframeEveryMs = 10_000;

export interface PublishedCaptureParts {
  readonly publisher: EncodedPictures;
  readonly notices: CaptureNotices;
  /** Starts the process that decodes. */
  readonly startCapture: StartCapture;
  readonly retry: RetryPolicy;
  readonly logger: Logger;
}

const source: Source & { readonly kind: Extract<SourceKind, 'published'> } = { kind: 'published' };

/**
 * The Capture of a Stream whose pictures somebody publishes. At full size and in his codec they are passed on as they are; a process
 * decodes them besides, for measuring them and for all other Renditions. Where it fails it is started again, and what is passed on
 * goes on meanwhile.
 */
export class PublishedCapture implements Capture {
  /** There is no process for what is passed on. */
  readonly pid = undefined;
  readonly #parts: PublishedCaptureParts;
  readonly #passed = new Set<string>();
  readonly #encoded = new Map<string, RenditionSpec>();
  readonly #supervisor: Supervisor;
  #decoder: Capture | null = null;
  #keyframeMs = performance.now();
  #isEnded = false;

  constructor(parts: PublishedCaptureParts) {
    const { notices, startCapture, retry, logger } = parts;
    this.#parts = parts;
    this.#supervisor = new Supervisor({
      source,
      startCapture,
      retry,
      logger: logger.child({ decodes: true }),
      notices: {
        captureChanged: (capture) => this.#decoderChanged(capture),
        detector: (info) => this.#tell(() => notices.detector(info, true)),
        reading: (reading) => this.#tell(() => notices.reading(reading)),
        frame: (renditionId, frame) => this.#tell(() => notices.frame(renditionId, frame)),
        // What is passed on does not need it.
        statusChanged: () => undefined,
      },
    });
    this.#supervisor.start();
  }

  get passesOn(): VideoCodec {
    return this.#parts.publisher.codec;
  }

  /** The publisher has sent a picture. */
  take(frame: VideoFrame): void {
    if (this.#isEnded) return;
    if (frame.isReordered) {
      this.end({
        reason: 'bad_output',
        detail: 'The publisher sends B-frames, which no browser can show over WebRTC. Set them to 0 in its encoder.',
      });
      return;
    }
    const nowMs = performance.now();
    if (frame.isKeyframe) this.#keyframeMs = nowMs;
    else if (nowMs - this.#keyframeMs > keyframeEveryMs) this.#wantKeyframe(nowMs);
    for (const id of this.#passed) this.#parts.notices.frame(id, frame);
    this.#decoder?.decode?.(frame);
  }

  openRendition(spec: RenditionSpec): void {
    if (spec.scale === 1 && spec.codec === this.passesOn) {
      this.#passed.add(spec.id);
      this.#wantKeyframe(performance.now());
    } else {
      this.#encoded.set(spec.id, spec);
      this.#decoder?.openRendition(spec);
    }
  }

  /** The bits of what is passed on are the publisher's affair. */
  adjustRendition(spec: RenditionSpec): void {
    if (!this.#encoded.has(spec.id)) return;
    this.#encoded.set(spec.id, spec);
    this.#decoder?.adjustRendition(spec);
  }

  closeRendition(id: string): void {
    this.#passed.delete(id);
    if (this.#encoded.delete(id)) this.#decoder?.closeRendition(id);
  }

  requestKeyframe(renditionId: string): void {
    if (this.#passed.has(renditionId)) this.#wantKeyframe(performance.now());
    else this.#decoder?.requestKeyframe(renditionId);
  }

  /** No more pictures will come. */
  end(fault: SourceFault): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#parts.notices.ended(fault);
  }

  async close(): Promise<void> {
    this.end({ reason: 'ended', detail: 'The station has ended this Capture.' });
    await this.#supervisor.stop();
  }

  #tell(notice: () => void): void {
    if (!this.#isEnded) notice();
  }

  #decoderChanged(capture: Capture | null): void {
    this.#decoder = capture;
    if (!capture) return;
    for (const spec of this.#encoded.values()) capture.openRendition(spec);
    this.#wantKeyframe(performance.now());
  }

  #wantKeyframe(nowMs: number): void {
    this.#keyframeMs = nowMs;
    this.#parts.publisher.requestKeyframe();
  }
}
