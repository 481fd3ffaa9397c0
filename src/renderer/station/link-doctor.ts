import type { Words } from '../locales/en.ts';
import type { CandidateKind, MediaPath, NetworkKind, TriedPaths } from './media-path.ts';
import type { Numbers } from './numbers.ts';
import { thresholds } from './thresholds.ts';
import type { Verdicts } from './verdicts.ts';

/** What a diagnosis rests on. */
export interface LinkFacts {
  readonly numbers: Numbers;
  readonly verdicts: Verdicts;
  readonly tried: TriedPaths | null;
  /** What the Tile says of a picture that is not live; null while it is, or nothing is known. */
  readonly cause: keyof Words['cause'] | null;
}

/** What is wrong with the way of the pictures, as one of exclusive findings. */
export type Diagnosis =
  /** The browser holds the pictures of a page back that nobody can see. */
  | { readonly kind: 'hidden' }
  | { readonly kind: 'no_decoder'; readonly codec: string | null }
  /** Not even its state comes. */
  | { readonly kind: 'unreachable' }
  /** The station answers, but ICE has found no way for pictures. */
  | {
      readonly kind: 'no_path';
      readonly own: readonly CandidateKind[];
      readonly station: readonly CandidateKind[];
      readonly stationUdpPort: number | null;
    }
  | { readonly kind: 'interrupted' }
  /** The way is in order; there is nothing to send. */
  | { readonly kind: 'detector_away' }
  | { readonly kind: 'overloaded'; readonly lagMs: number }
  /** It sees new pictures and sends none, or leaves some out. */
  | { readonly kind: 'behind'; readonly frames: number }
  | { readonly kind: 'loss'; readonly share: number; readonly network: NetworkKind | null }
  | { readonly kind: 'bandwidth'; readonly scale: 2 | 4; readonly kbitPerS: number | null }
  | { readonly kind: 'decoder'; readonly ms: number | null }
  | { readonly kind: 'slow_detector'; readonly fps: number; readonly nominalFps: number }
  | { readonly kind: 'relayed_over_tcp'; readonly protocol: 'tcp' | 'tls'; readonly ms: number | null }
  | { readonly kind: 'over_tcp'; readonly ms: number | null }
  | { readonly kind: 'relayed'; readonly ms: number | null }
  | { readonly kind: 'round_trip'; readonly ms: number }
  /** Null where nothing is known of the station's clock. */
  | { readonly kind: 'clock'; readonly uncertaintyMs: number | null }
  | { readonly kind: 'well'; readonly reach: Reach; readonly ms: number | null };

/** How far a direct path leads: nowhere, through the network, or through a router that changes addresses. */
export type Reach = 'machine' | 'network' | 'nat';

/** What there is to do about a finding: something is broken, a way round costs something, or nothing. */
export type Urgency = 'trouble' | 'cost' | 'none';

type Finding = (facts: LinkFacts) => Diagnosis | null;

/**
 * In the order in which they explain each other: where nobody can see the page, nothing else means anything; where there is no
 * path, nothing can be lost on it; and how a path costs time is worth a word only where nothing is broken.
 */
const findings: readonly Finding[] = [
  findHidden,
  findNoDecoder,
  findUnreachable,
  findNoPath,
  findInterrupted,
  findDetectorAway,
  findLoss,
  findOverloaded,
  findBandwidth,
  findBehind,
  findSlowDecoder,
  findSlowDetector,
  findTcp,
  findRelay,
  findRoundTrip,
  findClock,
  findWell,
];

/** Says in one finding what is wrong with the way of a session's pictures. Null as long as too little is known. */
export function diagnose(facts: LinkFacts): Diagnosis | null {
  for (const find of findings) {
    const diagnosis = find(facts);
    if (diagnosis) return diagnosis;
  }
  return null;
}

export function reachOf({ isThroughNat }: MediaPath, isLocal: boolean): Reach {
  if (isThroughNat) return 'nat';
  return isLocal ? 'machine' : 'network';
}

export function urgencyOf({ kind }: Diagnosis): Urgency {
  if (kind === 'well' || kind === 'hidden') return 'none';
  const isCost = ['relayed_over_tcp', 'over_tcp', 'relayed', 'clock'].includes(kind);
  return isCost ? 'cost' : 'trouble';
}

function findHidden({ cause }: LinkFacts): Diagnosis | null {
  return cause === 'paused' ? { kind: 'hidden' } : null;
}

function findNoDecoder({ cause, numbers }: LinkFacts): Diagnosis | null {
  const isUndecodable = numbers.undecodedMs >= thresholds.undecodableMs;
  if (!isUndecodable && cause !== 'no_common_codec') return null;
  return { kind: 'no_decoder', codec: isUndecodable ? (numbers.newest?.codec ?? null) : null };
}

