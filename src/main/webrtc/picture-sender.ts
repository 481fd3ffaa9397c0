import type { Paced, Pacer } from './pacer.ts';
import { DelayChoice } from './playout-delay.ts';
import { ResendLimit } from './resend-limit.ts';
import { byteLength, SentPictures, type SentPacket, type SentPicture } from './sent-pictures.ts';
import type { SenderTotals, SrtpSender } from './srtp-sender.ts';

/**
 * Sent in one go when nothing was sent before. Chromium asks for a receive buffer of 64 kB, in which Linux has room for 57 full
 * packets; all pictures but keyframes are smaller than this and don't wait at all.
 */
const burstPackets = 32;
/** After that, in each millisecond; more where much is waiting, so that a large picture is gone before the next one comes. */
const minPacketsPerMs = 16;
const maxPacketsPerMs = 32;
const drainMs = 16;
/** What the system may have in its own queue: as much as keeps a link busy until the next turn. */
const maxSystemBytes = 128 * 1024;
/** More can't be waiting for its turn only; all that the station keeps for a Viewer that joins is less. */
const maxTurnBytes = 16 * 1024 * 1024;
const turnMs = 1;
/** Where pictures are further apart, a Player would notice the loss of a picture's end only with the next one. */
const slowIntervalMs = 250;
const repeatAfterMs = 40;

/** What the sender is made of. */
export interface PictureSenderParts {
  readonly packets: SrtpSender;
  readonly pacer: Pacer;
  /** What the system has not taken off our hands yet. */
  readonly systemBacklogBytes: () => number;
  /** Called where sending has failed in a way that no network fails. */
  readonly failed: (error: unknown) => void;
}

interface Waiting {
  readonly payloads: readonly Uint8Array[];
  readonly timestamp: number;
  readonly bytes: number;
}

/**
 * Sends the pictures of one Viewer, each a little at a time, so that a keyframe doesn't overflow the Player's receive buffer. Lost
 * packets are sent again between them, within limits. Where pictures are rare the last packet of each is repeated once: a
 * Player that has lost the end of a picture sees that from it, and asks for the rest.
 */
export class PictureSender implements Paced {
  readonly #parts: PictureSenderParts;
  readonly #sent = new SentPictures();
  readonly #limit = new ResendLimit();
  readonly #delay = new DelayChoice();
  /** Whole pictures that have no numbers yet. */
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #waitingPackets = 0;
  /** The packet that comes next, of a picture that has begun. */
  #next: SentPacket | null = null;
  #resends: SentPacket[] = [];
  #resentPackets = 0;
  #credit = burstPackets;
  #creditMs = 0;
  #takenMs = -Infinity;
  #isSlow = true;
  #repeat: { readonly packet: SentPacket; readonly atMs: number } | null = null;
  #isClosed = false;

  constructor(parts: PictureSenderParts) {
    this.#parts = parts;
  }

  get totals(): SenderTotals {
    return this.#parts.packets.totals;
  }

  /** What is still to be sent, here and in the system. */
  get backlogBytes(): number {
    return this.#waitingBytes + this.#parts.systemBacklogBytes();
  }

  /** The same where it can't be sent. Pictures that wait only for their turn are gone in a moment, and count for nothing. */
  get stuckBytes(): number {
    const isStuck = this.#parts.systemBacklogBytes() > maxSystemBytes || this.#waitingBytes > maxTurnBytes;
    return isStuck ? this.backlogBytes : 0;
  }

  /** How many packets were sent again; one that was lost twice counts twice. */
  get resentPackets(): number {
    return this.#resentPackets;
  }

  /** Sends one picture, at once or when those before it are gone. */
  send(payloads: readonly Uint8Array[], timestamp: number, nowMs: number): void {
    if (payloads.length === 0) return;
    const bytes = byteLength(payloads);
    this.#waiting.push({ payloads, timestamp, bytes });
    this.#waitingBytes += bytes;
    this.#waitingPackets += payloads.length;
    this.#isSlow = nowMs - this.#takenMs > slowIntervalMs;
    this.#takenMs = nowMs;
    this.#repeat = null;
    this.#go(nowMs);
  }

