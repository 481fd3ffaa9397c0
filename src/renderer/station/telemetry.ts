import { numbersOf, type Numbers, type PictureFacts } from './numbers.ts';
import type { StatsEntry } from './peer-report.ts';
import type { PlayerReport } from './player-report.ts';
import { SteadyQuality, qualityOf, type Quality } from './quality.ts';
import { statsSample, tellingEntries, type StatsSample } from './stats-sample.ts';
import { windows } from './thresholds.ts';
import { verdictsOf, type Verdicts } from './verdicts.ts';

/** One second of a sparkline. Null where nothing is known. */
export interface TelemetryPoint {
  /** On the page's monotonic clock. */
  readonly atMs: number;
  readonly roundTripMs: number | null;
  readonly decodedFps: number | null;
  readonly latencyMs: number | null;
  readonly lossShare: number | null;
  readonly silentMs: number | null;
}

/** Everything that is told of one Tile's session. */
export interface Telemetry {
  readonly numbers: Numbers;
  readonly verdicts: Verdicts;
  readonly quality: Quality | null;
  /** The last minute, oldest first. */
  readonly history: readonly TelemetryPoint[];
  /** What the browser said, as it said it. */
  readonly entries: readonly StatsEntry[];
}

/** Turns what a Player reports once a second into what is told of it. */
export class TelemetryRecorder {
  readonly #steady = new SteadyQuality();
  #samples: readonly StatsSample[] = [];
  #history: readonly TelemetryPoint[] = [];

  /** @param report Null where there is no session. */
  add(atMs: number, report: PlayerReport | null, facts: PictureFacts): Telemetry {
    this.#samples = report ? this.#withNewest(statsSample(atMs, report, facts.cameraFps)) : [];
    const numbers = numbersOf(this.#samples, facts);
    const verdicts = verdictsOf(numbers);
    const point = pointOf(atMs, numbersOf(this.#samples.slice(-2), facts));
    this.#history = [...this.#history.filter((past) => past.atMs > atMs - windows.sparklineMs), point];
    return {
      numbers,
      verdicts,
      quality: this.#steady.next(qualityOf(verdicts, numbers), atMs),
      history: this.#history,
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
  const { newest } = lastSecond;
  return {
    atMs,
    roundTripMs: newest?.roundTripMs ?? null,
    decodedFps: lastSecond.decodedFps,
    latencyMs: newest ? lastSecond.latency.totalMs : null,
    lossShare: lastSecond.lossShare,
    silentMs: newest?.silentMs ?? null,
  };
}
