import { sizeReason, type SizeReason, type StationFacts } from './station-facts.ts';
import type { StatsSample } from './stats-sample.ts';
import { windows } from './thresholds.ts';

/** What else is known of a Stream and its pictures besides the session's statistics. Null where it is unknown. */
export interface PictureFacts {
  /** Pictures come to the screen at the moment. */
  readonly isShowing: boolean;
  /** Pictures per second that the station gets from the detector. */
  readonly cameraFps: number | null;
  /** Pictures per second that come to the screen. */
  readonly shownFps: number | null;
  /** The time to expect between two pictures. */
  readonly intervalMs: number | null;
  readonly exposureMs: number | null;
  /** From capture to screen, as it was seen on the pictures themselves. */
  readonly latencyMs: number | null;
  /** The latency rests on an estimate of the station's clock. */
  readonly isClockEstimated: boolean;
  /** Page and station run on one machine. */
  readonly isLocal: boolean;
  readonly station: StationFacts;
}

/** The time between capture and screen, and where it goes. Milliseconds. */
export interface Latency {
  readonly totalMs: number | null;
  /** False where the total is a sum of the stages, or rests on an estimate of the station's clock. */
  readonly isMeasured: boolean;
  /** Half of the round trip. */
  readonly networkMs: number | null;
  readonly bufferMs: number | null;
  readonly decodeMs: number | null;
  /** What the others leave of the total: encoding, sending, and waiting for the screen. */
  readonly restMs: number | null;
}

/** What a session does at the moment. Null where it is unknown; shares are between 0 and 1. */
export interface Numbers extends PictureFacts {
  /** Null without a session. */
  readonly newest: StatsSample | null;
  /** For how long ICE has been interrupted; 0 where it is not. */
  readonly disconnectedMs: number;
  readonly sentFps: number | null;
  readonly decodedFps: number | null;
  readonly kbitPerS: number | null;
  /** Decoded per second over the window of a verdict; the rates above look back for less time. */
  readonly verdictFps: number | null;
  /** What the detector gave per second over that window; it may have changed meanwhile. */
  readonly verdictCameraFps: number | null;
  readonly lossShare: number | null;
  /** How much the times between pictures spread (standard deviation), over the window of a verdict. */
  readonly spreadMs: number | null;
  /** Pictures that the station left out for this session, over that window. */
  readonly skippedFrames: number | null;
  /** What the browser wants to hold back. */
  readonly bufferTargetMs: number | null;
  readonly sizeReason: SizeReason | null;
  readonly dropShare: number | null;
  readonly freezes: number | null;
  readonly freezesMs: number | null;
  readonly latency: Latency;
  /** Packets arrive, and no picture was ever decoded: for how long. */
  readonly undecodedMs: number;
}

/** @param samples Of one session, oldest first, one a second. */
export function numbersOf(samples: readonly StatsSample[], facts: PictureFacts): Numbers {
  const newest = samples.at(-1) ?? null;
  const shown = new Window(samples, shownWindowMs(facts));
  const whole = new Window(samples, windows.verdictMs);
  const verdictCameraFps = whole.mean('cameraFps');
  const bufferMs = whole.ratio('bufferMs', 'bufferedFrames');
  const decodeMs = whole.ratio('decodeMs', 'framesDecoded');
  return {
    ...facts,
    newest,
    disconnectedMs: disconnectedMs(samples),
    sentFps: shown.perSecond('framesReceived'),
    decodedFps: shown.perSecond('framesDecoded'),
    kbitPerS: scaled(shown.perSecond('bytesReceived'), 8 / 1_000),
    verdictFps: whole.verdictFps(verdictCameraFps),
    verdictCameraFps,
    lossShare: whole.share('packetsLost', 'packetsReceived'),
    spreadMs: whole.spread('interFrameMs', 'interFrameMs2', 'framesRendered'),
    skippedFrames: whole.growth('skippedFrames'),
    bufferTargetMs: whole.ratio('bufferTargetMs', 'bufferedFrames'),
    sizeReason: sizeReason(facts.station, newest?.shownPx ?? null),
    dropShare: whole.ratio('framesDropped', 'framesReceived'),
    freezes: whole.growth('freezes'),
    freezesMs: whole.growth('freezesMs'),
    latency: latencyOf(facts, scaled(newest?.roundTripMs ?? null, 1 / 2), bufferMs, decodeMs),
    undecodedMs: undecodedMs(samples),
  };
}

type Counter = {
  [K in keyof StatsSample]: StatsSample[K] extends number | null ? K : never;
}[keyof StatsSample];

