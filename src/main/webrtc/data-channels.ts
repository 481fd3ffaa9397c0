import type { Logger } from 'pino';
import type { RTCDataChannel } from 'werift';
import { commandsLabel } from '../../shared/commands.ts';
import type { KeepaliveFacts } from '../../shared/keepalive.ts';
import { Commands, type CommandsOptions } from './commands.ts';

export interface DataChannelsOptions extends CommandsOptions {
  /** The Player has opened more channels than there is any use for. */
  readonly tooMany: () => void;
  readonly log: Logger;
}

/** Counted over the life of a Viewer, those that were refused too. */
const maxOpened = 8;

/** The data channels of one Viewer. The Player opens them; the one that there is a use for is kept, any other closed at once. */
export class DataChannels {
  readonly #options: DataChannelsOptions;
  #commands: Commands | null = null;
  #openedCount = 0;

  constructor(options: DataChannelsOptions) {
    this.#options = options;
  }

  /** What is known of the Player by its answers; null unless it has opened `commands`. */
  get keepalive(): KeepaliveFacts | null {
    return this.#commands?.isOver === false ? this.#commands.keepalive : null;
  }

  /** Takes a channel that the Player opens, or closes it. */
  take(channel: RTCDataChannel): void {
    this.#openedCount++;
    if (this.#openedCount > maxOpened) return this.#options.tooMany();
    const isWanted = channel.label === commandsLabel && isReliable(channel);
    if (isWanted && this.#commands?.isOver !== false) {
      this.#commands = new Commands(channel, this.#options);
      return;
    }
    this.#options.log.debug({ label: channel.label.slice(0, 32) }, 'a data channel is refused');
    // werift calls it open once this has returned, whatever was done to it.
    queueMicrotask(() => channel.close());
  }

  close(): void {
    this.#commands?.end();
  }
}

function isReliable({ ordered, maxRetransmits, maxPacketLifeTime }: RTCDataChannel): boolean {
  return ordered && maxRetransmits === null && maxPacketLifeTime === null;
}
