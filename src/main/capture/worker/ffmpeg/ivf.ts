import type { Demuxer, EncodedPicture } from './flv.ts';

const fileHeaderBytes = 32;
const frameHeaderBytes = 12;

/** Reads VP8 out of IVF, the container of libvpx: each frame after its length and time. */
export function makeIvfDemuxer(onPicture: (picture: EncodedPicture) => void): Demuxer {
  let buffer = Buffer.alloc(0);
  let isStarted = false;

  return (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    let position = 0;
    if (!isStarted) {
      if (buffer.length < fileHeaderBytes) return;
      isStarted = true;
      position = fileHeaderBytes;
    }
    while (buffer.length - position >= frameHeaderBytes) {
      const start = position + frameHeaderBytes;
      const end = start + buffer.readUInt32LE(position);
      if (buffer.length < end) break;
      // The lowest bit of a frame's first byte is 0 for keyframes (RFC 6386 §9.1).
      const isKeyframe = ((buffer[start] ?? 1) & 1) === 0;
      onPicture({ data: new Uint8Array(buffer.subarray(start, end)), isKeyframe });
      position = end;
    }
    buffer = buffer.subarray(position);
  };
}
