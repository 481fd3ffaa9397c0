import type { Depacketiser, EncodedPicture } from './picture-assembler.ts';

/** RFC 7741: each packet has a descriptor and a part of one frame. */
export class Vp8Depacketiser implements Depacketiser {
  #parts: Buffer[] = [];

  add(payload: Buffer): boolean {
    const length = descriptorBytes(payload);
    if (length === null || length >= payload.length) return false;
    const first = payload.readUInt8(0);
    const isStart = (first & 0x10) !== 0 && (first & 0x07) === 0;
    if (isStart === this.#parts.length > 0) return false;
    this.#parts.push(payload.subarray(length));
    return true;
  }

  finish(): EncodedPicture | null {
    const [first] = this.#parts;
    if (!first) return null;
    // RFC 6386 §9.1: the lowest bit of a frame is 0 in a keyframe.
    const isKeyframe = (first.readUInt8(0) & 1) === 0;
    const data = Buffer.concat(this.#parts);
    this.reset();
    return { data, isKeyframe, isReordered: false };
  }

  reset(): void {
    this.#parts = [];
  }
}

/** RFC 7741 §4.2; null where the packet ends within it. */
function descriptorBytes(payload: Buffer): number | null {
  const isExtended = (payload.readUInt8(0) & 0x80) !== 0;
  if (!isExtended) return 1;
  if (payload.length < 2) return null;
  const extensions = payload.readUInt8(1);
  let length = 2;
  if ((extensions & 0x80) !== 0) {
    if (payload.length <= length) return null;
    length += (payload.readUInt8(length) & 0x80) !== 0 ? 2 : 1;
  }
  if ((extensions & 0x40) !== 0) length += 1;
  if ((extensions & 0x30) !== 0) length += 1;
  return length;
}
