/** One encoded picture out of a container. */
export interface EncodedPicture {
  readonly data: Uint8Array;
  readonly isKeyframe: boolean;
}

/** Takes a program's output in pieces of any size, and calls back for each picture that is complete. */
export type Demuxer = (chunk: Uint8Array) => void;

const fileHeaderBytes = 13;
const tagHeaderBytes = 11;
const tagTrailerBytes = 4;
const videoTag = 9;
const videoHeaderBytes = 5;
const sequenceHeader = 0;
const nalUnits = 1;

/**
 * Reads H.264 out of FLV (Adobe Flash Video File Format 10.1, annex E). FLV because a tag says its length up front, so
 * that a picture is known to be complete without waiting for the next. Pictures come out in Annex B form.
 */
export function makeFlvDemuxer(onPicture: (picture: EncodedPicture) => void): Demuxer {
  let buffer = Buffer.alloc(0);
  let isStarted = false;
  let parameterSets = Buffer.alloc(0);

  function takeTag(body: Buffer): void {
    const kind = body[1];
    const payload = body.subarray(videoHeaderBytes);
    if (kind === sequenceHeader) parameterSets = readParameterSets(payload);
    if (kind !== nalUnits) return;
    const isKeyframe = (body[0] ?? 0) >> 4 === 1;
    const picture = Buffer.concat(isKeyframe ? [parameterSets, payload] : [payload]);
    useStartCodes(picture, isKeyframe ? parameterSets.length : 0);
    onPicture({ data: picture, isKeyframe });
  }

  return (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    let position = 0;
    if (!isStarted) {
      if (buffer.length < fileHeaderBytes) return;
      isStarted = true;
      position = fileHeaderBytes;
    }
    while (buffer.length - position >= tagHeaderBytes) {
      const bodyStart = position + tagHeaderBytes;
      const bodyEnd = bodyStart + buffer.readUIntBE(position + 1, 3);
      if (buffer.length < bodyEnd) break;
      if (buffer[position] === videoTag) takeTag(buffer.subarray(bodyStart, bodyEnd));
      position = bodyEnd + tagTrailerBytes;
    }
    buffer = buffer.subarray(position);
  };
}

/** Reads SPS and PPS out of an AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1). */
function readParameterSets(record: Buffer): Buffer<ArrayBuffer> {
  const sets: Buffer[] = [];
  let position = 5;
  for (const mask of [0x1f, 0xff]) {
    const count = record.readUInt8(position) & mask;
    position += 1;
    for (let i = 0; i < count; i++) {
      const length = record.readUInt16BE(position);
      sets.push(startCode, record.subarray(position + 2, position + 2 + length));
      position += 2 + length;
    }
  }
  return Buffer.concat(sets);
}

const startCode = Buffer.from([0, 0, 0, 1]);

/** Lengths and start codes both have four bytes, so that one takes the other's place. */
function useStartCodes(picture: Buffer, from: number): void {
  let position = from;
  while (position + startCode.length <= picture.length) {
    const length = picture.readUInt32BE(position);
    startCode.copy(picture, position);
    position += startCode.length + length;
  }
}
