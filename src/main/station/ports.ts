import type { IceCandidate, IceRestart, IceServer, Reach, SessionDescription } from '../../shared/api.ts';
import type { Source, StationSource } from '../../shared/source.ts';
import type {
  DetectorInfo,
  PictureCodec,
  PictureScale,
  PixelReading,
  SourceFault,
  VideoCodec,
  ViewerTelemetry,
} from '../../shared/state.ts';
import type { PublisherEnd, ViewerEnd } from '../../shared/stream-event.ts';
import type { Frame, VideoFrame } from './frame.ts';

/** What a Capture is asked to encode. */
export interface RenditionSpec {
  /** Chosen by the Stream; names the Rendition in all messages. */
  readonly id: string;
  readonly codec: PictureCodec;
  readonly scale: PictureScale;
  /** At most. For JPEG, whose quality is fixed, this is passed over. */
  readonly kbitPerS: number;
  /** Pictures that come sooner are left out: at most so many a second are encoded. Undefined for all of them. */
  readonly maxFps?: number;
}

/** One running Capture, seen from the station. Calls after its end do nothing. */
export interface Capture {
  /** The process that runs it, for logs and tests. */
  readonly pid: number | undefined;
  openRendition(spec: RenditionSpec): void;
  /**
   * Encodes an open Rendition at another `kbitPerS` or `maxFps` from the next picture on. Its codec and scale stay. Where the
   * encoder can't be told so while it runs, a new one takes its place and begins with a keyframe.
   */
  adjustRendition(spec: RenditionSpec): void;
  closeRendition(id: string): void;
  /** In which codec it passes full-size pictures on as they came; undefined where it encodes them all. */
  readonly passesOn?: VideoCodec | undefined;
  /** Takes one picture of a publisher to decode: only of a Capture whose Source is `published`. */
  decode?(frame: VideoFrame): void;
  /** Asks for the very next picture as a keyframe. */
  requestKeyframe(renditionId: string): void;
  /** Ends the process: asked to, then SIGTERM, and after two seconds SIGKILL. Resolves when it is gone. */
  close(): Promise<void>;
}

/** How a Capture speaks up to its owner. */
export interface CaptureNotices {
  /** The Source has shown its first picture; called again when its size or depth changes. */
  detector(info: DetectorInfo, canKeyframeOnDemand: boolean): void;
  /** A picture was read and measured. Called for each picture, at most ten times a second. */
  reading(reading: PixelReading): void;
  frame(renditionId: string, frame: Frame): void;
  /** Called exactly once, when no more pictures will come, whatever the cause; `close()` is a cause too. */
  ended(fault: SourceFault): void;
}

/** Starts the process for one Source. Never throws: what goes wrong arrives as `ended`. */
export type StartCapture = (source: Source, notices: CaptureNotices) => Capture;

/** What can be asked of a session from its first word to its end, whoever made the offer. */
export interface ViewerSession {
  readonly id: string;
  updateIce(sdpFragment: string, expectedTag?: string): Promise<IceRestart | null>;
  addIceCandidate(candidate: IceCandidate): Promise<void>;
  /**
   * Called with each candidate of the station, at once with those that are known, and with null after the last one, until the
   * returned function is called or the session ends.
   */
  onCandidate(listener: (candidate: IceCandidate | null) => void): () => void;
  /** Frees everything. Idempotent; `gone` is told once. */
  close(reason: ViewerEnd): Promise<void>;
}

/** The station's end of one person watching one Stream. */
export interface Viewer extends ViewerSession {
  /** What both sides can do. */
  readonly codec: VideoCodec;
  readonly iceTag: string;
  /** True from DTLS connected until the end. */
  readonly isConnected: boolean;
  /** Pictures left out because this Viewer was behind. */
  readonly skippedFrames: number;
  /** What this Player would like to be sent; told anew by `wishChanged`. */
  readonly wish: ViewerWish;
  /** Share of packets that were lost on the way in the last three seconds; null where the Player has not reported. */
  readonly recentLossShare: number | null;
  /** How well the Player is reached at this moment. */
  telemetry(): ViewerTelemetry;
  /**
   * Sends one picture under this Viewer's own numbers. Never blocks and never queues without bound: before it is
   * connected, before its first keyframe, and while it is behind, whole pictures are left out up to the next keyframe.
   * A JPEG goes over its channel `video`; pictures of its video, whatever their scale, over RTP.
   */
  write(frame: Frame): void;
}

