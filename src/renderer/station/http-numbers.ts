import type { PictureSample } from './picture-meter.ts';
import type { ShownSize } from './commands.ts';
import type { OverHttp } from './tile-player.ts';
import { windows } from './thresholds.ts';

/** What can be told of pictures that come over HTTP. Null where it is unknown. */
export interface HttpNumbers extends OverHttp {
  readonly bytesPerS: number | null;
  /** How old the newest picture is. */
  readonly ageMs: number | null;
  readonly latencyMs: number | null;
  readonly shownFps: number | null;
  readonly receivedPx: ShownSize | null;
}

/** Turns what came over HTTP, looked at once a second, into numbers. */
export class HttpRecorder {
  #counted: readonly { readonly atMs: number; readonly bytes: number }[] = [];

  /** @param overHttp Null where nothing comes over HTTP. */
  add(atMs: number, overHttp: OverHttp | null, pictures: PictureSample): HttpNumbers | null {
    if (!overHttp) {
      this.#counted = [];
      return null;
    }
    const { bytes, receivedPx } = overHttp.counters;
    const isSame = bytes >= (this.#counted.at(-1)?.bytes ?? 0);
    const kept = this.#counted.filter((past) => isSame && past.atMs > atMs - windows.shownRateMs - windows.pollEachMs);
    this.#counted = [...kept, { atMs, bytes }];
    const [first] = kept;
    const bytesPerS = first ? ((bytes - first.bytes) * 1_000) / (atMs - first.atMs) : null;
    const { ageMs, latencyMs, fps } = pictures;
    return { ...overHttp, bytesPerS, ageMs, latencyMs, shownFps: fps, receivedPx };
  }
}
