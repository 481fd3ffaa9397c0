import type { PictureListener, PictureWish } from '../../shared/api.ts';
import type { ViewerEnd } from '../../shared/stream-event.ts';
import type { Frame } from './frame.ts';
import type { Watcher } from './rendition.ts';

/** Somebody who watches whole pictures and needs no session for it. */
export class PictureWatcher implements Watcher {
  readonly isConnected = true;
  readonly wish: PictureWish;
  readonly #listener: PictureListener;
  readonly #gone: (reason: ViewerEnd) => void;
  #tookAtMs = -Infinity;

  /** @param gone Called where it can't be served any more. */
  constructor(wish: PictureWish, listener: PictureListener, gone: (reason: ViewerEnd) => void) {
    this.wish = wish;
    this.#listener = listener;
    this.#gone = gone;
  }

  write(frame: Frame): void {
    if (frame.codec !== 'jpeg' || !this.#isDue(performance.now())) return;
    const { number, captureTimeMs, widthPx, heightPx, data } = frame;
    this.#listener.picture({ number, captureTimeMs, widthPx, heightPx, data });
  }

  close(reason: ViewerEnd): Promise<void> {
    this.#gone(reason);
    return Promise.resolve();
  }

  /** Others may have asked for more. Half an interval early is not too soon, since pictures never come at quite even times. */
  #isDue(nowMs: number): boolean {
    const intervalMs = 1_000 / this.wish.maxFps;
    const dueAtMs = this.#tookAtMs + intervalMs;
    if (nowMs < dueAtMs - intervalMs / 2) return false;
    this.#tookAtMs = Math.max(dueAtMs, nowMs);
    return true;
  }
}