/** What a Player would like to be sent, by its own word. */
export interface ViewerWish {
  /** The size that its screen shows the picture at, in physical pixels; null where it doesn't say, and the whole is wanted. */
  readonly shownPx: { readonly widthPx: number; readonly heightPx: number } | null;
  /** Whole pictures on its channel `video`; null for none. */
  readonly pictures: { readonly scale: PictureScale; readonly maxFps: number } | null;
}

/** A Viewer to be: the station has offered, and the Player has not answered yet. */
export interface OfferedViewer extends ViewerSession {
  readonly offerSdp: string;
  /**
   * Makes the Viewer, under the same id. An answer that is refused changes nothing, so that a right one can follow.
   * @throws StationError `not_an_answer` or `bad_answer`.
   */
  answer(answer: SessionDescription): Viewer;
}

/** How a session speaks up to its owner. */
export interface ViewerNotices {
  /** It can be sent pictures now. */
  connected(): void;
  /** It can't go on without a keyframe (PLI, FIR, or pictures were skipped). */
  keyframeWanted(): void;
  /** Its `wish` differs now. */
  wishChanged(): void;
  /** Called exactly once, whatever the cause. */
  gone(reason: ViewerEnd): void;
}

/**
 * Makes a Viewer from a Player's offer, or throws a StationError that says what is wrong with the offer.
 * @param preferred What is chosen where the Player can play both.
 */
export type AcceptViewer = (
  offerSdp: string,
  reach: Reach,
  notices: ViewerNotices,
  preferred?: VideoCodec,
) => Promise<{ readonly viewer: Viewer; readonly answerSdp: string }>;

/** Makes an offer. @param iceServers Used instead of the configured ones; undefined for those. */
export type OfferViewer = (
  iceServers: readonly IceServer[] | undefined,
  reach: Reach,
  notices: ViewerNotices,
) => Promise<OfferedViewer>;

/** The station's end of one person or program that sends pictures of its own. */
export interface Publisher {
  readonly id: string;
  readonly codec: VideoCodec;
  readonly iceTag: string;
  /** False where nothing has come for two seconds. */
  readonly isSending: boolean;
  updateIce(sdpFragment: string, expectedTag?: string): Promise<IceRestart | null>;
  /** Asks for a keyframe, as often as that is good for anybody. */
  requestKeyframe(): void;
  /** Frees everything. Idempotent; `gone` is told once. */
  close(reason: PublisherEnd): Promise<void>;
}

/** How a Publisher speaks up to its owner. */
export interface PublisherNotices {
  connected(): void;
  /** A whole picture has come, and all that is needed to decode it came before. */
  frame(frame: VideoFrame): void;
  /** Called exactly once, whatever the cause. */
  gone(reason: PublisherEnd): void;
}

/** Makes a Publisher from an offer, or throws a StationError that says what is wrong with the offer. */
export type AcceptPublisher = (
  offerSdp: string,
  reach: Reach,
  notices: PublisherNotices,
) => Promise<{ readonly publisher: Publisher; readonly answerSdp: string }>;

/** A session in which this station watches another one: it has offered, and the other one has not answered yet. */
export interface WatchSession {
  readonly offerSdp: string;
  /**
   * Begins to connect. @param clockAheadMs How far the other station's clock is ahead of ours at the moment of the call.
   * @throws StationError `bad_answer`.
   */
  answer(answerSdp: string, clockAheadMs: () => number): Publisher;
  /** Frees everything, whether it was answered or not. Idempotent. */
  close(): Promise<void>;
}

/** Makes the offer with which this station watches another one. */
export type OfferToWatch = (reach: Reach, notices: PublisherNotices) => Promise<WatchSession>;

/** What passes pictures on that are encoded already. */
export type EncodedPictures = Pick<Publisher, 'codec' | 'requestKeyframe'>;

/** What another station says of a Stream of its own. */
export interface WatchedFacts {
  readonly stationName: string;
  /** Of its full size; null where it is not known there. */
  readonly pixelSizeUm: number | null;
  /** Of its full size; null where it is not known yet. */
  readonly widthPx: number | null;
}

/** How a Stream of another station speaks up to its owner. */
export interface WatchedNotices {
  /** It is there, and pictures will come. */
  opened(pictures: EncodedPictures, facts: WatchedFacts): void;
  frame(frame: VideoFrame): void;
  /** Called exactly once, when no more pictures will come, whatever the cause; `close()` is a cause too. */
  ended(fault: SourceFault): void;
}

/** Watches a Stream of another station until that ends or is closed. Never throws: what goes wrong arrives as `ended`. */
export type WatchStation = (source: StationSource, notices: WatchedNotices) => { close(): Promise<void> };
