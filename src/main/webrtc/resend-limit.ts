/** A Player asks again before a resent packet can have arrived; over any usual round trip one answer is enough. */
const coolDownMs = 30;
/** Browsers give up after ten times, too. */
const maxTimes = 10;
/** At most this share of what was sent is sent again, so that a Player's wishes can't multiply the station's traffic. */
const share = 0.5;
/** A keyframe, which may be lost whole where a link was away for a moment. */
const burstBytes = 128 * 1024;

interface Asked {
  times: number;
  atMs: number;
}

/** Says which wishes of a Player for lost packets are granted. */
export class ResendLimit {
  #leftBytes = burstBytes;
  /** Only of packets that were asked for. */
  readonly #asked = new Map<number, Asked>();
  #lostPackets = 0;

  /** How many packets were asked for so far; each counts once, however often it was asked for. */
  get lostPackets(): number {
    return this.#lostPackets;
  }

  /** So much was sent for the first time. */
  earn(bytes: number): void {
    this.#leftBytes = Math.min(burstBytes, this.#leftBytes + bytes * share);
  }

  /** Whether this packet may be sent again now; if so, it counts as sent. */
  take(packet: number, bytes: number, nowMs: number): boolean {
    const asked = this.#asked.get(packet);
    if (asked && (nowMs - asked.atMs < coolDownMs || asked.times >= maxTimes)) return false;
    if (this.#leftBytes < bytes) return false;
    this.#leftBytes -= bytes;
    if (!asked) this.#lostPackets++;
    this.#asked.set(packet, { times: (asked?.times ?? 0) + 1, atMs: nowMs });
    return true;
  }

  /** Packets below this number can't be asked for any more. */
  forgetBefore(packet: number): void {
    for (const known of this.#asked.keys()) if (known < packet) this.#asked.delete(known);
  }
}
