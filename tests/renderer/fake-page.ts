import { vi } from 'vitest';
import type { Me } from '../../src/shared/access.ts';
import type { Due } from '../../src/shared/directory.ts';
import type { StationState, StreamState } from '../../src/shared/state.ts';
import type { StreamEvent } from '../../src/shared/stream-event.ts';
import type { OpenSession, StationClient } from '../../src/renderer/station/client.ts';
import type { StationCalls } from '../../src/renderer/station/calls/station-calls.ts';
import type { HttpPictures } from '../../src/renderer/station/http-pictures.ts';

/** A station's description whose RTP timestamps count from Unix time zero. */
export const stationSdp = 'v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=ts-refclk:local\r\na=mediaclk:direct=0\r\n';

/** What a browser offers to restart ICE, as far as it matters for that. */
export const restartOffer = [
  'v=0',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=ice-ufrag:pageNew',
  'a=ice-pwd:pagePasswordOfTwentyTwo',
  'a=mid:0',
  '',
].join('\r\n');

/** Stands in for a browser's peer connection, which no network fault can be ordered from. */
export class FakePeer extends EventTarget {
  static made: FakePeer[] = [];
  static get newest(): FakePeer {
    const peer = FakePeer.made.at(-1);
    if (!peer) throw new Error('No peer connection was made.');
    return peer;
  }

  connectionState: RTCPeerConnectionState = 'new';
  iceConnectionState: RTCIceConnectionState = 'new';
  /** What the browser tells of it, by the entries' ids. */
  stats = new Map<string, object>();
  iceGatheringState: RTCIceGatheringState = 'new';
  localDescription: { sdp: string } | null = null;
  remoteDescription: { type: string; sdp: string } | null = null;
  isClosed = false;
  /** The station's candidates, as this peer got them. */
  readonly candidates: unknown[] = [];
  readonly channels: FakeChannel[] = [];
  readonly receiver = { jitterBufferTarget: null as number | null, transport: new FakeTransport() };

  constructor() {
    super();
    FakePeer.made.push(this);
  }

  addTransceiver(): { receiver: FakePeer['receiver'] } {
    return { receiver: this.receiver };
  }

  /** What it sends is of no matter. */
  getTransceivers(): readonly never[] {
    return [];
  }

  getReceivers(): FakePeer['receiver'][] {
    return [this.receiver];
  }

  createDataChannel(label: string): FakeChannel {
    const channel = new FakeChannel(label);
    this.channels.push(channel);
    return channel;
  }

  createOffer({ iceRestart = false } = {}): Promise<{ sdp: string }> {
    return Promise.resolve({ sdp: iceRestart ? restartOffer : 'offer' });
  }

  createAnswer(): Promise<{ sdp: string }> {
    return Promise.resolve({ sdp: 'answer' });
  }

  setLocalDescription(description: { sdp: string }): Promise<void> {
    this.localDescription = description;
    this.iceGatheringState = 'gathering';
    return Promise.resolve();
  }

  setRemoteDescription(description: { type: string; sdp: string }): Promise<void> {
    const isFirst = this.remoteDescription === null;
    this.remoteDescription = description;
    // As in a browser, a track that goes on is no news.
    if (!isFirst) return Promise.resolve();
    this.dispatchEvent(Object.assign(new Event('track'), { streams: [{}], track: {}, receiver: this.receiver }));
    return Promise.resolve();
  }

  /** As in a browser, a candidate belongs to a description. */
  addIceCandidate(candidate: unknown): Promise<void> {
    if (!this.remoteDescription) return Promise.reject(new Error('There is no remote description.'));
    this.candidates.push(candidate);
    return Promise.resolve();
  }

  /** The browser finds a candidate, or with null says that there are no more. */
  find(candidate: RTCIceCandidateInit | null): void {
    this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate }));
  }

  getStats(): Promise<Map<string, object>> {
    return Promise.resolve(this.stats);
  }

  close(): void {
    this.isClosed = true;
  }

  turn(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.dispatchEvent(new Event('connectionstatechange'));
  }
}

/** What the page takes for a browser's. */
export function asPeer(peer: FakePeer): RTCPeerConnection {
  return peer as unknown as RTCPeerConnection;
}

/** A data channel whose far end is the test. */
export class FakeChannel extends EventTarget {
  readonly label: string;
  readyState: RTCDataChannelState = 'connecting';
  readonly sent: string[] = [];
  bufferedAmount = 0;

  constructor(label: string) {
    super();
    this.label = label;
  }

