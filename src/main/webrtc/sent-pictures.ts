import type { ExtensionBlock } from './header-extensions.ts';

/** A picture of which at least one packet was sent, under the numbers of one Viewer. */
export interface SentPicture {
  /** Shared by all Viewers: the packets of a picture are in memory once, however many may ask for them again. */
  readonly payloads: readonly Uint8Array[];
  readonly timestamp: number;
  /** The header extensions of all its packets, but for the send time. */
  readonly extensions: ExtensionBlock;
  /** Of each packet that was sent, as it stands in its header: what is repeated must be the same to the byte. */
  readonly sendTimes: Uint32Array;
  /** The number of its first packet, which counts on where RTP's 16 bits wrap. */
  readonly firstPacket: number;
  readonly sentAtMs: number;
}

/** One packet of a picture. */
export interface SentPacket {
  readonly picture: SentPicture;
  /** From 0 within the picture. */
  readonly index: number;
}

/** Nobody waits so long for a lost packet: a Player asks for a keyframe instead. */
const maxAgeMs = 5_000;
/** Seconds of any usual stream, and more than its keyframe. */
const maxBytes = 4 * 1024 * 1024;

/**
 * The last pictures that a Viewer was sent, the newest whatever its size and age. Since all Viewers of a Rendition are sent the
 * same pictures at the same time, their lists point to the same payloads: what a Viewer adds is some hundred bytes a picture.
 */
export class SentPictures {
  #pictures: SentPicture[] = [];
  #bytes = 0;

  /** The number of the oldest packet that is still known. */
  get oldestPacket(): number {
    return this.#pictures[0]?.firstPacket ?? Infinity;
  }

  add(picture: SentPicture): void {
    this.#pictures.push(picture);
    this.#bytes += byteLength(picture.payloads);
    this.forget(picture.sentAtMs);
  }

  /** Lets go of what is too old or too much. */
  forget(nowMs: number): void {
    let count = 0;
    for (const { payloads, sentAtMs } of this.#pictures) {
      const isNewest = count === this.#pictures.length - 1;
      if (isNewest || (nowMs - sentAtMs <= maxAgeMs && this.#bytes <= maxBytes)) break;
      this.#bytes -= byteLength(payloads);
      count++;
    }
    if (count > 0) this.#pictures.splice(0, count);
  }

  /** The packet with this number, or null. */
  find(packet: number): SentPacket | null {
    // By halves: a Player that means harm asks for thousands at once.
    let [low, high] = [0, this.#pictures.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#pictures[middle]?.firstPacket ?? Infinity) <= packet) low = middle + 1;
      else high = middle;
    }
    const picture = this.#pictures[low - 1];
    if (!picture) return null;
    const index = packet - picture.firstPacket;
    return index < picture.payloads.length ? { picture, index } : null;
  }
}

export function byteLength(payloads: readonly Uint8Array[]): number {
  return payloads.reduce((sum, payload) => sum + payload.length, 0);
}
