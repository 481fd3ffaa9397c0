import type { ViewerTelemetry } from '../../shared/state.ts';
import { rtpTicksPerMs } from './rtp-clock.ts';

/** One Player's word on how the packets of a stream arrive (RFC 3550 §6.4.1), as it stands on the wire. */
export interface ReceptionReport {
  /** Of 256 packets, since its report before. */
  readonly fractionLost: number;
  /** The highest sequence number that it has received, which counts on where the 16 bits wrap. */
  readonly highestSequence: number;
  /** In ticks of the RTP clock. */
  readonly jitter: number;
  /** The middle 32 bits of the NTP time of our last report that it has received; 0 for none. */
  readonly lsr: number;
  /** How long it had that report before it sent this one, in 1/65536 s. */
  readonly dlsr: number;
}

interface Heard {
  readonly atMs: number;
  /** How many it is about. */
  readonly packets: number;
  readonly lossShare: number;
  readonly jitterMs: number;
}

const windowMs = 10_000;
/** Three reports of a usual Player: what is lost now, and not what was lost before something was done about it. */
const recentMs = 3_000;
/** Players report once a second, and with each of their wishes; one that does more often is not remembered for longer. */
const maxReports = 256;
const dlsrUnitsPerMs = 65.536;

/** How one Player receives, from its reports. All times are of a monotonic clock. */
export class Reception {
  /** When our last reports were sent, by their middle NTP bits: so a clock that is set meanwhile spoils no round trip. */
  readonly #sentMs = new Map<number, number>();
  #heard: readonly Heard[] = [];
  #highestSequence: number | null = null;
  #roundTrip: { readonly atMs: number; readonly ms: number } | null = null;
  #estimate: { readonly atMs: number; readonly kbitPerS: number } | null = null;

  /** @param ntp The NTP time in our report. */
  reportSent(ntp: bigint, nowMs: number): void {
    this.#sentMs.set(middleBits(ntp), nowMs);
    const [oldest] = this.#sentMs.keys();
    if (this.#sentMs.size > maxReports && oldest !== undefined) this.#sentMs.delete(oldest);
  }

  heard({ fractionLost, highestSequence, jitter, lsr, dlsr }: ReceptionReport, nowMs: number): void {
    const packets = this.#highestSequence === null ? 1 : Math.max(0, highestSequence - this.#highestSequence);
    this.#highestSequence = highestSequence;
    const report = { atMs: nowMs, packets, lossShare: fractionLost / 256, jitterMs: jitter / rtpTicksPerMs };
    this.#heard = [...this.#recent(nowMs).slice(1 - maxReports), report];
    const sentMs = this.#sentMs.get(lsr);
    if (sentMs === undefined) return;
    // On a near path it can come out just below 0, because the Player rounds.
    this.#roundTrip = { atMs: nowMs, ms: Math.max(0, nowMs - sentMs - dlsr / dlsrUnitsPerMs) };
  }

  /** The Player has said what its link could carry. */
  estimated(kbitPerS: number, nowMs: number): void {
    this.#estimate = { atMs: nowMs, kbitPerS };
  }

  /** The share of packets that was lost in the last three seconds; null where nothing was reported of them. */
  recentLossShare(nowMs: number): number | null {
    return meanLoss(this.#heard.filter(({ atMs }) => nowMs - atMs < recentMs));
  }

  measured(nowMs: number): Pick<ViewerTelemetry, 'roundTripMs' | 'lossShare' | 'jitterMs' | 'availableKbitPerS'> {
    const reports = this.#recent(nowMs);
    const last = reports.at(-1);
    const [roundTrip, estimate] = [this.#roundTrip, this.#estimate];
    const lossShare = meanLoss(reports);
    return {
      roundTripMs: roundTrip && nowMs - roundTrip.atMs < windowMs ? rounded(roundTrip.ms, 10) : null,
      lossShare: lossShare === null ? null : rounded(lossShare, 10_000),
      jitterMs: last ? rounded(last.jitterMs, 10) : null,
      availableKbitPerS: estimate && nowMs - estimate.atMs < windowMs ? estimate.kbitPerS : null,
    };
  }

  #recent(nowMs: number) {
    return this.#heard.filter(({ atMs }) => nowMs - atMs < windowMs);
  }
}

/**
 * Each report counts for as many packets as it is about: browsers send one with each wish for a lost packet, too, so that most reports
 * are about the few packets before a loss.
 */
function meanLoss(reports: readonly Heard[]): number | null {
  if (reports.length === 0) return null;
  const packets = reports.reduce((sum, report) => sum + report.packets, 0);
  const lost = reports.reduce((sum, report) => sum + report.packets * report.lossShare, 0);
  return packets === 0 ? 0 : lost / packets;
}

function middleBits(ntp: bigint): number {
  return Number((ntp >> 16n) & 0xffff_ffffn);
}

function rounded(value: number, partsOfOne: number): number {
  return Math.round(value * partsOfOne) / partsOfOne;
}