  send(message: string): void {
    this.sent.push(message);
  }

  open(): void {
    this.readyState = 'open';
    this.dispatchEvent(new Event('open'));
  }

  hear(data: string | ArrayBuffer): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data }));
  }
}

class FakeTransport extends EventTarget {
  state: RTCDtlsTransportState = 'new';

  turn(state: RTCDtlsTransportState): void {
    this.state = state;
    this.dispatchEvent(new Event('statechange'));
  }
}

type OnPicture = (nowMs: number, picture: { presentedFrames: number; rtpTimestamp: number }) => void;

/** Gives `<video>` elements the pictures that a browser's decoder would. */
export function fakePictures(prototype: object): { show(video: object, captureTimeMs: number): void } {
  const waiting = new WeakMap<object, OnPicture>();
  let presentedFrames = 0;
  Object.assign(prototype, {
    requestVideoFrameCallback(this: object, onPicture: OnPicture) {
      waiting.set(this, onPicture);
      return 1;
    },
    cancelVideoFrameCallback(this: object) {
      waiting.delete(this);
    },
    play: () => Promise.resolve(),
  });
  Object.defineProperty(prototype, 'srcObject', { writable: true, value: null });
  return {
    show(video, captureTimeMs) {
      presentedFrames += 1;
      const onPicture = waiting.get(video);
      waiting.delete(video);
      onPicture?.(performance.now(), { presentedFrames, rtpTimestamp: (captureTimeMs * 90) % 2 ** 32 });
    },
  };
}

export const sampleStream: StreamState = {
  id: 'brightfield',
  name: 'Brightfield',
  sourceKind: 'camera',
  pixelSizeUm: null,
  status: { kind: 'live' },
  detector: { widthPx: 1280, heightPx: 720, pixelType: 'rgb24', significantBits: 8, engine: 'native', nominalFps: 30 },
  fps: 30,
  reading: null,
  frozenSinceMs: null,
  renditions: [],
  viewers: 1,
  skippedFrames: 0,
  starts: 1,
};

export function sampleState(streams: readonly StreamState[], runId = 'run-1'): StationState {
  return {
    timeMs: Date.now(),
    station: {
      name: 'Scope 2',
      version: '1.0.0',
      startedAtMs: 0,
      runId,
      isShared: false,
      load: { memoryBytes: 100_000_000, eventLoopLagMs: 0 },
    },
    notices: [],
    streams,
    viewers: [],
  };
}

/** A station that answers at once and remembers who watches what. */
export class FakeStation implements StationClient {
  readonly sharesClock = true;
  /** Nobody calls. */
  calls: StationCalls = {
    onCalls: () => () => undefined,
    initiate: () => Promise.reject(new Error('Nobody is there.')),
    accept: () => Promise.resolve(),
    decline: () => Promise.resolve(),
    end: () => Promise.resolve(),
    openSignaling: () => ({ send: () => false, close: () => undefined }),
  };
  httpPictures: HttpPictures | null = null;
  /** Ids of the Streams that Players watch now, in the order they came. */
  readonly watched: string[] = [];
  /** How sessions take an ICE restart. */
  readonly restartIce = vi.fn((_signal: AbortSignal): Promise<void> => Promise.resolve());
  readonly open = vi.fn((streamId: string, peer: RTCPeerConnection): Promise<OpenSession> => {
    this.watched.push(streamId);
    const leave = (): Promise<void> => {
      this.watched.splice(this.watched.indexOf(streamId), 1);
      return Promise.resolve();
    };
    const connect = (): Promise<void> => peer.setRemoteDescription({ type: 'answer', sdp: stationSdp });
    const viewerId = `viewer${FakePeer.made.length}-${streamId}`;
    return Promise.resolve({ viewerId, stationSdp, connect, restartIce: this.restartIce, leave });
  });
  #state: StationState = sampleState([]);
  readonly #listeners = new Set<(state: StationState) => void>();

  state(): Promise<StationState> {
    return Promise.resolve(this.#state);
  }

  /** Null: a door that asks nobody. */
  readonly me = vi.fn((): Promise<Me | null> => Promise.resolve(null));

  readonly streamLog = vi.fn((_streamId: string): Promise<readonly StreamEvent[]> => Promise.resolve([]));

  readonly due = vi.fn((): Promise<Due | null> => Promise.resolve(null));

  webrtcConfig(): Promise<{ readonly iceServers: readonly never[] }> {
    return Promise.resolve({ iceServers: [] });
  }

  onState(listener: (state: StationState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(state: StationState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}