/** How counters grew over the last while. */
class Window {
  readonly #samples: readonly StatsSample[];

  constructor(samples: readonly StatsSample[], longestMs: number) {
    // Polls are never quite on time, and half a second more or less is no other window.
    const fromMs = (samples.at(-1)?.atMs ?? 0) - longestMs - windows.pollEachMs / 2;
    this.#samples = samples.filter(({ atMs }) => atMs >= fromMs);
  }

  /** Null where it is unknown. Never below zero: packets that were taken for lost may come late. */
  growth(counter: Counter): number | null {
    return this.#growth(counter)?.by ?? null;
  }

  mean(gauge: Counter): number | null {
    const known = this.#samples.map((sample) => sample[gauge]).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  }

  perSecond(counter: Counter): number | null {
    const growth = this.#growth(counter);
    return growth && (growth.by * 1_000) / growth.inMs;
  }

  ratio(of: Counter, per: Counter): number | null {
    const [part, whole] = [this.growth(of), this.growth(per)];
    return part === null || whole === null || whole === 0 ? null : part / whole;
  }

  share(of: Counter, others: Counter): number | null {
    const [part, rest] = [this.growth(of), this.growth(others)];
    return part === null || rest === null || part + rest === 0 ? null : part / (part + rest);
  }

  /** The standard deviation of what two counters sum up: the values, and their squares. */
  spread(sum: Counter, squares: Counter, count: Counter): number | null {
    const [mean, meanSquare] = [this.ratio(sum, count), this.ratio(squares, count)];
    return mean === null || meanSquare === null ? null : Math.sqrt(Math.max(0, meanSquare - mean ** 2));
  }

  /** Decoded per second, as it is judged. One picture more or less in the window is a matter of when one looked. */
  verdictFps(cameraFps: number | null): number | null {
    const decoded = this.#growth('framesDecoded');
    if (!decoded || decoded.inMs < windows.shortestVerdictMs) return null;
    const expected = ((cameraFps ?? 0) * decoded.inMs) / 1_000;
    const counted = decoded.by < expected ? Math.min(expected, decoded.by + 1) : decoded.by;
    return (counted * 1_000) / decoded.inMs;
  }

  /** Before the first packet has come, a browser counts nothing. */
  #growth(counter: Counter): { readonly by: number; readonly inMs: number } | null {
    const first = this.#samples.find((sample) => sample[counter] !== null);
    const last = this.#samples.at(-1);
    const before = first?.[counter] ?? null;
    const after = last?.[counter] ?? null;
    if (!first || !last || first === last || before === null || after === null) return null;
    return { by: Math.max(0, after - before), inMs: last.atMs - first.atMs };
  }
}

/** A detector that is slow is looked at for longer, or its rate would jump between nothing and too much. */
function shownWindowMs({ intervalMs }: PictureFacts): number {
  return Math.min(windows.verdictMs, Math.max(windows.shownRateMs, 4 * (intervalMs ?? 0)));
}

function disconnectedMs(samples: readonly StatsSample[]): number {
  const lastConnected = samples.findLastIndex(({ connection }) => connection !== 'disconnected');
  const first = samples[lastConnected + 1];
  const last = samples.at(-1);
  return first && last ? last.atMs - first.atMs : 0;
}

function undecodedMs(samples: readonly StatsSample[]): number {
  const last = samples.at(-1);
  if (!last || last.framesDecoded !== 0) return 0;
  const first = samples.find(({ framesReceived }) => (framesReceived ?? 0) > 0);
  return first ? last.atMs - first.atMs : 0;
}

function latencyOf(
  { latencyMs, isClockEstimated, isShowing }: PictureFacts,
  networkMs: number | null,
  bufferMs: number | null,
  decodeMs: number | null,
): Latency {
  const known = [networkMs, bufferMs, decodeMs].filter((stage) => stage !== null);
  const sumMs = known.reduce((sum, stage) => sum + stage, 0);
  const isSumWhole = known.length === 3;
  const stages = { networkMs, bufferMs, decodeMs };
  if (latencyMs !== null) {
    // Clocks that are off by a little can make the past come out as the future.
    const totalMs = Math.max(0, latencyMs);
    // A round trip that is older than the pictures can be longer than their whole way: then nothing is known of the rest.
    const restMs = isSumWhole && sumMs <= totalMs ? totalMs - sumMs : null;
    return { totalMs, isMeasured: !isClockEstimated, ...stages, restMs };
  }
  return { totalMs: isSumWhole && isShowing ? sumMs : null, isMeasured: false, ...stages, restMs: null };
}

function scaled(value: number | null, by: number): number | null {
  return value === null ? null : value * by;
}