function findUnreachable({ cause }: LinkFacts): Diagnosis | null {
  return cause === 'unreachable' ? { kind: 'unreachable' } : null;
}

function findNoPath({ cause, numbers: { newest }, tried }: LinkFacts): Diagnosis | null {
  const hasFailed = newest?.iceConnection === 'failed' && newest.path === null;
  if (!hasFailed && cause !== 'connect_timeout') return null;
  const { own = [], station = [], stationUdpPort = null } = tried ?? {};
  return { kind: 'no_path', own, station, stationUdpPort };
}

function findInterrupted({ cause, numbers: { newest }, verdicts }: LinkFacts): Diagnosis | null {
  const isCut = newest?.connection === 'disconnected' || verdicts.connection === 'bad' || verdicts.keepalive === 'bad';
  return isCut || cause === 'connection_lost' || cause === 'interrupted' ? { kind: 'interrupted' } : null;
}

const detectorCauses: readonly LinkFacts['cause'][] = [
  'not_found',
  'not_found_file',
  'not_found_program',
  'busy',
  'unreachable_source',
  'refused',
  'bad_output',
  'ended',
  'silent',
  'crashed',
  'source_offline',
  'detector_silent',
  'frozen',
];

function findDetectorAway({ cause }: LinkFacts): Diagnosis | null {
  return detectorCauses.includes(cause) ? { kind: 'detector_away' } : null;
}

function findOverloaded({ numbers: { station }, verdicts }: LinkFacts): Diagnosis | null {
  return verdicts.station === 'bad' ? { kind: 'overloaded', lagMs: station.eventLoopLagMs ?? 0 } : null;
}

function findLoss({ cause, numbers: { lossShare, newest }, verdicts }: LinkFacts): Diagnosis | null {
  const isLossy = verdicts.loss === 'fair' || verdicts.loss === 'bad' || cause === 'incomplete';
  return isLossy ? { kind: 'loss', share: lossShare ?? 0, network: newest?.path?.network ?? null } : null;
}

function findBandwidth({ numbers: { sizeReason, station } }: LinkFacts): Diagnosis | null {
  const { viewer } = station;
  if (sizeReason !== 'link' || !viewer || viewer.scale === 1) return null;
  return { kind: 'bandwidth', scale: viewer.scale, kbitPerS: viewer.availableKbitPerS };
}

function findBehind({ cause, numbers: { skippedFrames } }: LinkFacts): Diagnosis | null {
  const frames = skippedFrames ?? 0;
  return frames > 0 || cause === 'not_sent' ? { kind: 'behind', frames } : null;
}

function findSlowDecoder({ cause, numbers: { latency }, verdicts }: LinkFacts): Diagnosis | null {
  const isSlow = verdicts.decode === 'bad' || verdicts.drops === 'bad' || cause === 'too_slow';
  return isSlow ? { kind: 'decoder', ms: latency.decodeMs } : null;
}

function findSlowDetector({ numbers: { verdictCameraFps, station }, verdicts }: LinkFacts): Diagnosis | null {
  if (verdicts.camera === null || verdicts.camera === 'good') return null;
  return { kind: 'slow_detector', fps: verdictCameraFps ?? 0, nominalFps: station.nominalFps ?? 0 };
}

function findTcp({ numbers: { newest } }: LinkFacts): Diagnosis | null {
  const { protocol = null, way } = newest?.path ?? {};
  if (protocol !== 'tcp' && protocol !== 'tls') return null;
  const ms = newest?.roundTripMs ?? null;
  return way === 'relayed' ? { kind: 'relayed_over_tcp', protocol, ms } : { kind: 'over_tcp', ms };
}

function findRelay({ numbers: { newest } }: LinkFacts): Diagnosis | null {
  return newest?.path?.way === 'relayed' ? { kind: 'relayed', ms: newest.roundTripMs } : null;
}

function findRoundTrip({ numbers: { newest }, verdicts }: LinkFacts): Diagnosis | null {
  return verdicts.roundTrip === 'bad' ? { kind: 'round_trip', ms: newest?.roundTripMs ?? 0 } : null;
}

function findClock({ numbers: { newest, isLocal } }: LinkFacts): Diagnosis | null {
  if (newest?.connection !== 'connected' || isLocal) return null;
  const uncertaintyMs = newest.clockUncertaintyMs;
  const isKnown = uncertaintyMs !== null && uncertaintyMs <= thresholds.clockUncertaintyMs;
  return isKnown ? null : { kind: 'clock', uncertaintyMs };
}

function findWell({ numbers: { newest, isLocal } }: LinkFacts): Diagnosis | null {
  if (newest?.connection !== 'connected' || !newest.path) return null;
  return { kind: 'well', reach: reachOf(newest.path, isLocal), ms: newest.roundTripMs };
}
