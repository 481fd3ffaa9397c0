import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { RTCDataChannel } from 'werift';
import { commandsLabel, pictureLabel } from '../../shared/commands.ts';
import type { KeepaliveFacts } from '../../shared/keepalive.ts';
import type { PictureChannelTelemetry } from '../../shared/state.ts';
import type { Frame, JpegFrame } from '../station/frame.ts';
import type { ViewerWish } from '../station/ports.ts';
import { Commands, type Wish } from './commands.ts';
import { PictureChannel, type PictureChannelOptions } from './picture-channel.ts';

export interface DataChannelsOptions extends Omit<PictureChannelOptions, 'ended'> {
  /** How often the Player is pinged, unless it wishes otherwise. */
  readonly keepaliveMs: number;
  /** The Player answers no more. */
  readonly silent: () => void;
  /** The Player has opened more channels than there is any use for. */
  readonly tooMany: () => void;
  /** The Player wishes something else than before. */
  readonly wishChanged: () => void;
  readonly log: Logger;
}

/** Counted over the life of a Viewer, those that were refused too. */
const maxOpened = 8;

/** The data channels of one Viewer. The Player opens them; those that there is a use for are kept, any other closed at once. */
export class DataChannels {
  readonly #options: DataChannelsOptions;
  readonly #counts = { sentPictures: 0, skippedPictures: 0 };
  #commands: Commands | null = null;
  #pictures: PictureChannel | null = null;
  /** What the Player has asked for, whether it has opened `video` or not. */
  #wanted: ViewerWish = { shownPx: null, pictures: null };
  #wish: ViewerWish = this.#wanted;
  #openedCount = 0;

  constructor(options: DataChannelsOptions) {
    this.#options = options;
  }

  /** What is known of the Player by its answers; null unless it has opened `commands`. */
  get keepalive(): KeepaliveFacts | null {
    return this.#commands?.isOver === false ? this.#commands.keepalive : null;
  }

  /** Null unless the Player has opened `video`. */
  get pictures(): PictureChannelTelemetry | null {
    return this.#pictures?.isOver === false ? this.#pictures.telemetry : null;
  }

  /** Pictures that were not sent because this Viewer was behind. */
  get skippedPictures(): number {
    return this.#counts.skippedPictures;
  }

  get wish(): ViewerWish {
    return this.#wish;
  }

  /** Takes a channel that the Player opens, or closes it. */
  take(channel: RTCDataChannel): void {
    this.#openedCount++;
    if (this.#openedCount > maxOpened) return this.#options.tooMany();
    if (channel.label === commandsLabel && isReliable(channel) && this.#commands?.isOver !== false) {
      this.#commands = new Commands(channel, { ...this.#options, wished: (wish) => this.#onWish(wish) });
    } else if (channel.label === pictureLabel && isDisposable(channel) && this.#pictures?.isOver !== false) {
      const options = { ...this.#options, ended: () => this.#updateWish() };
      this.#pictures = new PictureChannel(channel, this.#counts, options);
      this.#updateWish();
    } else this.#refuse(channel);
  }

  /** Sends a whole picture where the Player has asked for them. */
  write(frame: JpegFrame): void {
    this.#pictures?.write(frame);
  }

  /** A picture was sent as video. */
  sentAsVideo(frame: Frame): void {
    this.#commands?.sentAsVideo(frame);
  }

  /** More may be sent than before. */
  roomGained(): void {
    this.#pictures?.proceed();
  }

  close(): void {
    this.#commands?.end();
    this.#pictures?.end();
  }

  #refuse(channel: RTCDataChannel): void {
    this.#options.log.debug({ label: channel.label.slice(0, 32) }, 'a data channel is refused');
    // werift calls it open once this has returned, whatever was done to it.
    queueMicrotask(() => channel.close());
  }

  #onWish(wish: Wish): void {
    if (wish.type === 'show') {
      const { widthPx, heightPx } = wish;
      this.#wanted = { ...this.#wanted, shownPx: { widthPx, heightPx } };
    } else {
      const { fps: maxFps, scale = 1 } = wish;
      this.#wanted = { ...this.#wanted, pictures: maxFps === 0 ? null : { scale, maxFps } };
    }
    this.#updateWish();
  }

  #updateWish(): void {
    const before = this.#wish;
    const canTakePictures = this.#pictures?.isOver === false;
    this.#wish = canTakePictures ? this.#wanted : { ...this.#wanted, pictures: null };
    this.#pictures?.setMaxFps(this.#wish.pictures?.maxFps ?? 0);
    if (!isDeepStrictEqual(this.#wish, before)) this.#options.wishChanged();
  }
}

function isReliable({ ordered, maxRetransmits, maxPacketLifeTime }: RTCDataChannel): boolean {
  return ordered && maxRetransmits === null && maxPacketLifeTime === null;
}

/** Whether messages may be lost, and overtake each other. */
function isDisposable({ ordered, maxRetransmits }: RTCDataChannel): boolean {
  return !ordered && maxRetransmits === 0;
}
