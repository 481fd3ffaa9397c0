import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { vi } from 'vitest';
import type { IceCandidate, IceRestart, SessionDescription } from '../../src/shared/api.ts';
import { StationError } from '../../src/shared/errors.ts';
import { backoff } from '../../src/shared/retry.ts';
import { streamConfigSchema, type Source, type StreamConfig } from '../../src/shared/source.ts';
import type { DetectorInfo, SourceFault, StreamState, VideoCodec, ViewerTelemetry } from '../../src/shared/state.ts';
import type { Frame, VideoFrame } from '../../src/main/station/frame.ts';
import type {
  Capture,
  CaptureNotices,
  OfferedViewer,
  RenditionSpec,
  StartCapture,
  Viewer,
  ViewerNotices,
  ViewerWish,
} from '../../src/main/station/ports.ts';
import { acceptInto, type FakePublisher } from './fake-publisher.ts';
import { frame, info, jpeg, reading } from './pictures.ts';
import { Station, type StationParts } from '../../src/main/station/station.ts';
import * as v from 'valibot';

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

/** A Viewer that writes down what it sends from its first keyframe on, such as `K1 2 3`: K is a keyframe. */
export class FakeViewer implements Viewer {
  readonly id: string;
  readonly iceTag = 'tag';
  readonly codec: VideoCodec;
  readonly notices: ViewerNotices;
  readonly frames: Frame[] = [];
  isConnected = false;
  wish: ViewerWish = { shownPx: null, pictures: null };
  skippedFrames = 0;
  recentLossShare: number | null = 0;
  /** What its Player estimates; null where it doesn't. */
  availableKbitPerS: number | null = 4_400;
  backlogBytes = 0;
  end: string | null = null;
  /** Called in each write, after the picture was taken. */
  whenWritten: (frame: Frame) => void = () => undefined;

  constructor(codec: VideoCodec, notices: ViewerNotices, id: string = randomUUID()) {
    this.id = id;
    this.codec = codec;
    this.notices = notices;
  }

  get seen(): string {
    return this.frames.map(({ number, isKeyframe }) => (isKeyframe ? `K${number}` : `${number}`)).join(' ');
  }

  telemetry(): ViewerTelemetry {
    return {
      connectedForMs: 3_725_000,
      path: 'relayed',
      kbitPerS: 4_012,
      roundTripMs: 112.5,
      lossShare: 0.0123,
      jitterMs: 12.5,
      backlogBytes: this.backlogBytes,
      skippedFrames: this.skippedFrames,
      resentPackets: 1_234,
      keyframeRequests: 12,
      keepalive: { roundTripMs: 112.345_678_901_2, ageMs: 1_234.567_890_123 },
      availableKbitPerS: this.availableKbitPerS,
      pictures: null,
    };
  }

  connect(): void {
    this.isConnected = true;
    this.notices.connected();
  }

  wishKeyframe(): void {
    this.notices.keyframeWanted();
  }

  write(written: Frame): void {
    if (!this.isConnected || (this.frames.length === 0 && !written.isKeyframe)) return;
    this.frames.push(written);
    this.whenWritten(written);
  }

  updateIce(sdpFragment: string): Promise<IceRestart | null> {
    return Promise.resolve({ iceTag: 'tag2', sdpFragment });
  }

  addIceCandidate(): Promise<void> {
    return Promise.resolve();
  }

  onCandidate(listener: (candidate: IceCandidate | null) => void): () => void {
    listener(null);
    return () => undefined;
  }

  close(reason: Parameters<ViewerNotices['gone']>[0]): Promise<void> {
    if (this.end === null) {
      this.end = reason;
      this.isConnected = false;
      this.notices.gone(reason);
    }
    return Promise.resolve();
  }
}

/** A session that waits for its answer: `h264` or `vp8`, the name of the codec. */
export class FakeOffer implements OfferedViewer {
  readonly id = randomUUID();
  readonly offerSdp = 'offer';
  readonly notices: ViewerNotices;
  readonly candidates: string[] = [];
  /** The Viewer that the answer has made. */
  viewer: FakeViewer | null = null;
  end: string | null = null;

  constructor(notices: ViewerNotices) {
    this.notices = notices;
  }

