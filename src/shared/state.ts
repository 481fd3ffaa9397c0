import type { KeepaliveFacts } from './keepalive.ts';
import type { SourceKind } from './source.ts';

/** The video codecs that a Rendition can be encoded in. */
export type VideoCodec = 'h264' | 'vp8';

/** How the pictures of a Rendition are encoded: as video, or each by itself. */
export type PictureCodec = VideoCodec | 'jpeg';

/** By what both sides of a Source's picture are divided in a Rendition: full, half and quarter size. */
export type PictureScale = 1 | 2 | 4;

/** Which encoder and decoder library a Capture runs on: FFmpeg in the process, or the ffmpeg program beside it. */
export type Engine = 'native' | 'ffmpeg';

/** How one picture's samples are stored. `i420` comes from decoded video; the others are what detectors give. */
export type PixelType = 'uint8' | 'uint16le' | 'rgb24' | 'i420';

/** Why a Source gives no pictures. The page says each in the reader's language; `detail` stays as it was found. */
export type SourceFaultReason =
  /** The camera, file or program is not there. */
  | 'not_found'
  /** The camera is used by something else. */
  | 'busy'
  /** The address does not answer. */
  | 'unreachable'
  /** The address or device refuses us (password, permission). */
  | 'refused'
  /** What the Source sends can't be read as pictures. */
  | 'bad_output'
  /** The Source ended by itself. */
  | 'ended'
  /** The Source is there but sends no picture. */
  | 'silent'
  /** The Capture process died. */
  | 'crashed'
  /** Neither engine can be used on this machine. */
  | 'no_engine'
  /** Nobody publishes to the Stream at the moment. */
  | 'no_publisher'
  /** The other station has the Stream, but its Source is away there. */
  | 'away_there'
  /** What answers does not prove to be the other station. */
  | 'not_trusted';

export interface SourceFault {
  readonly reason: SourceFaultReason;
  /** One sentence of fact in English: what was found, such as a program's first bad line. Never a password. */
  readonly detail: string;
}

/** What the detector says of itself once its first picture is read. */
export interface DetectorInfo {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pixelType: PixelType;
  readonly significantBits: number;
  readonly engine: Engine;
  /** From a detector program; the configuration's own value wins over it. */
  readonly pixelSizeUm?: number;
  /** The rate that the Source announces, where it does. */
  readonly nominalFps?: number;
  /** The name of the station that the detector belongs to, where that is another one. */
  readonly stationName?: string;
}

/** Measured on the raw pixels of one picture, before anything is made fit for a screen. */
export interface PixelReading {
  /** The number of the picture this was measured on. */
  readonly number: number;
  readonly captureTimeMs: number;
  readonly exposureMs?: number;
  /** In the detector's own units (counts); for colour over all three samples, for `i420` over the luma plane. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Share of samples at full scale, 0 to 1. */
  readonly fullScaleShare: number;
  /** Share of samples at zero, 0 to 1. */
  readonly zeroShare: number;
  /** Differs whenever the picture differs; equal hashes of a noisy detector mean that it is frozen. */
  readonly hash: string;
  /** How counts become the 8-bit picture: `lowCount` is shown black, `highCount` white. */
  readonly display: DisplayWindow;
}

/** The part of the detector's range that the screen shows. */
export interface DisplayWindow {
  readonly lowCount: number;
  readonly highCount: number;
  /** True while the station follows the picture (0.1 % of the samples ignored at each end). */
  readonly isAuto: boolean;
}

/** What a Stream's Source is doing, as one of exclusive states. */
export type StreamStatus =
  /** Nobody watches, so the Source is at rest. */
  | { readonly kind: 'idle' }
  /** The Capture was started and has not shown a picture yet. */
  | { readonly kind: 'starting' }
  /** Pictures arrive. */
  | { readonly kind: 'live' }
  /** The Source is away; tried again at `nextTryAtMs` (Unix time), or being tried now where that has passed. */
  | {
      readonly kind: 'offline';
      readonly fault: SourceFault;
      readonly sinceMs: number;
      readonly nextTryAtMs: number;
      readonly attempt: number;
    };

/** One encoding of a Stream that somebody watches at the moment. */
export interface RenditionState {
  readonly codec: PictureCodec;
  readonly scale: PictureScale;
  readonly viewers: number;
  /** Sent to each viewer, averaged over the last seconds. */
  readonly kbitPerS: number;
  /** What its encoder may use at most; null for JPEG, which knows no limit, and for what is passed on. */
  readonly maxKbitPerS: number | null;
  /** There where the pictures are passed on as they were published: no encoder works for it. */
  readonly isPassedOn?: true;
}

