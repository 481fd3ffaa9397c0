import type { PlayerReport } from './player-report.ts';
import type { PeerReport, StatsEntry } from './peer-report.ts';

/** How the packets travel. */
export interface MediaPath {
  readonly way: 'direct' | 'relayed';
  /** What leaves this machine: for a relayed path the protocol to the relay. */
  readonly protocol: 'udp' | 'tcp' | 'tls' | null;
  readonly addresses: 'IPv4' | 'IPv6' | null;
}

/** What a session's statistics said at one instant. Null where the browser does not tell; counters count from the session's start. */
export interface StatsSample {
  /** On the page's monotonic clock. */
  readonly atMs: number;
  readonly session: object;
  /** What the detector gave then, pictures per second. */
  readonly cameraFps: number | null;
  readonly connection: RTCPeerConnectionState;
  readonly iceConnection: RTCIceConnectionState;
  readonly dtls: string | null;
  readonly path: MediaPath | null;
  readonly codec: string | null;
  readonly roundTripMs: number | null;
  readonly jitterMs: number | null;
  readonly framesReceived: number | null;
  readonly framesDecoded: number | null;
  readonly framesDropped: number | null;
  readonly packetsReceived: number | null;
  readonly packetsLost: number | null;
  readonly bytesReceived: number | null;
  /** The browser's count, else this page's own; with one that lasts. */
  readonly freezes: number;
  readonly freezesMs: number;
  /** Summed over `framesDecoded`. */
  readonly decodeMs: number | null;
  /** Summed over `bufferedFrames`. */
  readonly bufferMs: number | null;
  readonly bufferedFrames: number | null;
  /** Since the last picture came to the screen. */
  readonly silentMs: number | null;
}

/** Reads from a report what verdicts need. Seconds become milliseconds. */
export function statsSample(
  atMs: number,
  { peer, freezes, silentMs }: PlayerReport,
  cameraFps: number | null,
): StatsSample {
  const video = videoOf(peer) ?? {};
  const pair = selectedPair(peer);
  const count = (name: string): number | null => numberIn(video, name);
  const timeMs = (name: string): number | null => seconds(video, name);
  const ongoing = freezes.ongoingMs > 0 ? 1 : 0;
  return {
    atMs,
    session: peer.session,
    cameraFps,
    connection: peer.connection,
    iceConnection: peer.iceConnection,
    dtls: textIn(transportOf(peer) ?? {}, 'dtlsState'),
    path: pair && mediaPath(peer, pair),
    codec: textIn(entryById(peer, textIn(video, 'codecId')) ?? {}, 'mimeType'),
    // Of an interrupted link, the last one would be told for ever.
    roundTripMs: peer.connection === 'connected' && pair ? seconds(pair, 'currentRoundTripTime') : null,
    jitterMs: timeMs('jitter'),
    framesReceived: count('framesReceived'),
    framesDecoded: count('framesDecoded'),
    framesDropped: count('framesDropped'),
    packetsReceived: count('packetsReceived'),
    packetsLost: count('packetsLost'),
    bytesReceived: count('bytesReceived'),
    // The browser counts a freeze when it is over; while it lasts, this page does.
    freezes: (count('freezeCount') ?? freezes.count) + ongoing,
    freezesMs: (timeMs('totalFreezesDuration') ?? freezes.durationMs) + freezes.ongoingMs,
    decodeMs: timeMs('totalDecodeTime'),
    bufferMs: timeMs('jitterBufferDelay'),
    bufferedFrames: count('jitterBufferEmittedCount'),
    silentMs,
  };
}

/** The entries that tell of this session's video, each with what it describes, in the order of reading. */
export function tellingEntries(peer: PeerReport): readonly StatsEntry[] {
  const video = videoOf(peer);
  const pair = selectedPair(peer);
  return [
    video,
    pair,
    entryById(peer, pair && textIn(pair, 'localCandidateId')),
    entryById(peer, pair && textIn(pair, 'remoteCandidateId')),
    transportOf(peer),
    entryById(peer, video ? textIn(video, 'codecId') : null),
  ].filter((entry) => entry !== null);
}

function videoOf({ entries }: PeerReport): StatsEntry | null {
  return entries.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video') ?? null;
}

function transportOf({ entries }: PeerReport): StatsEntry | null {
  return entries.find(({ type }) => type === 'transport') ?? null;
}

/** Where the transport does not name the pair, it is the one that was nominated. */
function selectedPair(peer: PeerReport): StatsEntry | null {
  const named = entryById(peer, textIn(transportOf(peer) ?? {}, 'selectedCandidatePairId'));
  const nominated = peer.entries.find(
    ({ type, nominated, state }) => type === 'candidate-pair' && nominated === true && state === 'succeeded',
  );
  return named ?? nominated ?? null;
}

function mediaPath(peer: PeerReport, pair: StatsEntry): MediaPath {
  const local = entryById(peer, textIn(pair, 'localCandidateId')) ?? {};
  const remote = entryById(peer, textIn(pair, 'remoteCandidateId')) ?? {};
  const isRelayed = [local, remote].some(({ candidateType }) => candidateType === 'relay');
  const protocol = textIn(local, 'relayProtocol') ?? textIn(local, 'protocol');
  // Browsers hide their own address from the page; the station's is known.
  const address = textIn(remote, 'address') ?? textIn(local, 'address') ?? '';
  return {
    way: isRelayed ? 'relayed' : 'direct',
    protocol: protocol === 'udp' || protocol === 'tcp' || protocol === 'tls' ? protocol : null,
    addresses: familyOf(address),
  };
}

function familyOf(address: string): MediaPath['addresses'] {
  if (address.includes(':')) return 'IPv6';
  return /^\d+(\.\d+){3}$/.test(address) ? 'IPv4' : null;
}

function entryById({ entries }: PeerReport, id: string | null): StatsEntry | null {
  return (id !== null && entries.find((entry) => entry['id'] === id)) || null;
}

function numberIn(entry: StatsEntry, name: string): number | null {
  const value = entry[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function seconds(entry: StatsEntry, name: string): number | null {
  const value = numberIn(entry, name);
  return value === null ? null : value * 1_000;
}

function textIn(entry: StatsEntry, name: string): string | null {
  const value = entry[name];
  return typeof value === 'string' && value !== '' ? value : null;
}
