import type { Depacketiser, EncodedPicture } from './picture-assembler.ts';

const nalType = { slice: 1, partitionA: 2, idr: 5, sps: 7, pps: 8, stapA: 24, fuA: 28 } as const;
const startCode = Buffer.from([0, 0, 0, 1]);
/** No encoder has more; a picture of many tiny units would cost more to look at than to send. */
const maxUnits = 1_024;
/** Parameter sets are some dozen bytes long. */
const maxParameterSetBytes = 1_024;

/** RFC 6184, packetization mode 1: NAL units alone, together (STAP-A) and in fragments (FU-A). */
export class H264Depacketiser implements Depacketiser {
  #units: Buffer[] = [];
  #fragments: Buffer[] | null = null;
  /** The newest ones by their types: a keyframe that comes without them could not be decoded by who joins there. */
  readonly #parameterSets = new Map<number, Buffer>();

  add(payload: Buffer): boolean {
    const type = payload.readUInt8(0) & 0x1f;
    const isFragment = type === nalType.fuA;
    // A unit that has begun ends before anything else comes.
    if (this.#fragments && !isFragment) return false;
    if (isFragment) return this.#addFragment(payload);
    if (type === nalType.stapA) return this.#addAggregate(payload.subarray(1));
    return type >= 1 && type < 24 && this.#addUnit(payload);
  }

  finish(): EncodedPicture | null {
    const units = this.#units;
    const isWhole = this.#fragments === null;
    this.reset();
    if (!isWhole || units.length === 0) return null;
    const isKeyframe = units.some((unit) => typeOf(unit) === nalType.idr);
    const added = isKeyframe ? this.#missingParameterSets(units) : [];
    if (!added) return null;
    const data = Buffer.concat([...added, ...units].flatMap((unit) => [startCode, unit]));
    return { data, isKeyframe, isReordered: units.some(isBidirectional) };
  }

  reset(): void {
    this.#units = [];
    this.#fragments = null;
  }

  #addUnit(unit: Buffer): boolean {
    if (this.#units.length >= maxUnits) return false;
    const type = typeOf(unit);
    const isParameterSet = type === nalType.sps || type === nalType.pps;
    if (isParameterSet && unit.length <= maxParameterSetBytes) this.#parameterSets.set(type, unit);
    this.#units.push(unit);
    return true;
  }

  #addAggregate(content: Buffer): boolean {
    let at = 0;
    while (at + 2 <= content.length) {
      const begin = at + 2;
      const end = begin + content.readUInt16BE(at);
      const isUnit = end > begin && end <= content.length && isSingle(content.readUInt8(begin) & 0x1f);
      if (!isUnit || !this.#addUnit(content.subarray(begin, end))) return false;
      at = end;
    }
    return at === content.length && at > 0;
  }

  #addFragment(payload: Buffer): boolean {
    if (payload.length < 3) return false;
    const [indicator, header] = [payload.readUInt8(0), payload.readUInt8(1)];
    const [isFirst, isLast] = [(header & 0x80) !== 0, (header & 0x40) !== 0];
    if (isFirst === (this.#fragments !== null) || (isFirst && isLast) || !isSingle(header & 0x1f)) return false;
    this.#fragments ??= [Buffer.from([(indicator & 0xe0) | (header & 0x1f)])];
    this.#fragments.push(payload.subarray(2));
    if (!isLast) return true;
    const unit = Buffer.concat(this.#fragments);
    this.#fragments = null;
    return this.#addUnit(unit);
  }

  /** @returns Null where they have never been seen. */
  #missingParameterSets(units: readonly Buffer[]): Buffer[] | null {
    const added: Buffer[] = [];
    for (const type of [nalType.sps, nalType.pps]) {
      if (units.some((unit) => typeOf(unit) === type)) continue;
      const known = this.#parameterSets.get(type);
      if (!known) return null;
      added.push(known);
    }
    return added;
  }
}

function typeOf(unit: Buffer): number {
  return unit.readUInt8(0) & 0x1f;
}

function isSingle(type: number): boolean {
  return type >= 1 && type < 24;
}

/** Whether a unit is a slice that is shown before one which was sent earlier (ITU-T H.264 §7.3.3: slice_type B). */
function isBidirectional(unit: Buffer): boolean {
  const type = typeOf(unit);
  if (type !== nalType.slice && type !== nalType.partitionA) return false;
  const bits = new BitReader(unit.subarray(1, 16));
  bits.expGolomb();
  const sliceType = bits.expGolomb();
  return sliceType === 1 || sliceType === 6;
}

/** Reads the two numbers at the start of a slice; beyond the end there are zeros. */
class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** ITU-T H.264 §9.1. */
  expGolomb(): number {
    let zeros = 0;
    while (zeros < 24 && this.#bit() === 0) zeros++;
    let value = 1;
    for (let each = 0; each < zeros; each++) value = 2 * value + this.#bit();
    return value - 1;
  }

  #bit(): number {
    const byte = this.#bytes[this.#at >> 3] ?? 0;
    return (byte >> (7 - (this.#at++ & 7))) & 1;
  }
}
