import { Arrivals } from './arrivals.ts';
import type { StationClock } from './clock.ts';
import type { ShownSize } from './commands.ts';
import { FreezeMeter } from './freeze-meter.ts';
import { PauseWatch } from './pause-watch.ts';
import { PictureMeter, type PictureSample } from './picture-meter.ts';
import type { PlayerFault } from './player-session.ts';
import type { PlayerReport } from './player-report.ts';
import { RepairLadder, type Repairable, type RepairLimits, type Retry, type Rung } from './repair.ts';
import { listenForHope } from './repair-hope.ts';
import { ShownFrames } from './shown-frames.ts';
import type { LinkSample } from './staleness.ts';
import type { ShownPicture, Way, WaySession } from './way.ts';

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
  readonly way: Way;
  /** The station's, as the page knows it. */
  readonly clock: StationClock;
  /** Knows when somebody can see it, and when it is worth to try again. */
  readonly page: Document;
  /** Called on every change of state, and when pictures come again after a pause; never for single pictures. */
  readonly onState: (state: PlayerState) => void;
  readonly limits?: RepairLimits;
}

/** A station needs longer to start, so that a picture as fresh as this cannot be from the one before. */
const fedWithinMs = 500;
/** What arrives is counted each second. Of a detector that takes its time, it is looked back on longer. */
const arrivedWithinMs = 3_500;
/** After so long a pause, the next picture is news that must not wait until somebody asks. */
const pauseMs = 1_000;
/** A latency beyond these says that one of the clocks is wrong, and is worth nothing. */
const believableLatencyMs = { from: -1_000, to: 60_000 };

/** The page's end of one person watching one Stream: keeps pictures coming on one Way until it is closed. Starts at once. */
export class Player {
  readonly #options: PlayerOptions;
  readonly #ladder: RepairLadder;
  readonly #stopListening: () => void;
  readonly #meter = new PictureMeter();
  readonly #freezes = new FreezeMeter();
  readonly #frames = new ShownFrames();
  readonly #arrivals = new Arrivals();
  readonly #pauses: PauseWatch;
  #state: PlayerState = { kind: 'closed' };
  #session: WaySession | undefined;
  #playingSinceMs: number | null = null;
  #shownAtMs = Number.NEGATIVE_INFINITY;
  #shownSize: ShownSize | null = null;

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#ladder = new RepairLadder(this.#repairable(), options.limits);
    this.#pauses = new PauseWatch(options.page, () => this.#freezes.skip());
    this.#stopListening = listenForHope(options.page, (hope) => this.#ladder.hope(hope));
    this.#ladder.start();
  }

  get state(): PlayerState {
    return this.#state;
  }

  sample(): PictureSample {
    const rhythm = this.#meter.sample(performance.now());
    const { sentIntervalMs, newestCaptureTimeMs, newestNumber } = this.#frames;
    return {
      ...rhythm,
      intervalMs: sentIntervalMs ?? rhythm.intervalMs,
      captureTimeMs: newestCaptureTimeMs,
      number: newestNumber,
      latencyUncertaintyMs: rhythm.latencyMs === null ? null : this.#clock.uncertaintyMs,
    };
  }

  /** What is known of the way to the station. To be asked twice a second. */
  link(): LinkSample {
    const { sentIntervalMs } = this.#frames;
    return {
      isConnected: this.#session?.isConnected ?? false,
      keepaliveAgeMs: this.#session?.commands?.keepalive?.ageMs ?? null,
      arrived: this.#arrivals.since(this.#shownAtMs, Math.max(arrivedWithinMs, 2.5 * (sentIntervalMs ?? 0))),
      awakeMs: this.#pauses.awakeMs(performance.now()),
    };
  }

  /** What is known of the session that there is at the moment; null where there is none. */
  async report(): Promise<PlayerReport | null> {
    const askedAtMs = performance.now();
    const peer = (await this.#session?.report()) ?? null;
    if (!peer) return null;
    this.#arrivals.add(askedAtMs, peer);
    const nowMs = performance.now();
    const commands = this.#session?.commands;
    const { uncertaintyMs } = this.#clock;
    return {
      peer,
      viewerId: this.#session?.viewerId ?? null,
      shownSize: this.#shownSize,
      freezes: this.#freezes.sample(nowMs),
      silentMs: this.#freezes.silentMs(nowMs),
      keepalive: commands?.keepalive ?? null,
      commandsBufferedBytes: commands?.bufferedBytes ?? null,
      clockUncertaintyMs: Number.isFinite(uncertaintyMs) ? uncertaintyMs : null,
    };
  }

  /** Tells the station, in this session and those to come, at which size the picture is shown. */
  show(size: ShownSize): void {
    this.#shownSize = size;
    this.#session?.show(size);
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
    this.#pauses.close();
    this.#options.way.close();
    this.#ladder.close();
  }

  get #clock(): StationClock {
    return this.#session?.clock ?? this.#options.clock;
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
      restartIce: () => this.#session?.findPath() ?? Promise.reject(new Error('There is no session.')),
      onRung: (rung) => this.#follow(rung),
    };
  }

  #connect(): void {
    this.#session = this.#options.way.open({
      taken: () => this.#begin(),
      shown: (picture) => this.#meet(picture),
      connected: () => this.#ladder.connected(),
      disconnected: () => this.#ladder.disconnected(),
      reached: () => this.#ladder.reached(),
      unanswered: () => this.#ladder.unanswered(),
      lost: (fault, retryAfterMs) => this.#ladder.lost(fault, retryAfterMs),
      frames: (frames) => this.#frames.told(frames),
      shownSize: () => this.#shownSize,
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

  /** Nothing that was counted before is of this session. */
  #begin(): void {
    this.#ladder.answered();
    this.#meter.reset();
    this.#freezes.reset();
    this.#frames.reset();
    this.#arrivals.reset();
  }

  /** A picture came to the screen. */
  #meet({ atMs, count, captureTimeMs }: ShownPicture): void {
    this.#freezes.add(atMs);
    if (captureTimeMs !== null) this.#frames.shown(captureTimeMs);
    this.#meter.add(atMs, count, this.#latencyMs(captureTimeMs));
    const pausedMs = atMs - this.#shownAtMs;
    this.#shownAtMs = atMs;
    if (this.#playingSinceMs === null) this.#playingSinceMs = atMs;
    else if (pausedMs < pauseMs) return;
    this.#setState({ kind: 'playing', isRepairing: this.#ladder.rung.kind === 'restarting' });
  }

  /** How old a picture of that capture time is now; null where that can't be told. */
  #latencyMs(captureTimeMs: number | null): number | null {
    const latencyMs = this.#clock.nowMs() - (captureTimeMs ?? Number.NaN);
    return latencyMs >= believableLatencyMs.from && latencyMs <= believableLatencyMs.to ? latencyMs : null;
  }

  #endSession(): void {
    this.#session?.close();
    this.#session = undefined;
    this.#playingSinceMs = null;
  }

  #setState(state: PlayerState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}