export interface StreamState {
  readonly id: string;
  readonly name: string;
  readonly sourceKind: SourceKind;
  readonly pixelSizeUm: number | null;
  readonly status: StreamStatus;
  /** Null until the Source has shown a picture. Kept while it is away. */
  readonly detector: DetectorInfo | null;
  /** Pictures that arrived per second, over the last seconds; null when not live. */
  readonly fps: number | null;
  readonly reading: PixelReading | null;
  /** Since when (Unix time) a detector whose pictures always differed gives the same one again and again; null where it does not. */
  readonly frozenSinceMs: number | null;
  readonly renditions: readonly RenditionState[];
  readonly viewers: number;
  /** Pictures that some viewer was not sent because it was behind, since the station started. */
  readonly skippedFrames: number;
  /** How often the Capture was started since the station started. */
  readonly starts: number;
}

/** How pictures reach a Viewer's Player: straight, or over a TURN server of one side. */
export type ViewerPath = 'direct' | 'relayed';

/** How well one Viewer's Player is reached, as measured on the station's side. */
export interface ViewerTelemetry {
  /** Null while it is connecting. */
  readonly connectedForMs: number | null;
  /** Null while none is found. A Player that keeps quiet about its own TURN server counts as direct. */
  readonly path: ViewerPath | null;
  /** All that is sent to it, over the last seconds. */
  readonly kbitPerS: number;
  /** From its last report (RFC 3550 §6.4.1). This and the next two are null where none has come in the last ten seconds. */
  readonly roundTripMs: number | null;
  /** Share of packets that were lost on the way, 0 to 1, over the last ten seconds. Those that were sent again are among them. */
  readonly lossShare: number | null;
  /** How unevenly packets arrive, from its last report. */
  readonly jitterMs: number | null;
  /** What is waiting to be sent. */
  readonly backlogBytes: number;
  /** Pictures that it was not sent because it was behind. */
  readonly skippedFrames: number;
  /** Packets that were sent once more because it had lost them. */
  readonly resentPackets: number;
  /** How often it asked for a keyframe because it could not go on. */
  readonly keyframeRequests: number;
  /** From the pings on its data channel; null where it has opened none. */
  readonly keepalive: KeepaliveFacts | null;
  /** What its Player says that its link could carry (REMB); null where it doesn't say. */
  readonly availableKbitPerS: number | null;
  /** The whole pictures that it is sent on its channel `video`; null where it has opened none. */
  readonly pictures: PictureChannelTelemetry | null;
}

/** What goes over a Viewer's channel `video`. */
export interface PictureChannelTelemetry {
  /** Pictures per second that its Player asked for at most. */
  readonly maxFps: number;
  /** What is waiting to be sent. */
  readonly bufferedBytes: number;
  readonly sentPictures: number;
  /** Pictures that it was not sent because it was behind. */
  readonly skippedPictures: number;
}

/** One Viewer. Nothing here tells who it is, or where. */
export interface ViewerState extends ViewerTelemetry {
  /** The first eight characters of its id: whoever knew the whole could steer its session. */
  readonly id: string;
  readonly streamId: string;
  readonly codec: VideoCodec;
  /** Of the video that it is sent. */
  readonly scale: PictureScale;
  readonly isConnected: boolean;
}

/** What the station costs the machine it runs on, its Captures not counted. */
export interface ProcessLoad {
  /** Resident memory. */
  readonly memoryBytes: number;
  /** How late the station comes to its work, 99th percentile of the last ten seconds or more. */
  readonly eventLoopLagMs: number;
}

/**
 * What is wrong with the station as a whole, said until it is mended: on its own screen, and to those on the network who may read what
 * happened to its Streams, because it can name files and addresses.
 */
export interface StationNotice {
  readonly code: 'bad_configuration' | 'no_directory';
  /** One English sentence with place and cause. */
  readonly detail: string;
}

/** The whole visible state at one instant, sent to every screen once a second and on change. */
export interface StationState {
  /** The station's clock, Unix time. */
  readonly timeMs: number;
  readonly station: {
    readonly name: string;
    readonly version: string;
    readonly startedAtMs: number;
    /** A new one at every start, so that a screen knows that it talks to another run. */
    readonly runId: string;
    /** Whether colleagues on the network can watch at the moment. */
    readonly isShared: boolean;
    readonly load: ProcessLoad;
  };
  readonly notices: readonly StationNotice[];
  readonly streams: readonly StreamState[];
  /** All that are connected or connecting, Stream by Stream. */
  readonly viewers: readonly ViewerState[];
}
