import type { PlayerReport } from '../../src/renderer/station/player-report.ts';
import type { PictureFacts } from '../../src/renderer/station/numbers.ts';
import type { StationFacts } from '../../src/renderer/station/station-facts.ts';
import type { ViewerState } from '../../src/shared/state.ts';
import type { StatsSample } from '../../src/renderer/station/stats-sample.ts';

export const session = {};

export const directPath = {
  way: 'direct',
  protocol: 'udp',
  addresses: 'IPv4',
  isThroughNat: false,
  network: null,
} as const;

/** What the station says of such a session. */
export const viewerState: ViewerState = {
  id: 'viewer-1',
  streamId: 'a',
  codec: 'h264',
  scale: 1,
  isConnected: true,
  connectedForMs: 65_000,
  path: 'direct',
  kbitPerS: 800,
  roundTripMs: 3,
  lossShare: 0,
  jitterMs: 1,
  backlogBytes: 0,
  skippedFrames: 0,
  resentPackets: 0,
  keyframeRequests: 1,
  keepalive: { roundTripMs: 3, ageMs: 400 },
  availableKbitPerS: 9_000,
  pictures: null,
};

/** And of its Stream, and of itself. */
export const stationFacts: StationFacts = {
  viewer: viewerState,
  rendition: { codec: 'h264', scale: 1, viewers: 1, kbitPerS: 780, maxKbitPerS: 2_500 },
  detectorPx: { widthPx: 1280, heightPx: 720 },
  nominalFps: 30,
  eventLoopLagMs: 2,
};

/** A sample of a session that runs well, some seconds after its start: 30 pictures and 100 packets a second. */
export function sampleAt(second: number, overrides: Partial<StatsSample> = {}): StatsSample {
  return {
    atMs: second * 1_000,
    session,
    cameraFps: 30,
    connection: 'connected',
    iceConnection: 'connected',
    dtls: 'connected',
    dtlsDetails: null,
    path: directPath,
    tried: { own: ['host'], station: ['host'], stationUdpPort: 50_000 },
    receivedPx: { widthPx: 1280, heightPx: 720 },
    shownPx: { widthPx: 1280, heightPx: 720 },
    codec: 'video/H264',
    roundTripMs: 4,
    jitterMs: 2,
    framesReceived: second * 30,
    framesDecoded: second * 30,
    framesDropped: 0,
    // Each picture 33 ms after the one before, or 3 ms more or less.
    framesRendered: second * 30,
    interFrameMs: second * 30 * 33,
    interFrameMs2: second * 30 * (33 ** 2 + 3 ** 2),
    packetsReceived: second * 100,
    packetsLost: 0,
    bytesReceived: second * 100_000,
    freezes: 0,
    freezesMs: 0,
    decodeMs: second * 30 * 2,
    bufferMs: second * 30 * 10,
    bufferTargetMs: second * 30 * 8,
    bufferedFrames: second * 30,
    silentMs: 20,
    keepaliveAgeMs: 300,
    keepaliveRoundTripMs: 5,
    channelBytes: 0,
    clockUncertaintyMs: 2,
    skippedFrames: 0,
    ...overrides,
  };
}

/** One sample a second, from the start of the session. */
export function samples(seconds: number, overrides: (second: number) => Partial<StatsSample> = () => ({})) {
  return Array.from({ length: seconds + 1 }, (_, second) => sampleAt(second, overrides(second)));
}

export const facts: PictureFacts = {
  isShowing: true,
  cameraFps: 30,
  shownFps: 30,
  intervalMs: 33,
  exposureMs: null,
  latencyMs: 40,
  isClockEstimated: false,
  isLocal: true,
  station: stationFacts,
};

/** What a browser tells of such a session after so many seconds. */
export function statsAfter(seconds: number, overrides: Readonly<Record<string, unknown>> = {}): Map<string, object> {
  const entries = [
    {
      id: 'in',
      type: 'inbound-rtp',
      kind: 'video',
      codecId: 'codec',
      framesReceived: seconds * 10,
      framesDecoded: seconds * 10,
      framesDropped: 0,
      packetsReceived: seconds * 100,
      packetsLost: 0,
      bytesReceived: seconds * 100_000,
      totalDecodeTime: seconds * 0.02,
      jitterBufferDelay: seconds * 0.1,
      jitterBufferEmittedCount: seconds * 10,
      jitter: 0.002,
      ...overrides,
    },
    { id: 'transport', type: 'transport', dtlsState: 'connected', selectedCandidatePairId: 'pair' },
    {
      id: 'pair',
      type: 'candidate-pair',
      localCandidateId: 'local',
      remoteCandidateId: 'remote',
      currentRoundTripTime: 0.004,
    },
    { id: 'local', type: 'local-candidate', candidateType: 'host', protocol: 'udp', usernameFragment: 'abcd' },
    { id: 'remote', type: 'remote-candidate', candidateType: 'host', protocol: 'udp', address: '192.168.4.20' },
    { id: 'codec', type: 'codec', mimeType: 'video/H264' },
    { id: 'audio', type: 'inbound-rtp', kind: 'audio', packetsLost: 99 },
  ];
  return new Map(entries.map((entry) => [entry.id, entry]));
}

export function reportOf(stats: ReadonlyMap<string, object>): PlayerReport {
  const entries = [...stats.values()].map((entry) => ({ ...entry }));
  const peer = { session, connection: 'connected', iceConnection: 'connected', entries } as const;
  return {
    peer,
    viewerId: 'viewer-1-of-a-session',
    shownSize: { widthPx: 1280, heightPx: 720 },
    freezes: { count: 0, durationMs: 0, ongoingMs: 0 },
    silentMs: 20,
    keepalive: { roundTripMs: 4, ageMs: 300 },
    commandsBufferedBytes: 0,
    clockUncertaintyMs: 0,
  };
}
