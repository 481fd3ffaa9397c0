import { captureTimeMs } from './capture-time.ts';
import type { StationClient } from './client.ts';
import { debug } from './debug.ts';
import type { StationClock } from './clock.ts';
import { FreezeMeter } from './freeze-meter.ts';
import { PictureMeter, type PictureSample } from './picture-meter.ts';
import { PlayerSession, type PlayerFault } from './player-session.ts';
import type { PlayerReport } from './player-report.ts';
import { RepairLadder, type Repairable, type RepairLimits, type Retry, type Rung } from './repair.ts';
import { listenForHope } from './repair-hope.ts';
import { clearStill, keepStill } from './still.ts';

/** What a Player is doing, as one of exclusive states. */
export type PlayerState =
  /** On the way to the first picture; `retry` tells of the try before, until the station answers. */
  | { readonly kind: 'connecting'; readonly retry: Retry | null }
  /** The first picture has come. Whether more follow is told by `sample()`. `isRepairing` while another path is looked for. */
  | { readonly kind: 'playing'; readonly isRepairing: boolean }
  /** Tries again at `retryAtMs` (this page's Unix time). */
  | { readonly kind: 'waiting'; readonly retry: Retry; readonly retryAtMs: number }
  /** Tries no more until it is told to, or the network changes. */
  | { readonly kind: 'gave_up'; readonly reason: PlayerFault }
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
  readonly limits?: RepairLimits;
}

/** A station needs longer to start, so that a picture as fresh as this cannot be from the one before. */
const fedWithinMs = 500;
/** After so long a pause, the next picture is news that must not wait until somebody asks. */
const pauseMs = 1_000;
/** A latency beyond these says that one of the clocks is wrong, and is worth nothing. */
const believableLatencyMs = { from: -1_000, to: 60_000 };

/** The page's end of one person watching one Stream: keeps one `<video>` fed until it is closed. Starts at once. */
export class Player {
  readonly #options: PlayerOptions;
  readonly #ladder: RepairLadder;
  readonly #stopListening: () => void;
  readonly #meter = new PictureMeter();
  readonly #freezes = new FreezeMeter();
  #state: PlayerState = { kind: 'closed' };
  #session: PlayerSession | undefined;
  #pictureCallback = 0;
  #playingSinceMs: number | null = null;
  #shownAtMs = Number.NEGATIVE_INFINITY;
  #awakeSinceMs = Number.NEGATIVE_INFINITY;

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#ladder = new RepairLadder(this.#repairable(), options.limits);
    options.video.ownerDocument.addEventListener('visibilitychange', this.#onVisibility);
    this.#stopListening = listenForHope(options.video.ownerDocument, (hope) => this.#ladder.hope(hope));
    this.#ladder.start();
  }

  get state(): PlayerState {
    return this.#state;
  }

  sample(): PictureSample {
    return this.#meter.sample(performance.now(), this.#awakeSinceMs);
  }

  /** What is known of the session that there is at the moment; null where there is none. */
  async report(): Promise<PlayerReport | null> {
    const peer = (await this.#session?.report()) ?? null;
    const nowMs = performance.now();
    return peer && { peer, freezes: this.#freezes.sample(nowMs), silentMs: this.#freezes.silentMs(nowMs) };
  }

  /** Ends the wait, or begins again after it gave up, because there is reason to believe that the next try succeeds. */
  tryNow(): void {
    this.#ladder.tryNow();
  }

  /** Begins anew, because the station that this Player knew is gone; unless pictures come, which then are the next one's. */
  restart(): void {
    if (this.#state.kind === 'closed' || this.#isFed()) return;
    this.#session?.forget();
    this.#ladder.start();
  }

  /** Frees everything but the last picture, and tells the station. Idempotent; the Player can't be used again. */
  close(): void {
    if (this.#state.kind === 'closed') return;
    this.#stopListening();
    this.#endSession();
    this.#options.video.ownerDocument.removeEventListener('visibilitychange', this.#onVisibility);
    this.#options.video.srcObject = null;
    this.#ladder.close();
  }

  /** Pictures come at this moment. */
  #isFed(): boolean {
    const { ageMs } = this.sample();
    return this.#state.kind === 'playing' && ageMs !== null && ageMs < fedWithinMs;
  }

  #repairable(): Repairable {
    return {
      playedMs: () => (this.#playingSinceMs === null ? 0 : this.#shownAtMs - this.#playingSinceMs),
      isFed: () => this.#isFed(),
      connect: () => this.#connect(),
      disconnect: () => this.#endSession(),
      restartIce: () => this.#session?.restartIce() ?? Promise.reject(new Error('There is no session.')),
      onRung: (rung) => this.#follow(rung),
    };
  }

  #connect(): void {
    this.#session = new PlayerSession(this.#options.client, this.#options.streamId, {
      stream: (stream, clockOffset) => this.#show(stream, clockOffset),
      connected: () => this.#ladder.connected(),
      disconnected: () => this.#ladder.disconnected(),
      lost: (fault, retryAfterMs) => this.#ladder.lost(fault, retryAfterMs),
    });
  }

  #follow(rung: Rung): void {
    switch (rung.kind) {
      case 'steady':
      case 'doubtful':
      case 'restarting':
        // Up to the first picture the tile waits for that, whatever becomes of the connection meanwhile.
        if (this.#state.kind === 'playing' && this.#state.isRepairing !== (rung.kind === 'restarting')) {
          this.#setState({ kind: 'playing', isRepairing: rung.kind === 'restarting' });
        }
        break;
      default:
        this.#setState(rung);
    }
  }

  #show(stream: MediaStream, clockOffset: number | null): void {
    const { video } = this.#options;
    this.#ladder.answered();
    this.#meter.reset();
    this.#freezes.reset();
    video.srcObject = stream;
    video.play().catch((error: unknown) => {
      // Replaced by a newer stream before it began; that one plays.
      debug('The video did not start.', error);
    });
    const onPicture = (nowMs: number, picture: VideoFrameCallbackMetadata): void => {
      this.#freezes.add(nowMs);
      this.#meter.add(nowMs, picture.presentedFrames, this.#latencyMs(picture.rtpTimestamp, clockOffset));
      this.#pictureCallback = video.requestVideoFrameCallback(onPicture);
      const pausedMs = nowMs - this.#shownAtMs;
      this.#shownAtMs = nowMs;
      if (this.#playingSinceMs === null) this.#begin(nowMs);
      else if (pausedMs < pauseMs) return;
      this.#setState({ kind: 'playing', isRepairing: this.#ladder.rung.kind === 'restarting' });
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

  #endSession(): void {
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
    this.#freezes.skip();
    if (!this.#options.video.ownerDocument.hidden) this.#awakeSinceMs = performance.now();
  };
}
