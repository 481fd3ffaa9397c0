import { mediaPath, selectedPair, transportOf, triedPaths, type MediaPath, type TriedPaths } from './media-path.ts';
import { entryById, numberIn, textIn, type PeerReport, type StatsEntry } from './peer-report.ts';
import type { PlayerReport } from './player-report.ts';

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
  /** Such as `DTLS 1.2 · TLS_ECDHE_… · client`. */
  readonly dtlsDetails: string | null;
  readonly path: MediaPath | null;
  readonly tried: TriedPaths;
  readonly codec: string | null;
  /** Of the pictures as they arrive. */
  readonly receivedPx: SizePx | null;
  /** On the screen. */
  readonly shownPx: SizePx | null;
  readonly roundTripMs: number | null;
  readonly jitterMs: number | null;
  readonly framesReceived: number | null;
  readonly framesDecoded: number | null;
  readonly framesDropped: number | null;
  /** How many pictures `interFrameMs` and `interFrameMs2` are summed over. */
  readonly framesRendered: number | null;
  readonly interFrameMs: number | null;
  /** The sum of the squares. */
  readonly interFrameMs2: number | null;
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
  readonly bufferTargetMs: number | null;
  readonly bufferedFrames: number | null;
  /** Since the last picture came to the screen. */
  readonly silentMs: number | null;
  readonly keepaliveAgeMs: number | null;
  readonly keepaliveRoundTripMs: number | null;
  /** What waits here to be sent to the station. */
  readonly channelBytes: number | null;
  /** How far off the station's clock can be. */
  readonly clockUncertaintyMs: number | null;
  /** Pictures that the station did not send because this session was behind. */
  readonly skippedFrames: number | null;
}

export interface SizePx {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Reads from a report what verdicts need. Seconds become milliseconds. @param station What it says of the same instant. */
export function statsSample(
  atMs: number,
  report: PlayerReport,
  station: Pick<StatsSample, 'cameraFps' | 'skippedFrames'>,
): StatsSample {
  const { peer, silentMs } = report;
  const transport = transportOf(peer);
  const video = videoOf(peer);
  return {
    atMs,
    session: peer.session,
    ...station,
    connection: peer.connection,
    iceConnection: peer.iceConnection,
    dtls: textIn(transport, 'dtlsState'),
    dtlsDetails: dtlsDetails(transport),
    path: mediaPath(peer),
    tried: triedPaths(peer),
    codec: textIn(entryById(peer, textIn(video, 'codecId')), 'mimeType'),
    receivedPx: sizeIn(video),
    shownPx: report.shownSize,
    // Of an interrupted link, the last one would be told for ever.
    roundTripMs: peer.connection === 'connected' ? milliseconds(selectedPair(peer), 'currentRoundTripTime') : null,
    ...videoCounters(video),
    ...freezesOf(video, report),
    silentMs,
    keepaliveAgeMs: report.keepalive?.ageMs ?? null,
    keepaliveRoundTripMs: report.keepalive?.roundTripMs ?? null,
    channelBytes: report.commandsBufferedBytes,
    clockUncertaintyMs: report.clockUncertaintyMs,
  };
}

/** The entries that tell of this session's video, each with what it describes, in the order of reading. */
export function tellingEntries(peer: PeerReport): readonly StatsEntry[] {
  const video = videoOf(peer);
  const pair = selectedPair(peer);
  return [
    video,
    pair,
    entryById(peer, textIn(pair, 'localCandidateId')),
    entryById(peer, textIn(pair, 'remoteCandidateId')),
    transportOf(peer),
    entryById(peer, textIn(video, 'codecId')),
  ].filter((entry) => entry !== null);
}

function videoOf({ entries }: PeerReport): StatsEntry | null {
  return entries.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video') ?? null;
}

function videoCounters(video: StatsEntry | null) {
  const squaredS2 = numberIn(video, 'totalSquaredInterFrameDelay');
  return {
    jitterMs: milliseconds(video, 'jitter'),
    framesReceived: numberIn(video, 'framesReceived'),
    framesDecoded: numberIn(video, 'framesDecoded'),
    framesDropped: numberIn(video, 'framesDropped'),
    // Older browsers sum the delays over what was decoded.
    framesRendered: numberIn(video, 'framesRendered') ?? numberIn(video, 'framesDecoded'),
    interFrameMs: milliseconds(video, 'totalInterFrameDelay'),
    interFrameMs2: squaredS2 === null ? null : squaredS2 * 1_000_000,
    packetsReceived: numberIn(video, 'packetsReceived'),
    packetsLost: numberIn(video, 'packetsLost'),
    bytesReceived: numberIn(video, 'bytesReceived'),
    decodeMs: milliseconds(video, 'totalDecodeTime'),
    bufferMs: milliseconds(video, 'jitterBufferDelay'),
    bufferTargetMs: milliseconds(video, 'jitterBufferTargetDelay'),
    bufferedFrames: numberIn(video, 'jitterBufferEmittedCount'),
  };
}

/** The browser counts a freeze when it is over; while it lasts, this page does. */
function freezesOf(video: StatsEntry | null, { freezes }: PlayerReport) {
  const ongoing = freezes.ongoingMs > 0 ? 1 : 0;
  return {
    freezes: (numberIn(video, 'freezeCount') ?? freezes.count) + ongoing,
    freezesMs: (milliseconds(video, 'totalFreezesDuration') ?? freezes.durationMs) + freezes.ongoingMs,
  };
}

/** As the protocol writes them, with the highest bit set: one's complement (RFC 6347 §4.1). */
const dtlsVersions: Readonly<Record<string, string>> = { FEFD: 'DTLS 1.2', FEFC: 'DTLS 1.3', FEFF: 'DTLS 1.0' };

function dtlsDetails(transport: StatsEntry | null): string | null {
  const version = textIn(transport, 'tlsVersion');
  const told = [
    version && (dtlsVersions[version.toUpperCase()] ?? version),
    textIn(transport, 'dtlsCipher'),
    textIn(transport, 'dtlsRole'),
  ];
  return told.filter(Boolean).join(' · ') || null;
}

function sizeIn(video: StatsEntry | null): SizePx | null {
  const [widthPx, heightPx] = [numberIn(video, 'frameWidth'), numberIn(video, 'frameHeight')];
  return widthPx && heightPx ? { widthPx, heightPx } : null;
}

function milliseconds(entry: StatsEntry | null, name: string): number | null {
  const value = numberIn(entry, name);
  return value === null ? null : value * 1_000;
}
