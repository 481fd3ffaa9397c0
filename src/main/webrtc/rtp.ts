import type { Frame } from '../station/frame.ts';

/**
 * How much of a picture one packet carries. With the largest header that the station writes (12 bytes, 32 of extensions, 2 of a
 * retransmission) and the longest tag (16) a packet stays within the 1200 bytes that pass everywhere, tunnels included.
 */
export const maxPayloadBytes = 1_138;

const frames = new WeakMap<Frame, readonly Uint8Array[]>();

/**
 * The RTP payloads of one picture, the last of which ends it. Cut once, whatever the number of Viewers: they share the memory,
 * so nobody may write to it.
 */
export function payloads(frame: Frame): readonly Uint8Array[] {
  let known = frames.get(frame);
  if (!known) {
    known = frame.codec === 'h264' ? h264Payloads(frame.data) : vp8Payloads(frame.data);
    frames.set(frame, known);
  }
  return known;
}

const nalType = { sei: 6, sps: 7, pps: 8, accessUnitDelimiter: 9, filler: 12, stapA: 24, fuA: 28 } as const;

/** RFC 6184, packetization mode 1: parameter sets together (STAP-A), slices alone or in fragments (FU-A). */
function h264Payloads(accessUnit: Uint8Array): Uint8Array[] {
  const result: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  const flush = () => {
    if (small.length > 0) result.push(small.length === 1 ? small[0]! : stapA(small));
    small = [];
  };
  for (const nal of nalUnits(accessUnit)) {
    const type = nal[0]! & 0x1f;
    // RTP's marker bit says what a delimiter says, and filler is there only to be left out.
    if (type === nalType.accessUnitDelimiter || type === nalType.filler) continue;
    const isSmall = type === nalType.sps || type === nalType.pps || type === nalType.sei;
    if (isSmall && stapALength([...small, nal]) <= maxPayloadBytes) {
      small.push(nal);
      continue;
    }
    flush();
    if (nal.length <= maxPayloadBytes) result.push(nal);
    else result.push(...fuA(nal));
  }
  flush();
  return result;
}

/** The NAL units of a byte stream (ITU-T H.264 Annex B) without their start codes and the zeros around them. */
function nalUnits(stream: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  let begin = -1;
  const push = (end: number) => {
    if (begin < 0) return;
    while (end > begin && stream[end - 1] === 0) end--;
    if (end > begin) units.push(stream.subarray(begin, end));
  };
  // indexOf is native: pictures are long and start codes few.
  for (let at = stream.indexOf(1, 2); at >= 0; at = stream.indexOf(1, at + 1)) {
    if (stream[at - 1] !== 0 || stream[at - 2] !== 0) continue;
    push(at - 2);
    begin = at + 1;
  }
  push(stream.length);
  return units;
}

function stapALength(nals: readonly Uint8Array[]): number {
  return nals.reduce((sum, nal) => sum + 2 + nal.length, 1);
}

function stapA(nals: readonly Uint8Array[]): Uint8Array {
  const payload = new Uint8Array(stapALength(nals));
  // The importance of the aggregate is that of its most important unit (RFC 6184 §5.7.1).
  payload[0] = Math.max(...nals.map((nal) => nal[0]! & 0x60)) | nalType.stapA;
  let at = 1;
  for (const nal of nals) {
    payload[at] = nal.length >> 8;
    payload[at + 1] = nal.length & 0xff;
    payload.set(nal, at + 2);
    at += 2 + nal.length;
  }
  return payload;
}

function fuA(nal: Uint8Array): Uint8Array[] {
  const body = nal.subarray(1);
  const parts = split(body, maxPayloadBytes - 2);
  const memory = new Uint8Array(body.length + 2 * parts.length);
  let at = 0;
  return parts.map((part, index) => {
    const start = index === 0 ? 0x80 : 0;
    const end = index === parts.length - 1 ? 0x40 : 0;
    const payload = memory.subarray(at, at + 2 + part.length);
    payload[0] = (nal[0]! & 0xe0) | nalType.fuA;
    payload[1] = start | end | (nal[0]! & 0x1f);
    payload.set(part, 2);
    at += payload.length;
    return payload;
  });
}

/**
 * RFC 7741 with the shortest descriptor. There is no picture number: it is optional, receivers order pictures by sequence numbers
 * where it is missing, and one that is shared by all Viewers would run backwards when pictures are sent again to one of them.
 */
function vp8Payloads(picture: Uint8Array): Uint8Array[] {
  const parts = split(picture, maxPayloadBytes - 1);
  const memory = new Uint8Array(picture.length + parts.length);
  let at = 0;
  return parts.map((part, index) => {
    const payload = memory.subarray(at, at + 1 + part.length);
    payload[0] = index === 0 ? 0x10 : 0;
    payload.set(part, 1);
    at += payload.length;
    return payload;
  });
}

/** Parts of nearly equal length: a last packet of a few bytes costs as much as a full one. */
function split(bytes: Uint8Array, maxLength: number): Uint8Array[] {
  const length = Math.ceil(bytes.length / Math.ceil(bytes.length / maxLength));
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += length) parts.push(bytes.subarray(at, at + length));
  return parts;
}
