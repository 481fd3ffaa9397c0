import type { ViewerTelemetry } from '../../shared/state.ts';
import { Reception } from './reception.ts';

interface Sample {
  readonly bytes: number;
  readonly atMs: number;
}

/** The bitrate is that of the last five seconds, at one sample a second. */
const maxSamples = 6;

/** What one Viewer sends, and what its Player makes of it. All times are of a monotonic clock. */
export class ViewerMeter {
  readonly reception = new Reception();
  #connectedMs: number | null = null;
  #sentBytes = 0;
  #samples: Sample[] = [];
  #keyframeRequests = 0;

  connected(nowMs: number): void {
    this.#connectedMs = nowMs;
    this.sample(nowMs);
  }

  /** One datagram, whatever was in it. */
  sent(bytes: number): void {
    this.#sentBytes += bytes;
  }

  keyframeRequested(): void {
    this.#keyframeRequests++;
  }

  /** To be called once a second. */
  sample(nowMs: number): void {
    this.#samples.push({ bytes: this.#sentBytes, atMs: nowMs });
    if (this.#samples.length > maxSamples) this.#samples.shift();
  }

  measured(
    nowMs: number,
  ): Pick<
    ViewerTelemetry,
    'connectedForMs' | 'kbitPerS' | 'keyframeRequests' | 'roundTripMs' | 'lossShare' | 'jitterMs' | 'availableKbitPerS'
  > {
    return {
      connectedForMs: this.#connectedMs === null ? null : Math.round(nowMs - this.#connectedMs),
      kbitPerS: this.#kbitPerS(),
      ...this.reception.measured(nowMs),
      keyframeRequests: this.#keyframeRequests,
    };
  }

  #kbitPerS(): number {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.atMs <= first.atMs) return 0;
    // Bits in a millisecond are kilobits in a second.
    return Math.round((8 * (last.bytes - first.bytes)) / (last.atMs - first.atMs));
  }
}
