import type { VideoCodec } from '../../shared/state.ts';
import { H264Depacketiser } from './depacketise-h264.ts';
import { Vp8Depacketiser } from './depacketise-vp8.ts';
import type { Ordered } from './reorder-buffer.ts';
import type { ReceivedPacket } from './srtp-receiver.ts';

/** One picture as its encoder made it: an access unit in Annex B form, or a VP8 frame. */
export interface EncodedPicture {
  readonly data: Buffer;
  readonly isKeyframe: boolean;
  /** Whether it is shown before one that came earlier (a B-frame), which no Player of WebRTC can do. */
  readonly isReordered: boolean;
}

/** Puts the payloads of one picture together. */
export interface Depacketiser {
  /** @param payload At least one byte. @returns False where it is malformed; then nothing may follow but `reset`. */
  add(payload: Buffer): boolean;
  /** The picture of all that was added; null where something of it is missing. Begins anew. */
  finish(): EncodedPicture | null;
  reset(): void;
}

/** A whole picture with its time. */
export interface AssembledPicture extends EncodedPicture {
  readonly timestamp: number;
}

/** A keyframe of the largest sensor is smaller. */
const maxPictureBytes = 4 * 1024 * 1024;
const maxPackets = 8_192;

/** Makes pictures of packets in order. What can't be decoded because something before it is missing is left out. */
export class PictureAssembler {
  readonly #depacketiser: Depacketiser;
  #timestamp: number | null = null;
  #bytes = 0;
  #packets = 0;
  #isBroken = false;
  #isAfterGap = false;
  #needsKeyframe = true;

  constructor(codec: VideoCodec) {
    this.#depacketiser = codec === 'h264' ? new H264Depacketiser() : new Vp8Depacketiser();
  }

  /** Whether nothing can go on without a keyframe. */
  get needsKeyframe(): boolean {
    return this.#needsKeyframe;
  }

  add(packet: Ordered<ReceivedPacket>): AssembledPicture[] {
    if (packet === 'gap') {
      this.#isBroken = true;
      this.#isAfterGap = true;
      this.#needsKeyframe = true;
      return [];
    }
    const { timestamp, isLast, payload } = packet;
    if (payload.length === 0) return [];
    // Not every sender marks the end.
    const before = this.#timestamp !== null && this.#timestamp !== timestamp ? this.#finish(this.#timestamp) : [];
    this.#timestamp = timestamp;
    // What is missing may be the end of one picture and the beginning of the next.
    if (this.#isAfterGap) this.#isBroken = true;
    this.#isAfterGap = false;
    this.#collect(payload);
    return isLast ? [...before, ...this.#finish(timestamp)] : before;
  }

  #collect(payload: Buffer): void {
    this.#bytes += payload.length;
    this.#packets++;
    if (this.#isBroken) return;
    const isTooMuch = this.#bytes > maxPictureBytes || this.#packets > maxPackets;
    if (isTooMuch || !this.#depacketiser.add(payload)) this.#isBroken = true;
  }

  #finish(timestamp: number): AssembledPicture[] {
    const picture = this.#isBroken ? null : this.#depacketiser.finish();
    this.#depacketiser.reset();
    this.#timestamp = null;
    this.#bytes = 0;
    this.#packets = 0;
    this.#isBroken = false;
    if (picture?.isKeyframe) this.#needsKeyframe = false;
    else if (!picture) this.#needsKeyframe = true;
    return picture && !this.#needsKeyframe ? [{ ...picture, timestamp }] : [];
  }
}
