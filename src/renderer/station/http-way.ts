import { Refusal } from './client.ts';
import type { StationClock } from './clock.ts';
import type { ShownSize } from './commands.ts';
import { debug } from './debug.ts';
import type { HttpPictures, Scale } from './http-pictures.ts';
import { PartsFault } from './parts.ts';
import { PicturePainter, type JpegPicture } from './picture-painter.ts';
import type { Way, WayNotices, WaySession } from './way.ts';

/** Each is a whole file: enough to follow a slow hand. */
const maxFps = 10;
/** From one picture to the next, where each has to be asked for. */
const askEachMs = 1_000;
/** Where no picture comes out of a stream for so long, something on its way may hold it up; or exposures are very long. */
const silentMs = 8_000;

export interface HttpWayParts {
  readonly http: HttpPictures;
  readonly clock: StationClock;
  readonly streamId: string;
  readonly canvas: HTMLCanvasElement;
  /** Of the detector's pictures; null as long as it is unknown. */
  readonly wholeSize: () => ShownSize | null;
}

/** What came over HTTP since the Way was made. */
export interface HttpCounters {
  readonly bytes: number;
  readonly shownPictures: number;
  /** Pictures are asked for one by one. */
  readonly isAsking: boolean;
  /** Of the pictures as they arrive; null before the first. */
  readonly receivedPx: ShownSize | null;
}

/** Pictures as JPEG files over plain HTTP, on a canvas. */
export class HttpWay implements Way {
  readonly #parts: HttpWayParts;
  readonly #counters: Counted = { bytes: 0, shownPictures: 0, isAsking: false, receivedPx: null };

  constructor(parts: HttpWayParts) {
    this.#parts = parts;
  }

  get counters(): HttpCounters {
    return { ...this.#counters };
  }

  open(notices: WayNotices): WaySession {
    return new HttpSession(this.#parts, notices, this.#counters);
  }

  close(): void {
    // Whatever there is belongs to a session, and the last picture is on the canvas.
  }
}

type Counted = { -readonly [K in keyof HttpCounters]: HttpCounters[K] };

class HttpSession implements WaySession {
  readonly viewerId = null;
  readonly commands = undefined;
  readonly #parts: HttpWayParts;
  readonly #notices: WayNotices;
  readonly #counted: Counted;
  readonly #painter: PicturePainter;
  #request = new AbortController();
  #size: ShownSize | null;
  #newestMs: number | null = null;
  #shown = 0;
  #isConnected = false;
  #isTaken = false;
  #isHeldUp = false;
  #isClosed = false;

  constructor(parts: HttpWayParts, notices: WayNotices, counted: Counted) {
    this.#parts = parts;
    this.#notices = notices;
    this.#counted = counted;
    this.#size = notices.shownSize();
    this.#painter = new PicturePainter(parts.canvas, (picture) => this.#tellShown(picture));
    void this.#run();
  }

  get clock(): StationClock {
    return this.#parts.clock;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** The browser's statistics know nothing of it. */
  report(): Promise<null> {
    return Promise.resolve(null);
  }

  /** Asks anew, because the connection may lead over a network that is gone. `connected` tells whether that helped. */
  findPath(): Promise<void> {
    this.#isConnected = false;
    this.#notices.disconnected();
    this.#request.abort();
    return Promise.resolve();
  }

  show(size: ShownSize): void {
    const before = this.#scale;
    this.#size = size;
    if (this.#scale !== before) this.#request.abort();
  }

  /** A request ends by itself with its station. */
  forget(): void {
    return undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.#isConnected = false;
    this.#painter.close();
    this.#request.abort();
  }

  /** The smallest pictures that are as large as they are shown. */
  get #scale(): Scale {
    const whole = this.#parts.wholeSize();
    const size = this.#size;
    if (!whole || !size) return 1;
    const suffices = (scale: Scale): boolean =>
      whole.widthPx / scale >= size.widthPx && whole.heightPx / scale >= size.heightPx;
    return ([4, 2] as const).find(suffices) ?? 1;
  }

  /** One request after the other, until the session is over. */
  async #run(): Promise<void> {
    // As of every session, nothing is heard of it before its Player has it.
    await Promise.resolve();
    while (!this.#isClosed) {
      const { signal } = (this.#request = new AbortController());
      const isAsking = this.#isHeldUp || !this.#parts.http.hasRoom;
      this.#counted.isAsking = isAsking;
      try {
        await (isAsking ? this.#ask(signal) : this.#follow(signal));
        if (!isAsking) this.#lose(new Error('The station has ended the pictures.'));
      } catch (error) {
        if (signal.aborted) continue;
        // What can't be read as a stream may still come one by one.
        if (error instanceof PartsFault) this.#isHeldUp = true;
        else if (!(error instanceof Refusal && error.reason === 'no_picture')) this.#lose(error);
      }
    }
  }

  /** Takes the pictures of one answer as they come. */
  async #follow(signal: AbortSignal): Promise<void> {
    const request = this.#request;
    const giveUp = (): void => {
      this.#isHeldUp = true;
      request.abort();
    };
    let timer = setTimeout(giveUp, silentMs);
    try {
      const wish = { scale: this.#scale, maxFps };
      for await (const picture of this.#parts.http.stream(this.#parts.streamId, wish, signal)) {
        clearTimeout(timer);
        timer = setTimeout(giveUp, silentMs);
        this.#take(picture);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Asks for one picture, and waits until it is time for the next. */
  async #ask(signal: AbortSignal): Promise<void> {
    const askedAtMs = performance.now();
    this.#take(await this.#parts.http.single(this.#parts.streamId, this.#scale, signal));
    await pause(askedAtMs + askEachMs - performance.now(), signal);
  }

  #take(picture: JpegPicture): void {
    if (this.#isClosed) return;
    this.#counted.bytes += picture.data.size;
    if (!this.#isTaken) {
      this.#isTaken = true;
      this.#notices.reached();
      this.#notices.taken();
    }
    if (!this.#isConnected) {
      this.#isConnected = true;
      this.#notices.connected();
    }
    // The station sends a picture again that nothing follows.
    if (picture.captureTimeMs !== null && picture.captureTimeMs === this.#newestMs) return;
    this.#newestMs = picture.captureTimeMs;
    this.#painter.show(picture);
  }

  #tellShown({ number, captureTimeMs }: JpegPicture): void {
    const { width, height } = this.#parts.canvas;
    this.#shown += 1;
    this.#counted.shownPictures += 1;
    this.#counted.receivedPx = { widthPx: width, heightPx: height };
    if (number !== null && captureTimeMs !== null) this.#notices.frames([[number, captureTimeMs]]);
    this.#notices.shown({ atMs: performance.now(), count: this.#shown, captureTimeMs });
  }

  #lose(error: unknown): void {
    if (this.#isClosed) return;
    debug('Pictures over HTTP have ended.', error);
    if (error instanceof Refusal) this.#notices.lost(error.reason, error.retryAfterMs);
    else this.#notices.lost('connection_lost');
    this.close();
  }
}

/** Resolves then, or as soon as the signal is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.max(0, ms));
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
