import type { StationClient } from './client.ts';
import type { StationClock } from './clock.ts';
import type { ShownSize } from './commands.ts';
import { debug } from './debug.ts';
import { webRtcRetry, whyNotWebRtc, type NoWebRtc, type WebRtcLessons } from './fallback.ts';
import { HttpWay, type HttpCounters } from './http-way.ts';
import type { PictureSample } from './picture-meter.ts';
import type { PlayerReport } from './player-report.ts';
import { Player, type PlayerState } from './player.ts';
import { listenForHope } from './repair-hope.ts';
import type { RepairLimits } from './repair.ts';
import type { LinkSample } from './staleness.ts';
import { videoWay } from './video-way.ts';
import type { Way } from './way.ts';

/** That pictures come over HTTP, and how. */
export interface OverHttp {
  readonly why: NoWebRtc;
  readonly counters: HttpCounters;
  /** WebRTC is being tried at the moment. */
  readonly isTrying: boolean;
}

export interface TilePlayerOptions {
  readonly client: StationClient;
  readonly clock: StationClock;
  readonly streamId: string;
  readonly video: HTMLVideoElement;
  /** Covers the video with its pictures: what comes over HTTP, and the last one while nothing comes. */
  readonly canvas: HTMLCanvasElement;
  /** Of the detector's pictures; null as long as it is unknown. */
  readonly wholeSize: () => ShownSize | null;
  readonly lessons: WebRtcLessons;
  /** As a Player tells it: on every change, and when pictures come again after a pause. */
  readonly onState: (state: PlayerState) => void;
  readonly limits: RepairLimits;
}

/** With a path there is none of it left after so long, also by way of a TURN server; and nobody looks at an empty tile for longer. */
const pathPatienceMs = 4_000;

interface Fallback {
  readonly why: NoWebRtc;
  readonly way: HttpWay;
  readonly player: Player;
}

/**
 * Keeps the pictures of one Tile coming: over WebRTC, and where that can't be, over HTTP, while WebRTC is tried for now and again
 * behind it. Starts at once.
 */
export class TilePlayer {
  readonly #options: TilePlayerOptions;
  readonly #retry = webRtcRetry();
  readonly #stopListening: () => void;
  /** While there is a fallback, it is a try that nobody sees. */
  #direct: Player | null = null;
  #fallback: Fallback | null = null;
  #state: PlayerState = { kind: 'closed' };
  #size: ShownSize | null = null;
  #failures = 0;
  /** For the next try behind a fallback. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** For the path of the try that is under way. */
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(options: TilePlayerOptions) {
    this.#options = options;
    this.#stopListening = listenForHope(options.canvas.ownerDocument, (hope) => {
      if (hope !== 'seen') this.tryWebRtc();
    });
    const why = options.client.httpPictures ? options.lessons.whyNot(options.streamId) : null;
    if (why === null) {
      this.#startDirect();
      return;
    }
    this.#fallBack(why);
    // What was learnt may be of another network; meanwhile there are pictures.
    this.tryWebRtc();
  }

  /** Null while pictures come over WebRTC, or are to. */
  get overHttp(): OverHttp | null {
    const fallback = this.#fallback;
    return fallback && { why: fallback.why, counters: fallback.way.counters, isTrying: this.#direct !== null };
  }

  sample(): PictureSample | null {
    return this.#shown?.sample() ?? null;
  }

  link(): LinkSample | null {
    return this.#shown?.link() ?? null;
  }

  /** What is known of the session over WebRTC that the pictures come by; null where there is none. */
  async report(): Promise<PlayerReport | null> {
    return (await this.#shown?.report()) ?? null;
  }

  show(size: ShownSize): void {
    this.#size = size;
    this.#direct?.show(size);
    this.#fallback?.player.show(size);
  }

  tryNow(): void {
    this.#shown?.tryNow();
  }

  restart(): void {
    this.#shown?.restart();
    this.tryWebRtc();
  }

  /** Looks at once whether pictures can come over WebRTC by now. Does nothing while they do, and where there is none. */
  tryWebRtc(): void {
    if (!this.#fallback || this.#fallback.why === 'no_webrtc' || this.#direct) return;
    clearTimeout(this.#timer);
    this.#startDirect();
  }

  /** As a Player. Idempotent. */
  close(): void {
    this.#stopListening();
    clearTimeout(this.#timer);
    this.#endDirect();
    this.#endFallback();
    if (this.#state.kind !== 'closed') this.#tell({ kind: 'closed' });
  }

  get #shown(): Player | null {
    return this.#fallback?.player ?? this.#direct;
  }

  #startDirect(): void {
    const { client, clock, streamId, video, canvas } = this.#options;
    const way = videoWay({ client, clock, streamId, video, still: canvas });
    this.#direct = this.#playerOn(way, (state) => this.#followDirect(state));
  }

  #followDirect(state: PlayerState): void {
    if (state.kind === 'closed') return;
    if (state.kind === 'playing') this.#return();
    if (!this.#fallback) {
      const why = this.#options.client.httpPictures ? whyNotWebRtc(state) : null;
      if (state.kind === 'connecting') this.#waitForPath();
      if (why) this.#fallBack(why);
      else this.#tell(state);
    } else if (state.kind !== 'connecting') {
      this.#endDirect();
      this.#tryLater();
    }
  }

  #waitForPath(): void {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      this.#showMeanwhile().catch((error: unknown) => debug('The tile did not look for a path.', error));
    }, pathPatienceMs);
  }

  /** Pictures over HTTP bridge the time where the station has answered and ICE still looks for a path, which goes on behind them. */
  async #showMeanwhile(): Promise<void> {
    const direct = this.#direct;
    const report = (await direct?.report()) ?? null;
    if (!direct || direct !== this.#direct || this.#fallback || direct.link().isConnected) return;
    const isAnswered = report !== null && report.viewerId !== null;
    if (direct.state.kind === 'connecting' && isAnswered) this.#fallBack('no_path');
  }

  /** Pictures come over WebRTC, and are on the screen already. */
  #return(): void {
    this.#options.lessons.learn(this.#options.streamId, null);
    this.#failures = 0;
    this.#endFallback();
  }

  #fallBack(why: NoWebRtc): void {
    const { client, clock, streamId, canvas, wholeSize, lessons } = this.#options;
    if (!client.httpPictures) return;
    lessons.learn(streamId, why);
    if (this.#direct?.state.kind !== 'connecting') this.#endDirect();
    const way = new HttpWay({ http: client.httpPictures, clock, streamId, canvas, wholeSize });
    const player = this.#playerOn(way, (state) => {
      if (state.kind !== 'closed') this.#tell(state);
    });
    this.#fallback = { why, way, player };
    if (!this.#direct) this.#tryLater();
  }

  #playerOn(way: Way, onState: (state: PlayerState) => void): Player {
    const { clock, canvas, limits } = this.#options;
    const player = new Player({ way, clock, page: canvas.ownerDocument, limits, onState });
    if (this.#size) player.show(this.#size);
    return player;
  }

  #tryLater(): void {
    clearTimeout(this.#timer);
    this.#failures += 1;
    this.#timer = setTimeout(() => this.tryWebRtc(), this.#retry.delayMs(this.#failures) ?? 0);
  }

  #endDirect(): void {
    const direct = this.#direct;
    this.#direct = null;
    clearTimeout(this.#patience);
    direct?.close();
  }

  #endFallback(): void {
    const fallback = this.#fallback;
    this.#fallback = null;
    clearTimeout(this.#timer);
    fallback?.player.close();
  }

  #tell(state: PlayerState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}
