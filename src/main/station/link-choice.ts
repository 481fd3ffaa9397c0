import type { PictureScale } from '../../shared/state.ts';
import { bitsRatio, type Rung } from './bitrates.ts';

/** What was seen of one Viewer's link at one instant. */
export interface LinkSight {
  /** The Rendition that it is sent. */
  readonly rendition: { readonly scale: PictureScale; readonly kbitPerS: number; readonly maxKbitPerS: number };
  /** As its Player estimates; null where it doesn't. */
  readonly availableKbitPerS: number | null;
  /** Of the last seconds. */
  readonly lossShare: number | null;
  readonly backlogBytes: number;
  /** Since its start. */
  readonly skippedFrames: number;
}

/** A poor radio link loses five per cent whatever is sent, and ten for a moment; more is lost where more is sent than gets through. */
const congestedLossShare = 0.12;
const longBacklogMs = 500;
/** What is aimed at, of what gets through: the rest drains what has queued up on the way. */
const headroom = 0.85;
/** An estimate below what is sent is a sign only where it doesn't grow: browsers take half a minute to notice that more comes. */
const growth = 1.02;
const growthMs = 2_500;
/** Next to nothing is sent, so that nothing would be gained by less. */
const leastKbitPerS = 50;

/** So many signs in a row are no accident. */
const signsNeeded = 3;
/** What is seen so soon after a step down is still of before. */
const settleMs = 4_000;
/** After so long without a sign more is tried, and after each try that failed twice as long. */
const [firstWaitMs, longestWaitMs] = [10_000, 120_000] as const;
/** Once a try went well, the next one follows sooner. */
const nextTryMs = 5_000;
/** Signs that come so soon after a try are its failure. */
const tryMs = 8_000;
/** A link that carried everything for so long is as good as new. */
const goodAgainMs = 30_000;
/** Rungs that would be sent no more than this are no try. */
const leastGain = 1.15;

/**
 * What the link of one Viewer can carry, as a rung of the ladder that it is offered: down within seconds where more is sent than
 * gets through, up late and a rung at a time, since only trying tells whether more would get through.
 */
export class LinkChoice {
  /** Null while all is carried. */
  #rung: Rung | null = null;
  /** What got through, by each of the last signs in a row. */
  #signs: number[] = [];
  #signMs = -Infinity;
  #estimates: readonly { readonly kbitPerS: number; readonly atMs: number }[] = [];
  #skippedFrames = 0;
  #waitMs: number = firstWaitMs;
  #step: { readonly kind: 'up' | 'down'; readonly atMs: number } | null = null;

  /** The best rung that the link carries. */
  best(ladder: readonly Rung[]): Rung {
    return ladder[this.#position(ladder)]!;
  }

  /** Takes what is seen, about once a second. All times are of a monotonic clock. @param ladder The best rung first. */
  observe(sight: LinkSight, ladder: readonly Rung[], nowMs: number): void {
    const carriedKbitPerS = this.#carried(sight, nowMs);
    const isSettling = this.#step?.kind === 'down' && nowMs - this.#step.atMs < settleMs;
    if (carriedKbitPerS === null || isSettling) {
      this.#signs = [];
    } else {
      this.#signs.push(carriedKbitPerS);
      this.#signMs = nowMs;
    }
    if (this.#signs.length >= signsNeeded) this.#stepDown(sight, ladder, nowMs);
    else if (this.#rung !== null && this.#isTimeToTry(nowMs)) this.#stepUp(sight, ladder, nowMs);
    else if (this.#rung === null && nowMs - this.#lastMs >= goodAgainMs) this.#waitMs = firstWaitMs;
  }

  /** What gets through to the Player, where that is less than what is sent; else null. */
  #carried({ rendition, availableKbitPerS, lossShare, backlogBytes, skippedFrames }: LinkSight, nowMs: number) {
    const sent = rendition.kbitPerS;
    const isGrowing = this.#isEstimateGrowing(availableKbitPerS, nowMs);
    const hasSkipped = skippedFrames > this.#skippedFrames;
    this.#skippedFrames = skippedFrames;
    if (sent < leastKbitPerS) return null;
    const carried: number[] = [];
    if (lossShare !== null && lossShare > congestedLossShare) carried.push(sent * (1 - lossShare) * headroom);
    // Browsers have taken their own headroom off.
    if (availableKbitPerS !== null && availableKbitPerS < sent && !isGrowing) carried.push(availableKbitPerS);
    if (hasSkipped || (8 * backlogBytes) / sent > longBacklogMs) carried.push(sent * headroom ** 2);
    return carried.length === 0 ? null : Math.min(...carried);
  }

  #isEstimateGrowing(kbitPerS: number | null, nowMs: number): boolean {
    const before = this.#estimates.filter(({ atMs }) => nowMs - atMs <= growthMs);
    this.#estimates = kbitPerS === null ? [] : [...before, { kbitPerS, atMs: nowMs }];
    // The first one says nothing of where it goes.
    if (kbitPerS === null || before.length === 0) return true;
    return kbitPerS > growth * Math.min(...before.map((estimate) => estimate.kbitPerS));
  }

  get #lastMs(): number {
    return Math.max(this.#signMs, this.#step?.atMs ?? -Infinity);
  }

  #isTimeToTry(nowMs: number): boolean {
    return nowMs - this.#lastMs >= (this.#step?.kind === 'up' ? nextTryMs : this.#waitMs);
  }

  #stepDown(sight: LinkSight, ladder: readonly Rung[], nowMs: number): void {
    const isFailedTry = this.#step?.kind === 'up' && nowMs - this.#step.atMs < tryMs;
    if (isFailedTry) this.#waitMs = Math.min(2 * this.#waitMs, longestWaitMs);
    const carriedKbitPerS = Math.min(...this.#signs);
    const lower = ladder.slice(this.#position(ladder) + 1);
    this.#rung = lower.find((rung) => sentAt(rung, sight) <= carriedKbitPerS) ?? ladder.at(-1) ?? null;
    this.#step = { kind: 'down', atMs: nowMs };
    this.#signs = [];
  }

  #stepUp(sight: LinkSight, ladder: readonly Rung[], nowMs: number): void {
    const higher = ladder.slice(0, this.#position(ladder));
    const next = higher.findLast((rung) => sentAt(rung, sight) > sight.rendition.kbitPerS * leastGain);
    this.#rung = next === ladder[0] ? null : (next ?? null);
    this.#step = { kind: 'up', atMs: nowMs };
  }

  /** Of the own rung, or of the best below it where the ladder is another one by now. */
  #position(ladder: readonly Rung[]): number {
    const own = this.#rung;
    if (own === null) return 0;
    const index = ladder.findIndex(
      ({ scale, kbitPerS }) => scale > own.scale || (scale === own.scale && kbitPerS <= own.kbitPerS),
    );
    return index < 0 ? ladder.length - 1 : index;
  }
}

/** What would be sent on this rung: all of its bits where the pictures need them, fewer where they are simple. */
function sentAt({ scale, kbitPerS }: Rung, { rendition }: LinkSight): number {
  const isLimited = rendition.kbitPerS >= 0.7 * rendition.maxKbitPerS;
  return isLimited ? kbitPerS : Math.min(kbitPerS, rendition.kbitPerS * bitsRatio(scale, rendition.scale));
}