  /** Answers a Player that has not received these sequence numbers. */
  resend(lost: readonly number[], nowMs: number): void {
    for (const sequence of lost) {
      const number = this.#parts.packets.packetOf(sequence);
      const packet = this.#sent.find(number);
      if (packet && this.#limit.take(number, payloadOf(packet).length, nowMs)) this.#resends.push(packet);
    }
    if (this.#resends.length > 0) this.#go(nowMs);
  }

  /** Forgets the pictures that have not begun. @returns How many. */
  dropWaiting(): number {
    const dropped = this.#waiting;
    this.#waiting = [];
    for (const { bytes, payloads } of dropped) {
      this.#waitingBytes -= bytes;
      this.#waitingPackets -= payloads.length;
    }
    return dropped.length;
  }

  /** What has to be done now and then, about once a second. */
  tidy(nowMs: number, roundTripMs: number | null): void {
    const { packets } = this.#parts;
    const sight = { sentPackets: packets.totals.packets, lostPackets: this.#limit.lostPackets, roundTripMs };
    packets.playoutDelay = this.#delay.next(sight, nowMs);
    this.#sent.forget(nowMs);
    this.#limit.forgetBefore(this.#sent.oldestPacket);
  }

  turn(nowMs: number): number {
    if (this.#isClosed) return Infinity;
    this.#earnCredit(nowMs);
    if (this.#parts.systemBacklogBytes() > maxSystemBytes) return nowMs + turnMs;
    while (this.#credit >= 1 && this.#sendOne(nowMs)) this.#credit--;
    if (this.#resends.length > 0 || this.#waitingPackets > 0) return nowMs + turnMs;
    if (this.#repeat && this.#repeat.atMs <= nowMs) {
      this.#parts.packets.repeat(this.#repeat.packet);
      this.#repeat = null;
    }
    return this.#repeat?.atMs ?? Infinity;
  }

  failed(error: unknown): void {
    this.#parts.failed(error);
  }

  close(): void {
    this.#isClosed = true;
    this.#parts.pacer.schedule(this, Infinity);
  }

  #go(nowMs: number): void {
    this.#parts.pacer.schedule(this, this.turn(nowMs));
  }

  #earnCredit(nowMs: number): void {
    const waiting = this.#waitingPackets + this.#resends.length;
    const perMs = Math.max(minPacketsPerMs, Math.min(maxPacketsPerMs, waiting / drainMs));
    this.#credit = Math.min(burstPackets, this.#credit + (nowMs - this.#creditMs) * perMs);
    this.#creditMs = nowMs;
  }

  /** @returns Whether there was anything to send. */
  #sendOne(nowMs: number): boolean {
    const resend = this.#resends.shift();
    if (resend) {
      this.#parts.packets.resend(resend);
      this.#resentPackets++;
      return true;
    }
    const packet = this.#next ?? this.#begin(nowMs);
    if (!packet) return false;
    const bytes = this.#parts.packets.sendNext(packet);
    this.#limit.earn(bytes);
    this.#waitingBytes -= bytes;
    this.#waitingPackets--;
    this.#next = following(packet);
    const isLast = !this.#next && this.#waiting.length === 0;
    if (isLast && this.#isSlow) this.#repeat = { packet, atMs: nowMs + repeatAfterMs };
    return true;
  }

  #begin(nowMs: number): SentPacket | null {
    const first = this.#waiting.shift();
    if (!first) return null;
    const picture: SentPicture = this.#parts.packets.begin(first.payloads, first.timestamp, nowMs);
    this.#sent.add(picture);
    return { picture, index: 0 };
  }
}

function payloadOf({ picture, index }: SentPacket): Uint8Array {
  return picture.payloads[index]!;
}

function following({ picture, index }: SentPacket): SentPacket | null {
  return index + 1 < picture.payloads.length ? { picture, index: index + 1 } : null;
}
