/** What to do about a page that has failed. */
export type Remedy =
  | { readonly kind: 'load_again'; readonly afterMs: number }
  | { readonly kind: 'safe_page'; readonly retryAfterMs: number };

/** So many failures within `windowMs`, and the wall is given a rest. */
const tooMany = 3;
const windowMs = 60_000;
const restMs = 60_000;
const backoffMs = [0, 1_000, 2_000];

/** Decides how a page that fails comes back: at once, then more slowly, and not in an endless loop of flashes. */
export class PageHealth {
  #failuresMs: number[] = [];

  /** @param nowMs Any clock that only goes forward. */
  failed(nowMs: number): Remedy {
    this.#failuresMs = [...this.#failuresMs.filter((failureMs) => nowMs - failureMs < windowMs), nowMs];
    const failures = this.#failuresMs.length;
    if (failures >= tooMany) return { kind: 'safe_page', retryAfterMs: restMs };
    return { kind: 'load_again', afterMs: backoffMs[failures - 1] ?? 0 };
  }
}
