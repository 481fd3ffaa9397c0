import type { Logger } from 'pino';
import type { RetryPolicy } from '../../shared/retry.ts';
import type { StationSource } from '../../shared/source.ts';
import type { DetectorInfo, PictureScale, SourceFault, VideoCodec } from '../../shared/state.ts';
import type {
  Capture,
  CaptureNotices,
  EncodedPictures,
  RenditionSpec,
  StartCapture,
  WatchedFacts,
  WatchStation,
} from './ports.ts';
import { PublishedCapture } from './published-capture.ts';

export interface WatchedCaptureParts {
  readonly source: StationSource;
  readonly notices: CaptureNotices;
  readonly watchStation: WatchStation;
  /** Starts the process that decodes. */
  readonly startCapture: StartCapture;
  /** For that process. */
  readonly retry: RetryPolicy;
  readonly logger: Logger;
}

/** The Capture of a Stream of another station: its pictures are passed on and decoded as those of somebody who publishes. */
export class WatchedCapture implements Capture {
  readonly pid = undefined;
  readonly #parts: WatchedCaptureParts;
  readonly #session: { close(): Promise<void> };
  /** What was asked for before the other station has answered. */
  readonly #early = new Map<string, RenditionSpec>();
  #pictures: PublishedCapture | null = null;
  #isEnded = false;

  constructor(parts: WatchedCaptureParts) {
    this.#parts = parts;
    this.#session = parts.watchStation(parts.source, {
      opened: (pictures, facts) => this.#opened(pictures, facts),
      frame: (frame) => this.#pictures?.take(frame),
      ended: (fault) => this.#end(fault),
    });
  }

  get passesOn(): VideoCodec | undefined {
    return this.#pictures?.passesOn;
  }

  openRendition(spec: RenditionSpec): void {
    if (this.#pictures) this.#pictures.openRendition(spec);
    else this.#early.set(spec.id, spec);
  }

  adjustRendition(spec: RenditionSpec): void {
    if (this.#pictures) this.#pictures.adjustRendition(spec);
    else if (this.#early.has(spec.id)) this.#early.set(spec.id, spec);
  }

  closeRendition(id: string): void {
    this.#early.delete(id);
    this.#pictures?.closeRendition(id);
  }

  requestKeyframe(renditionId: string): void {
    this.#pictures?.requestKeyframe(renditionId);
  }

  async close(): Promise<void> {
    this.#end({ reason: 'ended', detail: 'The station has ended this Capture.' });
    await Promise.all([this.#session.close(), this.#pictures?.close()]);
  }

  #opened(publisher: EncodedPictures, facts: WatchedFacts): void {
    if (this.#isEnded) return;
    const { notices, startCapture, retry, logger } = this.#parts;
    const described = new Described(facts);
    this.#pictures = new PublishedCapture({
      publisher,
      notices: {
        ...notices,
        detector: (info, canKeyframe) => notices.detector(described.of(info), canKeyframe),
        ended: (fault) => this.#end(fault),
      },
      startCapture,
      retry,
      logger,
    });
    for (const spec of this.#early.values()) this.#pictures.openRendition(spec);
    this.#early.clear();
  }

  #end(fault: SourceFault): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#parts.notices.ended(fault);
  }
}

/** What the other station knows of its detector, and a decoder can't see. */
class Described {
  readonly #facts: WatchedFacts;
  /** Before anything is lost on the link, the picture comes at full size. */
  #widthPx: number | null;

  constructor(facts: WatchedFacts) {
    this.#facts = facts;
    this.#widthPx = facts.widthPx;
  }

  of(info: DetectorInfo): DetectorInfo {
    const { stationName, pixelSizeUm } = this.#facts;
    this.#widthPx ??= info.widthPx;
    const scale = nearestScale(this.#widthPx / info.widthPx);
    return { ...info, stationName, ...(pixelSizeUm !== null && { pixelSizeUm: pixelSizeUm * scale }) };
  }
}

/** Over a weak link half or a quarter of the size comes, rounded to whole pixels. */
function nearestScale(ratio: number): PictureScale {
  if (ratio < 1.5) return 1;
  return ratio < 3 ? 2 : 4;
}
