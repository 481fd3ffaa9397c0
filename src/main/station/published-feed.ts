import type { Logger } from 'pino';
import type { RetryPolicy } from '../../shared/retry.ts';
import type { SourceFault, VideoCodec } from '../../shared/state.ts';
import type { VideoFrame } from './frame.ts';
import type { Capture, CaptureNotices, Publisher, StartCapture } from './ports.ts';
import { PublishedCapture } from './published-capture.ts';

export interface PublishedFeedParts {
  readonly startCapture: StartCapture;
  /** For the process that decodes. */
  readonly retry: RetryPolicy;
  readonly logger: Logger;
}

/** Joins who publishes to a Stream with its Capture, whichever of the two comes first. */
export class PublishedFeed {
  readonly #parts: PublishedFeedParts;
  #publisher: Publisher | null = null;
  #capture: PublishedCapture | null = null;

  constructor(parts: PublishedFeedParts) {
    this.#parts = parts;
  }

  get publisher(): Publisher | null {
    return this.#publisher;
  }

  /** What those who watch had best play; undefined where it makes no difference. */
  get codec(): VideoCodec | undefined {
    return this.#publisher?.codec;
  }

  /** Takes the publisher's place, or leaves it empty. The Capture of the last one ends. */
  set publisher(publisher: Publisher | null) {
    this.#publisher = publisher;
    this.#capture?.end(noPublisher);
    this.#capture = null;
  }

  take(frame: VideoFrame): void {
    this.#capture?.take(frame);
  }

  startCapture(notices: CaptureNotices): Capture {
    const { startCapture, retry, logger } = this.#parts;
    const publisher = this.#publisher;
    if (!publisher) {
      notices.ended(noPublisher);
      return nothing;
    }
    this.#capture = new PublishedCapture({ publisher, notices, startCapture, retry, logger });
    return this.#capture;
  }
}

const noPublisher: SourceFault = { reason: 'no_publisher', detail: 'Nobody publishes to this stream at the moment.' };

/** The Capture of a Stream that waits. */
const nothing: Capture = {
  pid: undefined,
  openRendition: () => undefined,
  adjustRendition: () => undefined,
  closeRendition: () => undefined,
  requestKeyframe: () => undefined,
  close: () => Promise.resolve(),
};
