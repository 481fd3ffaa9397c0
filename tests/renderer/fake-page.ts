import { vi } from 'vitest';
import type { StationState, StreamState } from '../../src/shared/state.ts';
import type { OpenSession, StationClient } from '../../src/renderer/station/client.ts';

/** An answer whose RTP timestamps count from Unix time zero. */
export const answerSdp = 'v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=ts-refclk:local\r\na=mediaclk:direct=0\r\n';

/** Stands in for a browser's peer connection, which no network fault can be ordered from. */
export class FakePeer extends EventTarget {
  static made: FakePeer[] = [];
  static get newest(): FakePeer {
    const peer = FakePeer.made.at(-1);
    if (!peer) throw new Error('No peer connection was made.');
    return peer;
  }

  connectionState: RTCPeerConnectionState = 'new';
  iceGatheringState: RTCIceGatheringState = 'new';
  localDescription: { sdp: string } | null = null;
  isClosed = false;
  readonly receiver = { jitterBufferTarget: null as number | null, transport: new FakeTransport() };

  constructor() {
    super();
    FakePeer.made.push(this);
  }

  addTransceiver(): { receiver: FakePeer['receiver'] } {
    return { receiver: this.receiver };
  }

  createOffer(): Promise<{ sdp: string }> {
    return Promise.resolve({ sdp: 'offer' });
  }

  setLocalDescription(description: { sdp: string }): Promise<void> {
    this.localDescription = description;
    this.iceGatheringState = 'gathering';
    return Promise.resolve();
  }

  setRemoteDescription(): Promise<void> {
    this.dispatchEvent(Object.assign(new Event('track'), { streams: [{}], track: {} }));
    return Promise.resolve();
  }

  close(): void {
    this.isClosed = true;
  }

  turn(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.dispatchEvent(new Event('connectionstatechange'));
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
  renditions: [],
  viewers: 1,
  skippedFrames: 0,
  starts: 1,
};

export function sampleState(streams: readonly StreamState[], runId = 'run-1'): StationState {
  return {
    timeMs: Date.now(),
    station: { name: 'Scope 2', version: '1.0.0', startedAtMs: 0, runId },
    notices: [],
    streams,
  };
}

/** A station that answers at once and remembers who watches what. */
export class FakeStation implements StationClient {
  readonly sharesClock = true;
  /** Ids of the Streams that Players watch now, in the order they came. */
  readonly watched: string[] = [];
  readonly watch = vi.fn((streamId: string, _offerSdp: string): Promise<OpenSession> => {
    this.watched.push(streamId);
    const leave = (): Promise<void> => {
      this.watched.splice(this.watched.indexOf(streamId), 1);
      return Promise.resolve();
    };
    return Promise.resolve({ answerSdp, leave });
  });
  #state: StationState = sampleState([]);
  readonly #listeners = new Set<(state: StationState) => void>();

  state(): Promise<StationState> {
    return Promise.resolve(this.#state);
  }

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
