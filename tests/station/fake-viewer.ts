import { randomUUID } from 'node:crypto';
import type { IceCandidate, IceRestart, SessionDescription } from '../../src/shared/api.ts';
import { StationError } from '../../src/shared/errors.ts';
import type { VideoCodec, ViewerTelemetry } from '../../src/shared/state.ts';
import type { Frame } from '../../src/main/station/frame.ts';
import type { OfferedViewer, Viewer, ViewerNotices, ViewerWish } from '../../src/main/station/ports.ts';

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
