import type { Publishing, Session, StationApi, ViewerOffer, WholePicture } from '../../src/shared/api.ts';
import { StationError } from '../../src/shared/errors.ts';
import type { StationState, StreamState, ViewerState } from '../../src/shared/state.ts';

export const sampleStream: StreamState = {
  id: 'bench',
  name: 'Bench camera',
  sourceKind: 'camera',
  pixelSizeUm: 0.325,
  status: { kind: 'live' },
  detector: { widthPx: 1280, heightPx: 720, pixelType: 'rgb24', significantBits: 8, engine: 'native' },
  fps: 29.9,
  reading: null,
  frozenSinceMs: null,
  renditions: [{ codec: 'h264', scale: 1, viewers: 2, kbitPerS: 2_400, maxKbitPerS: 4_000 }],
  viewers: 2,
  skippedFrames: 0,
  starts: 1,
};

export const sampleViewer: ViewerState = {
  id: 'abcdef01',
  streamId: 'bench',
  codec: 'h264',
  scale: 1,
  isConnected: true,
  connectedForMs: 12_000,
  path: 'direct',
  kbitPerS: 2_400,
  roundTripMs: 1.5,
  lossShare: 0,
  jitterMs: 0.4,
  backlogBytes: 0,
  skippedFrames: 0,
  resentPackets: 0,
  keyframeRequests: 1,
  keepalive: null,
  availableKbitPerS: null,
  pictures: null,
};

/** @param timeMs Distinguishes one sample from another. */
export function sampleState(timeMs = 1_700_000_060_000): StationState {
  return {
    timeMs,
    station: {
      name: 'Test station',
      version: '1.2.3',
      startedAtMs: 1_700_000_000_000,
      runId: 'run-1',
      isShared: false,
      load: { memoryBytes: 120_000_000, eventLoopLagMs: 1.5 },
    },
    notices: [],
    streams: [sampleStream],
    viewers: [sampleViewer],
  };
}

export const sampleSession: Session = { viewerId: 'viewer-1', answerSdp: 'v=0\r\nanswer\r\n', iceTag: 'tag-1' };

export const samplePublishing: Publishing = {
  publisherId: 'publisher-1',
  answerSdp: 'v=0\r\nanswer\r\n',
  iceTag: 'tag-1',
};

export const sampleOffer: ViewerOffer = { viewerId: 'viewer-2', type: 'offer', sdp: 'v=0\r\noffer\r\n' };

/** @param data What stands for the bytes of a JPEG file. */
export function samplePicture(number = 7, data: Uint8Array = Buffer.from('a picture')): WholePicture {
  return { number, captureTimeMs: 1_700_000_060_000.25, widthPx: 640, heightPx: 480, data };
}

export interface FakeStation extends StationApi {
  /** Makes this the state and tells it to everybody who listens. */
  tell(state: StationState): void;
  /** How many listen. */
  listeners(): number;
}

/** A station without streams behind it, for tests of what a door makes of its answers. */
export function fakeStation(overrides: Partial<StationApi> = {}): FakeStation {
  const listeners = new Set<(state: StationState) => void>();
  let current = sampleState();
  return {
    state: () => current,
    onState(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    streamLog: () => [],
    webrtcConfig: () => ({ iceServers: [] }),
    cameras: () => Promise.resolve([]),
    watch: () => Promise.resolve(sampleSession),
    offerViewer: () => Promise.resolve(sampleOffer),
    publish: () => Promise.resolve(samplePublishing),
    answerViewer: () => Promise.resolve(),
    onCandidate: (_viewerId, listener) => {
      listener(null);
      return () => undefined;
    },
    // One picture, and then the end.
    watchPictures: (_streamId, _wish, listener) => {
      queueMicrotask(() => {
        listener.picture(samplePicture());
        listener.ended(StationError.closing());
      });
      return () => undefined;
    },
    updateIce: () => Promise.resolve(null),
    addIceCandidate: () => Promise.resolve(),
    leave: () => Promise.resolve(),
    ...overrides,
    tell(state) {
      current = state;
      for (const listener of listeners) listener(state);
    },
    listeners: () => listeners.size,
  };
}
