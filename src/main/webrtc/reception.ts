import type { ViewerTelemetry } from '../../shared/state.ts';
import { rtpTicksPerMs } from './rtp-clock.ts';

/** One Player's word on how the packets of a stream arrive (RFC 3550 §6.4.1), as it stands on the wire. */
export interface ReceptionReport {
  /** Of 256 packets, since its report before. */
  readonly fractionLost: number;
  /** In ticks of the RTP clock. */
  readonly jitter: number;
  /** The middle 32 bits of the NTP time of our last report that it has received; 0 for none. */
  readonly lsr: number;
  /** How long it had that report before it sent this one, in 1/65536 s. */
  readonly dlsr: number;
}

const windowMs = 10_000;
/** Players report about once a second; one that does more often is not remembered for longer. */
const maxReports = 64;
const dlsrUnitsPerMs = 65.536;

/** How one Player receives, from its reports. All times are of a monotonic clock. */
export class Reception {
  /** When our last reports were sent, by their middle NTP bits: so a clock that is set meanwhile spoils no round trip. */
  readonly #sentMs = new Map<number, number>();
  #heard: readonly { readonly atMs: number; readonly lossShare: number; readonly jitterMs: number }[] = [];
  #roundTrip: { readonly atMs: number; readonly ms: number } | null = null;

  /** @param ntp The NTP time in our report. */
  reportSent(ntp: bigint, nowMs: number): void {
    this.#sentMs.set(middleBits(ntp), nowMs);
    const [oldest] = this.#sentMs.keys();
    if (this.#sentMs.size > maxReports && oldest !== undefined) this.#sentMs.delete(oldest);
  }

  heard({ fractionLost, jitter, lsr, dlsr }: ReceptionReport, nowMs: number): void {
    const report = { atMs: nowMs, lossShare: fractionLost / 256, jitterMs: jitter / rtpTicksPerMs };
    this.#heard = [...this.#recent(nowMs).slice(1 - maxReports), report];
    const sentMs = this.#sentMs.get(lsr);
    if (sentMs === undefined) return;
    // On a near path it can come out just below 0, because the Player rounds.
    this.#roundTrip = { atMs: nowMs, ms: Math.max(0, nowMs - sentMs - dlsr / dlsrUnitsPerMs) };
  }

  measured(nowMs: number): Pick<ViewerTelemetry, 'roundTripMs' | 'lossShare' | 'jitterMs'> {
    const reports = this.#recent(nowMs);
    const last = reports.at(-1);
    const roundTrip = this.#roundTrip;
    const lost = reports.reduce((sum, { lossShare }) => sum + lossShare, 0);
    return {
      roundTripMs: roundTrip && nowMs - roundTrip.atMs < windowMs ? rounded(roundTrip.ms, 10) : null,
      lossShare: last ? rounded(lost / reports.length, 10_000) : null,
      jitterMs: last ? rounded(last.jitterMs, 10) : null,
    };
  }

  #recent(nowMs: number) {
    return this.#heard.filter(({ atMs }) => nowMs - atMs < windowMs);
  }
}

function middleBits(ntp: bigint): number {
  return Number((ntp >> 16n) & 0xffff_ffffn);
}

function rounded(value: number, partsOfOne: number): number {
  return Math.round(value * partsOfOne) / partsOfOne;
}
