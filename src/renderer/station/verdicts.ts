import type { Numbers } from './numbers.ts';
import { thresholds, type Edges } from './thresholds.ts';

export type Verdict = 'good' | 'fair' | 'bad';

/** What is judged by itself. */
export type Aspect =
  | 'connection'
  | 'rate'
  | 'latency'
  | 'loss'
  | 'freshness'
  | 'freezes'
  | 'drops'
  | 'roundTrip'
  | 'buffer'
  | 'decode'
  | 'smoothness'
  | 'camera'
  | 'keepalive'
  | 'backlog'
  | 'size'
  | 'station';

/** Null where there is nothing to judge by. */
export type Verdicts = Readonly<Record<Aspect, Verdict | null>>;

/** Judges a session by the table of thresholds. */
export function verdictsOf(numbers: Numbers): Verdicts {
  const { latency, newest, station } = numbers;
  const latencyEdges = numbers.isLocal ? thresholds.latencyMs.station : thresholds.latencyMs.remote;
  return {
    connection: judgeConnection(numbers),
    rate: judge(
      ratio(numbers.verdictFps, numbers.cameraFps === null ? null : numbers.verdictCameraFps),
      thresholds.rateShare,
    ),
    latency: judge(latency.totalMs, latencyEdges),
    loss: judge(numbers.lossShare, thresholds.lossShare),
    freshness: judgeFreshness(numbers),
    freezes: judgeFreezes(numbers),
    drops: judge(numbers.dropShare, thresholds.dropShare),
    roundTrip: judge(newest?.roundTripMs ?? null, thresholds.roundTripMs),
    buffer: judge(latency.bufferMs, thresholds.bufferMs),
    decode: judge(decodeShare(numbers), thresholds.decodeShare),
    smoothness: judge(ratio(numbers.spreadMs, numbers.intervalMs), thresholds.spreadShare),
    camera: judge(cameraShare(numbers), thresholds.cameraShare),
    keepalive: judge(newest?.keepaliveAgeMs ?? null, thresholds.keepaliveAgeMs),
    backlog: judge(station.viewer?.backlogBytes ?? null, thresholds.backlogBytes),
    size: judgeSize(numbers),
    station: judge(station.eventLoopLagMs, thresholds.eventLoopLagMs),
  };
}

/** An edge itself is fair, but the one where more is good is good. */
export function judge(value: number | null, { good, bad }: Edges): Verdict | null {
  if (value === null) return null;
  const isLessWorse = good > bad;
  if (isLessWorse ? value >= good : value < good) return 'good';
  return (isLessWorse ? value < bad : value > bad) ? 'bad' : 'fair';
}

/** From how long without a picture on it is old, and from when on there is none any more. Milliseconds. */
export function silenceEdgesMs(intervalMs: number | null): { readonly oldMs: number; readonly lostMs: number } {
  const { goodIntervals, lostIntervals, lostMs } = thresholds.silence;
  return {
    oldMs: goodIntervals * (intervalMs ?? 0),
    lostMs: Math.max(lostMs, lostIntervals * (intervalMs ?? 0)),
  };
}

function judgeConnection({ newest, disconnectedMs }: Numbers): Verdict | null {
  switch (newest?.connection) {
    case undefined:
      return null;
    case 'connected':
      return 'good';
    case 'disconnected':
      return disconnectedMs < thresholds.disconnectedMs ? 'fair' : 'bad';
    case 'new':
    case 'connecting':
      return 'fair';
    case 'failed':
    case 'closed':
      return 'bad';
  }
}

function judgeFreshness({ newest, intervalMs }: Numbers): Verdict | null {
  const silentMs = newest?.silentMs ?? null;
  if (silentMs === null) return null;
  const { oldMs, lostMs } = silenceEdgesMs(intervalMs);
  if (silentMs >= lostMs) return 'bad';
  return intervalMs !== null && silentMs >= oldMs ? 'fair' : 'good';
}

function judgeFreezes({ freezes, freezesMs }: Numbers): Verdict | null {
  if (freezes === null) return null;
  const { badCount, badMs } = thresholds.freezes;
  if (freezes >= badCount || (freezesMs ?? 0) >= badMs) return 'bad';
  return freezes > 0 ? 'fair' : 'good';
}

/** A picture that is as large as its Tile can show is whole enough. */
function judgeSize({ sizeReason }: Numbers): Verdict | null {
  if (sizeReason === null) return null;
  return sizeReason === 'link' ? 'fair' : 'good';
}

/** The share of its announced rate that the detector gives. */
export function cameraShare({ cameraFps, verdictCameraFps, station }: Numbers): number | null {
  return ratio(cameraFps === null ? null : verdictCameraFps, station.nominalFps);
}

/** The share of the time between two pictures that the decoder needs for one. */
function decodeShare({ latency, cameraFps }: Numbers): number | null {
  return ratio(latency.decodeMs, cameraFps ? 1_000 / cameraFps : null);
}

function ratio(part: number | null, whole: number | null): number | null {
  return part === null || !whole ? null : part / whole;
}
