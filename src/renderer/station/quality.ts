import type { Numbers } from './numbers.ts';
import { steadiness, thresholds } from './thresholds.ts';
import type { Verdict, Verdicts } from './verdicts.ts';

export type QualityLevel = 'good' | 'fair' | 'poor' | 'lost';

/** What a quality comes of. */
export type QualityCause =
  | { readonly kind: 'connection' }
  | { readonly kind: 'silence'; readonly ms: number }
  | { readonly kind: 'undecodable'; readonly codec: string | null }
  | { readonly kind: 'loss'; readonly share: number }
  | { readonly kind: 'decoder'; readonly ms: number }
  | { readonly kind: 'sending'; readonly sentFps: number; readonly cameraFps: number }
  | { readonly kind: 'rate'; readonly decodedFps: number; readonly cameraFps: number }
  | { readonly kind: 'drops'; readonly share: number }
  | { readonly kind: 'freezes'; readonly count: number; readonly ms: number }
  | { readonly kind: 'latency'; readonly ms: number }
  /** No fault: the detector takes its time. */
  | { readonly kind: 'exposing'; readonly ms: number };

export interface Quality {
  readonly level: QualityLevel;
  /** 4 for good, 3 where one thing is fair, 2 where more are, 1 for poor, 0 for lost. */
  readonly bars: 0 | 1 | 2 | 3 | 4;
  /** Null where it is good and there is nothing to explain. */
  readonly cause: QualityCause | null;
}

/** What the quality is the worst of. */
const decisive = ['connection', 'rate', 'freezes', 'drops', 'loss', 'latency'] as const;

/** Sums the verdicts up. Null where too little is known yet. */
export function qualityOf(verdicts: Verdicts, numbers: Numbers): Quality | null {
  const { newest, undecodedMs } = numbers;
  if (newest === null) return null;
  if (verdicts.connection === 'bad') return lost({ kind: 'connection' });
  if (undecodedMs >= thresholds.undecodableMs) return lost({ kind: 'undecodable', codec: newest.codec });
  if (verdicts.freshness === 'bad') return lost({ kind: 'silence', ms: newest.silentMs ?? 0 });
  // One sample tells of a connection, but of no picture.
  if (verdicts.rate === null && verdicts.loss === null) return null;

  const bad = decisive.filter((aspect) => verdicts[aspect] === 'bad');
  const fair = decisive.filter((aspect) => verdicts[aspect] === 'fair');
  if (bad.length > 0) return { level: 'poor', bars: 1, cause: causeOf('bad', verdicts, numbers) };
  if (fair.length > 0) {
    return { level: 'fair', bars: fair.length > 1 ? 2 : 3, cause: causeOf('fair', verdicts, numbers) };
  }
  const { exposureMs } = numbers;
  const isExposing = exposureMs !== null && exposureMs >= thresholds.longExposureMs;
  return { level: 'good', bars: 4, cause: isExposing ? { kind: 'exposing', ms: exposureMs } : null };
}

function lost(cause: QualityCause): Quality {
  return { level: 'lost', bars: 0, cause };
}

/** The first thing of that verdict that explains the others. */
function causeOf(verdict: Verdict, verdicts: Verdicts, numbers: Numbers): QualityCause | null {
  const is = (...aspects: readonly (typeof decisive)[number][]): boolean =>
    aspects.some((aspect) => verdicts[aspect] === verdict);
  if (is('connection')) return { kind: 'connection' };
  if (is('loss')) return { kind: 'loss', share: numbers.lossShare ?? 0 };
  if (is('rate', 'drops', 'freezes', 'latency') && isDecoderSlow(verdicts)) {
    return { kind: 'decoder', ms: numbers.latency.decodeMs ?? 0 };
  }
  if (is('freezes')) return { kind: 'freezes', count: numbers.freezes ?? 0, ms: numbers.freezesMs ?? 0 };
  if (is('rate')) return rateCause(numbers);
  if (is('drops')) return { kind: 'drops', share: numbers.dropShare ?? 0 };
  return is('latency') ? { kind: 'latency', ms: numbers.latency.totalMs ?? 0 } : null;
}

function isDecoderSlow({ decode }: Verdicts): boolean {
  return decode === 'bad';
}

/** Pictures that did not arrive were not lost here. */
function rateCause({ sentFps, verdictFps, verdictCameraFps }: Numbers): QualityCause {
  const camera = verdictCameraFps ?? 0;
  const isSentTooFew = sentFps !== null && sentFps < camera * thresholds.rateShare.good;
  if (isSentTooFew) return { kind: 'sending', sentFps, cameraFps: camera };
  return { kind: 'rate', decodedFps: verdictFps ?? 0, cameraFps: camera };
}

/** Holds a shown quality still while it only flickers. */
export class SteadyQuality {
  #shown: Quality | null = null;
  #worseSamples = 0;
  #betterSinceMs: number | null = null;

  /** @returns What to show after this sample. */
  next(sampled: Quality | null, nowMs: number): Quality | null {
    if (sampled === null || this.#shown === null || this.#isDue(sampled, this.#shown, nowMs)) {
      this.#shown = sampled;
      this.#worseSamples = 0;
      this.#betterSinceMs = null;
    }
    return this.#shown;
  }

  #isDue(sampled: Quality, shown: Quality, nowMs: number): boolean {
    this.#worseSamples = sampled.bars < shown.bars ? this.#worseSamples + 1 : 0;
    this.#betterSinceMs = sampled.bars > shown.bars ? (this.#betterSinceMs ?? nowMs) : null;
    if (sampled.bars < shown.bars) return this.#worseSamples >= steadiness.worsensAfterSamples;
    if (this.#betterSinceMs !== null) return nowMs - this.#betterSinceMs >= steadiness.improvesAfterMs;
    // The same level with newer numbers.
    return true;
  }
}
