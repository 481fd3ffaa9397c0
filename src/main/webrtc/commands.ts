import * as v from 'valibot';
import type { RTCDataChannel } from 'werift';
import { commandSchema, type Command, type CommandError, type CommandReply } from '../../shared/commands.ts';
import { Keepalive, ping, pong, type KeepaliveFacts } from '../../shared/keepalive.ts';
import type { Frame } from '../station/frame.ts';
import { FrameNumberReports } from './frame-numbers.ts';
import { MessageLimit } from './message-limit.ts';

/** A command that says what the Player would like to be sent. */
export type Wish = Extract<Command, { readonly type: 'show' | 'pictures' }>;

export interface CommandsOptions {
  /** How often the Player is pinged, unless it wishes otherwise. */
  readonly keepaliveMs: number;
  /** Three pings in a row had no answer. It is pinged on unless it is closed then. */
  readonly silent: () => void;
  readonly wished: (wish: Wish) => void;
}

const maxBadMessages = 5;
/** Whoever reads so little of what it asked for is told no more. */
const maxUnreadBytes = 16 * 1024;

/** The station's end of a Player's `commands`: takes what it says, within limits, and keeps asking whether it is there. */
export class Commands {
  readonly #channel: RTCDataChannel;
  readonly #options: CommandsOptions;
  readonly #keepalive: Keepalive;
  readonly #limit: MessageLimit;
  readonly #numbers = new FrameNumberReports((report) => this.#reply(report));
  #tellsNumbers = false;
  #isWarned = false;
  #badMessages = 0;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  /** @param channel May not be open yet. */
  constructor(channel: RTCDataChannel, options: CommandsOptions) {
    this.#channel = channel;
    this.#options = options;
    const nowMs = performance.now();
    this.#keepalive = new Keepalive(options.keepaliveMs, nowMs);
    this.#limit = new MessageLimit(nowMs);
    channel.onMessage.subscribe((message) => this.#onMessage(message));
    channel.stateChanged.subscribe((state) => {
      if (state === 'open') this.#beat();
      else if (state !== 'connecting') this.end();
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get keepalive(): KeepaliveFacts {
    return this.#keepalive.facts(performance.now());
  }

  /** A picture was sent as video. */
  sentAsVideo(frame: Frame): void {
    if (this.#tellsNumbers && !this.#isOver) this.#numbers.add(frame);
  }

  /** Stops listening and pinging. Idempotent. */
  end(): void {
    this.#isOver = true;
    this.#numbers.end();
    clearTimeout(this.#timer);
  }

  #beat(): void {
    clearTimeout(this.#timer);
    const nowMs = performance.now();
    if (nowMs >= this.#keepalive.dueAtMs) {
      const turn = this.#keepalive.turn(nowMs);
      if (turn === 'ping') this.#send(ping);
      else this.#options.silent();
      if (this.#isOver) return;
    }
    this.#timer = setTimeout(() => this.#beat(), Math.max(1, this.#keepalive.dueAtMs - nowMs));
  }

  #onMessage(message: string | Buffer): void {
    if (this.#isOver) return;
    // The clock of capture times.
    const receivedMs = Date.now();
    const nowMs = performance.now();
    this.#keepalive.heard(nowMs);
    const refusal = this.#limit.refusal(Buffer.byteLength(message), nowMs);
    if (refusal) return this.#refuse(refusal);
    // Clients that know text only and those that know bytes only are both right.
    const text = message.toString();
    if (text === ping) this.#send(typeof message === 'string' ? pong : Buffer.from(pong));
    else if (text === pong) this.#keepalive.answered(nowMs);
    else this.#take(readCommand(text), { nowMs, receivedMs });
  }

  #take(command: Command | null, at: { readonly nowMs: number; readonly receivedMs: number }): void {
    switch (command?.type) {
      case undefined:
        return this.#complainOfBadMessage();
      case 'hello':
        return this.#greet(command, at.nowMs);
      case 'clock':
        this.#reply({ type: 'clock', sentMs: command.sentMs, receivedMs: at.receivedMs, repliedMs: Date.now() });
        return;
      case 'show':
      case 'pictures':
        return this.#options.wished(command);
    }
  }

  #greet({ keepaliveMs, frames }: Extract<Command, { type: 'hello' }>, nowMs: number): void {
    if (frames !== undefined) this.#tellsNumbers = frames;
    if (!this.#tellsNumbers) this.#numbers.end();
    if (keepaliveMs === undefined) return;
    this.#keepalive.setInterval(keepaliveMs, nowMs);
    this.#beat();
  }

  #complainOfBadMessage(): void {
    this.#badMessages++;
    if (this.#badMessages === maxBadMessages) this.#close();
    else this.#complain('bad_message');
  }

  #refuse(reason: CommandError['reason']): void {
    if (this.#isWarned) return this.#close();
    this.#isWarned = true;
    this.#complain(reason);
  }

  #complain(reason: CommandError['reason']): void {
    this.#reply({ type: 'error', reason });
  }

  /** @returns Whether it was sent. */
  #reply(reply: CommandReply): boolean {
    return this.#send(JSON.stringify(reply));
  }

  #send(message: string | Buffer): boolean {
    const { readyState, bufferedAmount } = this.#channel;
    if (readyState !== 'open' || bufferedAmount > maxUnreadBytes) return false;
    this.#channel.send(message);
    return true;
  }

  #close(): void {
    this.end();
    this.#channel.close();
  }
}

function readCommand(text: string): Command | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not JSON, hence no command; the Player is told so.
    return null;
  }
  const command = v.safeParse(commandSchema, value);
  return command.success ? command.output : null;
}
