import * as v from 'valibot';
import type { RTCDataChannel } from 'werift';
import { commandSchema, type Command, type CommandError } from '../../shared/commands.ts';
import { Keepalive, ping, pong, type KeepaliveFacts } from '../../shared/keepalive.ts';
import { MessageLimit } from './message-limit.ts';

export interface CommandsOptions {
  /** How often the Player is pinged, unless it wishes otherwise. */
  readonly keepaliveMs: number;
  /** The Player answers no more. */
  readonly silent: () => void;
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

  /** Stops listening and pinging. Idempotent. */
  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #beat(): void {
    clearTimeout(this.#timer);
    const nowMs = performance.now();
    if (nowMs >= this.#keepalive.dueAtMs) {
      if (this.#keepalive.turn(nowMs) === 'dead') return this.#options.silent();
      this.#send(ping);
    }
    this.#timer = setTimeout(() => this.#beat(), Math.max(1, this.#keepalive.dueAtMs - nowMs));
  }

  #onMessage(message: string | Buffer): void {
    if (this.#isOver) return;
    const nowMs = performance.now();
    this.#keepalive.heard(nowMs);
    const refusal = this.#limit.refusal(Buffer.byteLength(message), nowMs);
    if (refusal) return this.#refuse(refusal);
    // Clients that know text only and those that know bytes only are both right.
    const text = message.toString();
    if (text === ping) this.#send(typeof message === 'string' ? pong : Buffer.from(pong));
    else if (text === pong) this.#keepalive.answered(nowMs);
    else this.#obey(readCommand(text), nowMs);
  }

  #obey(command: Command | null, nowMs: number): void {
    if (command === null) {
      this.#badMessages++;
      if (this.#badMessages === maxBadMessages) this.#close();
      else this.#complain('bad_message');
    } else if (command.type === 'hello' && command.keepaliveMs !== undefined) {
      this.#keepalive.setInterval(command.keepaliveMs, nowMs);
      this.#beat();
    }
  }

  #refuse(reason: CommandError['reason']): void {
    if (this.#isWarned) return this.#close();
    this.#isWarned = true;
    this.#complain(reason);
  }

  #complain(reason: CommandError['reason']): void {
    this.#send(JSON.stringify({ type: 'error', reason } satisfies CommandError));
  }

  #send(message: string | Buffer): void {
    const { readyState, bufferedAmount } = this.#channel;
    if (readyState === 'open' && bufferedAmount <= maxUnreadBytes) this.#channel.send(message);
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
