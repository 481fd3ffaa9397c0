import type { PlayerReport } from '../../src/renderer/station/player-report.ts';
import type { PictureFacts } from '../../src/renderer/station/numbers.ts';
import type { StatsSample } from '../../src/renderer/station/stats-sample.ts';

export const session = {};

/** A sample of a session that runs well, some seconds after its start: 30 pictures and 100 packets a second. */
export function sampleAt(second: number, overrides: Partial<StatsSample> = {}): StatsSample {
  return {
    atMs: second * 1_000,
    session,
    cameraFps: 30,
    connection: 'connected',
    iceConnection: 'connected',
    dtls: 'connected',
    path: { way: 'direct', protocol: 'udp', addresses: 'IPv4' },
    codec: 'video/H264',
    roundTripMs: 4,
    jitterMs: 2,
    framesReceived: second * 30,
    framesDecoded: second * 30,
    framesDropped: 0,
    packetsReceived: second * 100,
    packetsLost: 0,
    bytesReceived: second * 100_000,
    freezes: 0,
    freezesMs: 0,
    decodeMs: second * 30 * 2,
    bufferMs: second * 30 * 10,
    bufferedFrames: second * 30,
    silentMs: 20,
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
  return { peer, freezes: { count: 0, durationMs: 0, ongoingMs: 0 }, silentMs: 20 };
}
