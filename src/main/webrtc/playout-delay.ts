import { noPlayoutDelay, type PlayoutDelay } from './header-extensions.ts';

/** What was seen of one Viewer's link; the counts are those since its start. */
export interface LinkSight {
  readonly sentPackets: number;
  /** Asked for again, each counted once. */
  readonly lostPackets: number;
  /** Null while it is not known. */
  readonly roundTripMs: number | null;
}

/** From this share of lost packets on, waiting for those that come again is seen as jerks. */
const poorShare = 0.02;
const calmMs = 10_000;
const usualRoundTripMs = 50;
/** A lost packet is missed with the one after it, or with the next picture. */
const noticeMs = 50;
const [leastMs, mostMs] = [80, 400] as const;
const spreadMs = 100;

/**
 * How long a Player shall hold pictures back. Not at all on a good link: the newest picture is what counts. On one that loses
 * packets so long that a packet can be asked for twice, which turns jerks into a delay that stays the same.
 *
 * Chromium shows pictures as they come wherever the minimum is 0, whatever the maximum (`UseLowLatencyRendering` in libwebrtc's
 * `timing.cc`), so it is the minimum that has to be raised.
 */
export class DelayChoice {
  #delay = noPlayoutDelay;
  #last = { sentPackets: 0, lostPackets: 0 };
  #lossMs = -Infinity;

  /** To be called about once a second. */
  next({ sentPackets, lostPackets, roundTripMs }: LinkSight, nowMs: number): PlayoutDelay {
    const sent = sentPackets - this.#last.sentPackets;
    const lost = lostPackets - this.#last.lostPackets;
    this.#last = { sentPackets, lostPackets };
    if (lost > 0) this.#lossMs = nowMs;
    if (nowMs - this.#lossMs >= calmMs) this.#delay = noPlayoutDelay;
    else if (lost > sent * poorShare) this.#delay = this.#longer(delayFor(roundTripMs ?? usualRoundTripMs));
    return this.#delay;
  }

  /** Each change is a jerk of its own, so that it only grows until the link is good again. */
  #longer(wanted: PlayoutDelay): PlayoutDelay {
    return wanted.minMs > this.#delay.minMs ? wanted : this.#delay;
  }
}

function delayFor(roundTripMs: number): PlayoutDelay {
  const minMs = Math.min(mostMs, Math.max(leastMs, Math.ceil((2 * roundTripMs + noticeMs) / 10) * 10));
  return { minMs, maxMs: minMs + spreadMs };
}