  answer({ type, sdp }: SessionDescription): Viewer {
    if (type !== 'answer') throw StationError.notAnAnswer();
    if (sdp !== 'h264' && sdp !== 'vp8') throw StationError.badAnswer('it is a test');
    this.viewer = new FakeViewer(sdp, this.notices, this.id);
    return this.viewer;
  }

  updateIce(): Promise<null> {
    return Promise.resolve(null);
  }

  addIceCandidate({ candidate }: IceCandidate): Promise<void> {
    this.candidates.push(candidate);
    return Promise.resolve();
  }

  onCandidate(listener: (candidate: IceCandidate | null) => void): () => void {
    listener({ candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 });
    listener(null);
    return () => undefined;
  }

  close(reason: Parameters<ViewerNotices['gone']>[0]): Promise<void> {
    this.end ??= reason;
    this.notices.gone(reason);
    return Promise.resolve();
  }
}

export function streamConfig(config: Partial<v.InferInput<typeof streamConfigSchema>> = {}): StreamConfig {
  const source: Source = { kind: 'simulated', detector: 'clock' };
  return v.parse(streamConfigSchema, { id: 'one', name: 'One', source, ...config });
}

export interface World {
  readonly station: Station;
  /** In the order of their starts. */
  readonly captures: FakeCapture[];
  readonly viewers: FakeViewer[];
  /** In the order in which the station made them. */
  readonly offers: FakeOffer[];
  /** In the order in which they came. */
  readonly publishers: FakePublisher[];
  readonly logLines: { readonly level: number; readonly msg: string }[];
  /** The newest Capture. */
  readonly capture: () => FakeCapture;
  readonly stream: (id?: string) => StreamState;
  /** A Viewer that is connected, unless the offer says otherwise. */
  readonly join: (streamId?: string, offer?: string) => Promise<FakeViewer>;
}

/** A station on fake Captures and Viewers. An offer is `h264` or `vp8`, the name of the codec; anything else is refused. */
export function openStation(changes: Partial<StationParts> = {}): World {
  const captures: FakeCapture[] = [];
  const viewers: FakeViewer[] = [];
  const offers: FakeOffer[] = [];
  const publishers: FakePublisher[] = [];
  const logLines: World['logLines'] = [];
  const station = new Station({
    name: 'Lab',
    version: '1.2.3',
    notices: [],
    streams: [streamConfig()],
    startCapture: (source, notices) => {
      const capture = new FakeCapture(source, notices);
      captures.push(capture);
      return capture;
    },
    watchStation: () => {
      throw new Error('No test here watches another station.');
    },
    acceptViewer: (offer, _reach, notices) => {
      if (offer !== 'h264' && offer !== 'vp8') return Promise.reject(StationError.badOffer('it is a test'));
      const viewer = new FakeViewer(offer, notices);
      viewers.push(viewer);
      return Promise.resolve({ viewer, answerSdp: 'answer' });
    },
    offerViewer: (_iceServers, _reach, notices) => {
      const offer = new FakeOffer(notices);
      offers.push(offer);
      return Promise.resolve(offer);
    },
    acceptPublisher: acceptInto(publishers),
    listCameras: () => Promise.resolve([]),
    captureRetry: () => backoff({ stepsMs: [500, 1_000, 2_000, 5_000, 10_000], jitterShare: 0 }),
    iceServers: () => [],
    maxViewers: 16,
    logger: pino({ base: null }, { write: (line: string) => void logLines.push(JSON.parse(line) as never) }),
    ...changes,
  });
  return {
    station,
    captures,
    viewers,
    offers,
    publishers,
    logLines,
    capture: () => last(captures),
    stream: (id = 'one') => {
      const found = station.state().streams.find((stream) => stream.id === id);
      if (!found) throw new Error(`no stream ${id}`);
      return found;
    },
    join: async (streamId, offer = 'h264') => {
      const { viewerId } = await station.watch(streamId, offer);
      const viewer = viewers.find(({ id }) => id === viewerId);
      if (!viewer) throw new Error('the station names a viewer that was never made');
      viewer.connect();
      return viewer;
    },
  };
}

function last<T>(list: readonly T[]): T {
  const item = list.at(-1);
  if (item === undefined) throw new Error('there is none yet');
  return item;
}
