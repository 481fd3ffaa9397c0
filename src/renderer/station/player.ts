import { playerRetry, type RetryPolicy } from '../../shared/retry.ts';
import { captureTimeMs } from './capture-time.ts';
import type { StationClient } from './client.ts';
import { debug } from './debug.ts';
import type { StationClock } from './clock.ts';
import { PictureMeter, type PictureSample } from './picture-meter.ts';
import { PlayerSession, type PlayerFault } from './player-session.ts';
import { clearStill, keepStill } from './still.ts';

/** What a Player is doing, as one of exclusive states. */
export type PlayerState =
  /** On the way to the first picture; `attempt` counts from 1. `after` is what the last try failed of, until the station answers. */
  | { readonly kind: 'connecting'; readonly attempt: number; readonly after: PlayerFault | null }
  /** The first picture has come. Whether more follow is told by `sample()`. */
  | { readonly kind: 'playing' }
  /** Tries again at `retryAtMs` (this page's Unix time). */
  | {
      readonly kind: 'waiting';
      readonly retryAtMs: number;
      readonly attempt: number;
      readonly reason: PlayerFault;
    }
  | { readonly kind: 'closed' };

export interface PlayerOptions {
  readonly client: StationClient;
  readonly clock: StationClock;
  readonly streamId: string;
  readonly video: HTMLVideoElement;
  /** Holds the last picture while a session is over and the next one has none yet. It is empty while pictures come. */
  readonly still: HTMLCanvasElement;
  /** Called on every change of state, and when pictures come again after a pause; never for single pictures. */
  readonly onState: (state: PlayerState) => void;
  readonly retry?: RetryPolicy;
}

/** Pictures for so long mean that the trouble is over, and the next one starts with short waits again. */
const steadyMs = 30_000;
/** A station needs longer to start, so that a picture as fresh as this cannot be from the one before. */
const fedWithinMs = 500;
/** After so long a pause, the next picture is news that must not wait until somebody asks. */
const pauseMs = 1_000;
/** A latency beyond these says that one of the clocks is wrong, and is worth nothing. */
const believableLatencyMs = { from: -1_000, to: 60_000 };

/** The page's end of one person watching one Stream: keeps one `<video>` fed until it is closed. Starts at once. */
export class Player {
  readonly #options: PlayerOptions;
  readonly #retry: RetryPolicy;
  readonly #meter = new PictureMeter();
  #state: PlayerState = { kind: 'closed' };
  #session: PlayerSession | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pictureCallback = 0;
  #failures = 0;
  #playingSinceMs: number | null = null;
  #awakeSinceMs = Number.NEGATIVE_INFINITY;

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#retry = options.retry ?? playerRetry();
    options.video.ownerDocument.addEventListener('visibilitychange', this.#onVisibility);
    this.#connect();
  }

  get state(): PlayerState {
    return this.#state;
  }

  sample(): PictureSample {
    return this.#meter.sample(performance.now(), this.#awakeSinceMs);
  }

  /** Ends the wait, because there is reason to believe that the next try succeeds. */
  tryNow(): void {
    if (this.#state.kind === 'waiting') this.#connect();
  }

  /** Begins anew, because the station that this Player knew is gone; unless pictures come, which then are the next one's. */
  restart(): void {
    const { ageMs } = this.sample();
    const isFed = this.#state.kind === 'playing' && ageMs !== null && ageMs < fedWithinMs;
    if (this.#state.kind === 'closed' || isFed) return;
    this.#failures = 0;
    this.#session?.forget();
    this.#connect();
  }

  /** Frees everything but the last picture, and tells the station. Idempotent; the Player can't be used again. */
  close(): void {
    if (this.#state.kind === 'closed') return;
    this.#endSession();
    this.#options.video.ownerDocument.removeEventListener('visibilitychange', this.#onVisibility);
    this.#options.video.srcObject = null;
    this.#setState({ kind: 'closed' });
  }

  #connect(): void {
    this.#endSession();
    const after = this.#state.kind === 'waiting' ? this.#state.reason : null;
    this.#setState({ kind: 'connecting', attempt: this.#failures + 1, after });
    this.#session = new PlayerSession(this.#options.client, this.#options.streamId, {
      stream: (stream, clockOffset) => this.#show(stream, clockOffset),
      lost: (fault, retryAfterMs) => this.#wait(fault, retryAfterMs),
    });
  }

  #show(stream: MediaStream, clockOffset: number | null): void {
    const { video } = this.#options;
    // It answered: what went wrong before is over.
    if (this.#state.kind === 'connecting' && this.#state.after) this.#setState({ ...this.#state, after: null });
    this.#meter.reset();
    video.srcObject = stream;
    video.play().catch((error: unknown) => {
      // Replaced by a newer stream before it began; that one plays.
      debug('The video did not start.', error);
    });
    let lastAtMs = Number.NEGATIVE_INFINITY;
    const onPicture = (nowMs: number, picture: VideoFrameCallbackMetadata): void => {
      this.#meter.add(nowMs, picture.presentedFrames, this.#latencyMs(picture.rtpTimestamp, clockOffset));
      this.#pictureCallback = video.requestVideoFrameCallback(onPicture);
      const pausedMs = nowMs - lastAtMs;
      lastAtMs = nowMs;
      if (pausedMs < pauseMs) return;
      if (this.#playingSinceMs === null) this.#begin(nowMs);
      this.#setState({ kind: 'playing' });
    };
    video.cancelVideoFrameCallback(this.#pictureCallback);
    this.#pictureCallback = video.requestVideoFrameCallback(onPicture);
  }

  /** The first picture of a session is on the screen. */
  #begin(nowMs: number): void {
    this.#playingSinceMs = nowMs;
    clearStill(this.#options.still);
  }

  #latencyMs(rtpTimestamp: number | undefined, clockOffset: number | null): number | null {
    const nowMs = this.#options.clock.nowMs();
    if (rtpTimestamp === undefined || clockOffset === null || Number.isNaN(nowMs)) return null;
    const latencyMs = nowMs - captureTimeMs(rtpTimestamp, clockOffset, nowMs);
    return latencyMs >= believableLatencyMs.from && latencyMs <= believableLatencyMs.to ? latencyMs : null;
  }

  #wait(reason: PlayerFault, retryAfterMs = 0): void {
    const playedMs = this.#playingSinceMs === null ? 0 : performance.now() - this.#playingSinceMs;
    this.#endSession();
    this.#failures = playedMs >= steadyMs ? 1 : this.#failures + 1;
    const delayMs = this.#retry.delayMs(this.#failures);
    if (delayMs === null) return this.close();
    const waitMs = Math.max(delayMs, retryAfterMs);
    this.#timer = setTimeout(() => this.#connect(), waitMs);
    this.#setState({ kind: 'waiting', retryAtMs: Date.now() + waitMs, attempt: this.#failures, reason });
  }

  #endSession(): void {
    clearTimeout(this.#timer);
    const { video, still } = this.#options;
    video.cancelVideoFrameCallback(this.#pictureCallback);
    if (this.#playingSinceMs !== null) keepStill(video, still);
    this.#session?.close();
    this.#session = undefined;
    this.#playingSinceMs = null;
  }

  #setState(state: PlayerState): void {
    this.#state = state;
    this.#options.onState(state);
  }

  readonly #onVisibility = (): void => {
    if (!this.#options.video.ownerDocument.hidden) this.#awakeSinceMs = performance.now();
  };
}
