import type { RTCDataChannel } from 'werift';
import type { PictureChannelTelemetry } from '../../shared/state.ts';
import type { JpegFrame } from '../station/frame.ts';
import { pictureMessage, pictureParts, type PicturePart } from './picture-parts.ts';

export interface PictureChannelOptions {
  /** The longest message that the Player takes. */
  readonly maxMessageBytes: number;
  /** Where so much is waiting, no picture is added to it. */
  readonly maxBacklogBytes: number;
  /** Whether more may be sent at the moment. */
  readonly hasRoom: () => boolean;
  readonly sent: (bytes: number) => void;
  /** The Player has closed the channel, or said something on it. */
  readonly ended: () => void;
}

/** Counted over the life of a Viewer, whose Player may close the channel and open another. */
export interface PictureCounts {
  sentPictures: number;
  skippedPictures: number;
}

/** Some receivers take no longer messages, whatever they say of themselves; and a longer one would hold up all other channels. */
const longestMessageBytes = 64 * 1024;

/**
 * Sends whole pictures over a Player's channel `video`, at most as many a second as it asks for. One picture is on its way, and
 * the newest of those that come meanwhile waits for it; any other is left out. Nothing is handed to werift before it can be
 * sent, because werift would send it late rather than never.
 */
export class PictureChannel {
  readonly #channel: RTCDataChannel;
  readonly #options: PictureChannelOptions;
  readonly #counts: PictureCounts;
  readonly #maxMessageBytes: number;
  #maxFps = 0;
  #tookAtMs = -Infinity;
  /** What is left of the picture that is on its way. */
  #parts: PicturePart[] = [];
  #waiting: JpegFrame | null = null;
  #isOver = false;

  /** @param channel May not be open yet. */
  constructor(channel: RTCDataChannel, counts: PictureCounts, options: PictureChannelOptions) {
    this.#channel = channel;
    this.#counts = counts;
    this.#options = options;
    this.#maxMessageBytes = Math.min(longestMessageBytes, options.maxMessageBytes);
    // There is nothing that a Player could have to say here.
    channel.onMessage.subscribe(() => channel.close());
    channel.stateChanged.subscribe((state) => {
      if (this.#isOver || state === 'connecting' || state === 'open') return;
      this.end();
      options.ended();
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get telemetry(): PictureChannelTelemetry {
    return { maxFps: this.#maxFps, bufferedBytes: this.#backlogBytes + this.#channel.bufferedAmount, ...this.#counts };
  }

  /** Sends at most so many pictures a second from now on; 0 for none. */
  setMaxFps(maxFps: number): void {
    this.#maxFps = maxFps;
    if (maxFps === 0) this.#waiting = null;
  }

  /** Sends a picture, keeps it until it can be sent, or leaves it out. */
  write(frame: JpegFrame): void {
    if (this.#isOver || this.#channel.readyState !== 'open' || !this.#isDue(performance.now())) return;
    if (this.#waiting) this.#counts.skippedPictures++;
    this.#waiting = null;
    const isTooMuch = this.#backlogBytes > 0 && this.#backlogBytes + frame.data.length > this.#options.maxBacklogBytes;
    if (isTooMuch) this.#counts.skippedPictures++;
    else this.#waiting = frame;
    this.proceed();
  }

  /** Sends of what is waiting as much as there is room for. */
  proceed(): void {
    while (!this.#isOver && this.#options.hasRoom()) {
      if (this.#parts.length === 0) this.#begin();
      const part = this.#parts.shift();
      if (!part) return;
      const message = pictureMessage(part);
      this.#channel.send(message);
      this.#options.sent(message.length);
      if (this.#parts.length === 0) this.#counts.sentPictures++;
    }
  }

  /** Sends nothing more. Idempotent. */
  end(): void {
    this.#isOver = true;
    this.#parts = [];
    this.#waiting = null;
  }

  /** What is not handed to werift yet. */
  get #backlogBytes(): number {
    const partsBytes = this.#parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
    return partsBytes + (this.#waiting?.data.length ?? 0);
  }

  /** Half an interval early is not too soon, since pictures never come at quite even times; on average there are none too many. */
  #isDue(nowMs: number): boolean {
    if (this.#maxFps === 0) return false;
    const intervalMs = 1000 / this.#maxFps;
    const dueAtMs = this.#tookAtMs + intervalMs;
    if (nowMs < dueAtMs - intervalMs / 2) return false;
    this.#tookAtMs = Math.max(dueAtMs, nowMs);
    return true;
  }

  #begin(): void {
    if (this.#waiting) this.#parts = pictureParts(this.#waiting, this.#maxMessageBytes);
    this.#waiting = null;
  }
}
