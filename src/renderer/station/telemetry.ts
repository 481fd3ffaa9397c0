import { numbersOf, type Numbers, type PictureFacts } from './numbers.ts';
import type { StatsEntry } from './peer-report.ts';
import type { PlayerReport } from './player-report.ts';
import { SteadyQuality, qualityOf, type Quality } from './quality.ts';
import type { TriedPaths } from './media-path.ts';
import { statsSample, tellingEntries, type StatsSample } from './stats-sample.ts';
import { windows } from './thresholds.ts';
import { verdictsOf, type Verdicts } from './verdicts.ts';

/** What is drawn over the last minute. */
export type Series = keyof ReturnType<typeof seriesOf>;

/** One second of a sparkline. Null where nothing is known. */
export interface TelemetryPoint {
  /** On the page's monotonic clock. */
  readonly atMs: number;
  readonly values: Readonly<Record<Series, number | null>>;
}

/** Everything that is told of one Tile's session. */
export interface Telemetry {
  readonly numbers: Numbers;
  readonly verdicts: Verdicts;
  readonly quality: Quality | null;
  /** The last minute, oldest first. */
  readonly history: readonly TelemetryPoint[];
  /** How the newest session, or the one before, looked for a path; null before the first. */
  readonly tried: TriedPaths | null;
  /** What the browser said, as it said it. */
  readonly entries: readonly StatsEntry[];
}

/** Turns what a Player reports once a second into what is told of it. */
export class TelemetryRecorder {
  readonly #steady = new SteadyQuality();
  #samples: readonly StatsSample[] = [];
  #history: readonly TelemetryPoint[] = [];
  #tried: TriedPaths | null = null;

  /** @param report Null where there is no session. */
  add(atMs: number, report: PlayerReport | null, facts: PictureFacts): Telemetry {
    const { cameraFps, station } = facts;
    const said = { cameraFps, skippedFrames: station.viewer?.skippedFrames ?? null };
    this.#samples = report ? this.#withNewest(statsSample(atMs, report, said)) : [];
    const numbers = numbersOf(this.#samples, facts);
    const verdicts = verdictsOf(numbers);
    const point = pointOf(atMs, numbersOf(this.#samples.slice(-2), facts));
    this.#history = [...this.#history.filter((past) => past.atMs > atMs - windows.sparklineMs), point];
    return {
      numbers,
      verdicts,
      quality: this.#steady.next(qualityOf(verdicts, numbers), atMs),
      history: this.#history,
      tried: (this.#tried = numbers.newest?.tried ?? this.#tried),
      entries: report ? tellingEntries(report.peer) : [],
    };
  }

  #withNewest(newest: StatsSample): readonly StatsSample[] {
    const kept = this.#samples.filter(
      ({ session, atMs }) => session === newest.session && atMs > newest.atMs - windows.sparklineMs,
    );
    return [...kept, newest];
  }
}

function pointOf(atMs: number, lastSecond: Numbers): TelemetryPoint {
  return { atMs, values: seriesOf(lastSecond) };
}

function seriesOf({ newest, station, ...numbers }: Numbers) {
  const { latency } = numbers;
  return {
    roundTripMs: newest?.roundTripMs ?? null,
    decodedFps: numbers.decodedFps,
    latencyMs: newest ? latency.totalMs : null,
    lossShare: numbers.lossShare,
    silentMs: newest?.silentMs ?? null,
    cameraFps: numbers.cameraFps,
    sentFps: numbers.sentFps,
    shownFps: numbers.shownFps,
    kbitPerS: numbers.kbitPerS,
    jitterMs: newest?.jitterMs ?? null,
    bufferMs: latency.bufferMs,
    decodeMs: latency.decodeMs,
    spreadMs: numbers.spreadMs,
    dropShare: numbers.dropShare,
    freezesMs: numbers.freezesMs,
    networkMs: latency.networkMs,
    restMs: latency.restMs,
    keepaliveAgeMs: newest?.keepaliveAgeMs ?? null,
    keepaliveRoundTripMs: newest?.keepaliveRoundTripMs ?? null,
    backlogBytes: station.viewer?.backlogBytes ?? null,
    channelBytes: newest?.channelBytes ?? null,
    sentKbitPerS: station.rendition?.kbitPerS ?? null,
    availableKbitPerS: station.viewer?.availableKbitPerS ?? null,
    eventLoopLagMs: station.eventLoopLagMs,
  };
}
