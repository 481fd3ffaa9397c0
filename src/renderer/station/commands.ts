import {
  commandsLabel,
  type ClockAnswer,
  type Command,
  type CommandReply,
  type FrameNumbers,
} from '../../shared/commands.ts';
import { Keepalive, ping, pong, type KeepaliveFacts } from '../../shared/keepalive.ts';
import { EstimatedClock, type StationClock } from './clock.ts';
import { debug } from './debug.ts';

/** A picture that has stopped is to be noticed soon; pings are small. */
const keepaliveMs = 2_000;
/** One lucky round trip tells the time best, and the first picture wants to know it. */
const firstClockRounds = 4;

/** The size at which a picture is shown, in physical pixels. */
export type ShownSize = Pick<Extract<Command, { type: 'show' }>, 'widthPx' | 'heightPx'>;

export interface CommandsNotices {
  /** Three pings in a row had no answer. Told each time, since the path may be cut and come back. */
  unanswered(): void;
  /** The station has told which pictures it sent. */
  frames(frames: FrameNumbers['frames']): void;
  /** The station listens: at which size is the picture shown? Null where that is not known yet. */
  shownSize(): ShownSize | null;
}

/**
 * The page's end of a session's `commands`: greets the station, asks on and on whether it is there and what time it has, and tells
 * it wishes. A station that knows no data channels leaves it shut, and then nothing is known and nothing said. Ends with its peer.
 */
export class Commands {
  readonly #channel: RTCDataChannel;
  readonly #notices: CommandsNotices;
  readonly #clock = new EstimatedClock();
  #keepalive: Keepalive | null = null;
  #clockAnswers = 0;

  /** @param peer Has no description yet. */
  constructor(peer: RTCPeerConnection, notices: CommandsNotices) {
    this.#notices = notices;
    this.#channel = peer.createDataChannel(commandsLabel);
    this.#channel.binaryType = 'arraybuffer';
    this.#channel.addEventListener('open', () => this.#greet());
    this.#channel.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) =>
      this.#hear(typeof data === 'string' ? data : new TextDecoder().decode(data)),
    );
  }

  /** The station's clock by its answers here. */
  get clock(): StationClock {
    return this.#clock;
  }

  /** What is known of the station by its answers; null while the channel is not open. */
  get keepalive(): KeepaliveFacts | null {
    return this.#isOpen ? (this.#keepalive?.facts(performance.now()) ?? null) : null;
  }

  /** What waits here to be sent; null while the channel is not open. */
  get bufferedBytes(): number | null {
    return this.#isOpen ? this.#channel.bufferedAmount : null;
  }

  /** Tells the station at which size the picture is shown by now. */
  show(size: ShownSize): void {
    if (this.#isOpen) this.#tell({ type: 'show', ...size });
  }

  /** A peer that is closed on this side closes its channels without a word. */
  get #isOpen(): boolean {
    return this.#channel.readyState === 'open';
  }

  #greet(): void {
    this.#tell({ type: 'hello', keepaliveMs, frames: true });
    const size = this.#notices.shownSize();
    if (size) this.show(size);
    this.#keepalive = new Keepalive(keepaliveMs, performance.now());
    this.#beat(this.#keepalive);
  }

  #beat(keepalive: Keepalive): void {
    if (!this.#isOpen) return;
    const nowMs = performance.now();
    if (keepalive.turn(nowMs) === 'ping') {
      this.#channel.send(ping);
      this.#askTime();
    } else this.#notices.unanswered();
    setTimeout(() => this.#beat(keepalive), keepalive.dueAtMs - nowMs);
  }

  #hear(text: string): void {
    this.#keepalive?.heard(performance.now());
    if (text === ping) this.#channel.send(pong);
    else if (text === pong) this.#keepalive?.answered(performance.now());
    else this.#take(readReply(text));
  }

  #take(reply: CommandReply | null): void {
    switch (reply?.type) {
      case 'clock':
        return this.#takeTime(reply);
      case 'frames':
        return this.#notices.frames(reply.frames);
      case 'error':
        return debug('The station does not take a command.', reply.reason);
    }
  }

  #askTime(): void {
    this.#tell({ type: 'clock', sentMs: Date.now() });
  }

  #takeTime({ sentMs, receivedMs, repliedMs }: ClockAnswer): void {
    this.#clock.add({ askedAtMs: sentMs, receivedAtMs: receivedMs, repliedAtMs: repliedMs, answeredAtMs: Date.now() });
    this.#clockAnswers += 1;
    if (this.#clockAnswers < firstClockRounds) this.#askTime();
  }

  #tell(command: Command): void {
    this.#channel.send(JSON.stringify(command));
  }
}

/** Null for what a station of another version may say. */
function readReply(text: string): CommandReply | null {
  try {
    return JSON.parse(text) as CommandReply;
  } catch (error) {
    debug('The station said something that can’t be read.', error);
    return null;
  }
}
