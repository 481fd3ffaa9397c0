import { captureTimeMs } from './capture-time.ts';
import type { StationClient } from './client.ts';
import { betterClock, type StationClock } from './clock.ts';
import type { Commands, ShownSize } from './commands.ts';
import { debug } from './debug.ts';
import type { PeerReport } from './peer-report.ts';
import { PlayerSession } from './player-session.ts';
import { clearStill, keepStill } from './still.ts';
import type { Way, WayNotices, WaySession } from './way.ts';

export interface VideoWayParts {
  readonly client: StationClient;
  /** The station's, as the page knows it; a session may know it better. */
  readonly clock: StationClock;
  readonly streamId: string;
  readonly video: HTMLVideoElement;
  /** Holds the last picture while a session is over and the next one has none yet. It is empty while the video has pictures. */
  readonly still: HTMLCanvasElement;
}

/** Pictures over WebRTC, on a `<video>`. */
export function videoWay(parts: VideoWayParts): Way {
  return {
    open: (notices) => new VideoSession(parts, notices),
    close: () => (parts.video.srcObject = null),
  };
}

class VideoSession implements WaySession {
  readonly #parts: VideoWayParts;
  readonly #notices: WayNotices;
  readonly #session: PlayerSession;
  /** For the page to have loaded. */
  readonly #waiting = new AbortController();
  #pictureCallback = 0;
  #hasShown = false;

  constructor(parts: VideoWayParts, notices: WayNotices) {
    this.#parts = parts;
    this.#notices = notices;
    this.#session = new PlayerSession(parts.client, parts.streamId, {
      stream: (stream, clockOffset) => this.#play(stream, clockOffset),
      connected: () => notices.connected(),
      disconnected: () => notices.disconnected(),
      reached: () => notices.reached(),
      unanswered: () => notices.unanswered(),
      lost: (fault, retryAfterMs) => notices.lost(fault, retryAfterMs),
      frames: (frames) => notices.frames(frames),
      shownSize: () => notices.shownSize(),
    });
  }

  get isConnected(): boolean {
    return this.#session.isConnected;
  }

  get viewerId(): string | null {
    return this.#session.viewerId;
  }

  get commands(): Commands | undefined {
    return this.#session.commands;
  }

  get clock(): StationClock {
    return betterClock(this.#parts.clock, this.commands?.clock);
  }

  report(): Promise<PeerReport | null> {
    return this.#session.report();
  }

  findPath(): Promise<void> {
    return this.#session.restartIce();
  }

  show(size: ShownSize): void {
    this.commands?.show(size);
  }

  forget(): void {
    this.#session.forget();
  }

  close(): void {
    const { video, still } = this.#parts;
    this.#waiting.abort();
    video.cancelVideoFrameCallback(this.#pictureCallback);
    if (this.#hasShown) keepStill(video, still);
    this.#hasShown = false;
    this.#session.close();
  }

  #play(stream: MediaStream, clockOffset: number | null): void {
    const { video, still } = this.#parts;
    this.#notices.taken();
    whenPageMayWait(video.ownerDocument, stream, this.#waiting, () => {
      video.srcObject = stream;
      video.play().catch((error: unknown) => {
        // Replaced by a newer stream before it began; that one plays.
        debug('The video did not start.', error);
      });
    });
    const onPicture = (atMs: number, picture: VideoFrameCallbackMetadata): void => {
      this.#pictureCallback = video.requestVideoFrameCallback(onPicture);
      if (!this.#hasShown) clearStill(still);
      this.#hasShown = true;
      const takenMs = this.#captureTimeMs(picture.rtpTimestamp, clockOffset);
      this.#notices.shown({ atMs, count: picture.presentedFrames, captureTimeMs: takenMs });
    };
    video.cancelVideoFrameCallback(this.#pictureCallback);
    this.#pictureCallback = video.requestVideoFrameCallback(onPicture);
  }

  #captureTimeMs(rtpTimestamp: number | undefined, clockOffset: number | null): number | null {
    const nowMs = this.clock.nowMs();
    if (rtpTimestamp === undefined || clockOffset === null || Number.isNaN(nowMs)) return null;
    return captureTimeMs(rtpTimestamp, clockOffset, nowMs);
  }
}

/**
 * Calls back once the page has loaded, or as soon as pictures come. A page whose video has a stream but no picture is loading
 * as long as that lasts (HTML §4.8.11.5, delaying the load event), and a detector can be away for days.
 */
function whenPageMayWait(page: Document, stream: MediaStream, waiting: AbortController, done: () => void): void {
  if (page.readyState === 'complete') return done();
  const end = (): void => {
    waiting.abort();
    done();
  };
  const { signal } = waiting;
  page.defaultView?.addEventListener('load', end, { signal });
  for (const track of stream.getTracks()) track.addEventListener('unmute', end, { signal });
}
