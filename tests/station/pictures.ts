import type { Frame, JpegFrame } from '../../src/main/station/frame.ts';
import type { DetectorInfo, PixelReading, VideoCodec } from '../../src/shared/state.ts';

export const info: DetectorInfo = {
  widthPx: 640,
  heightPx: 480,
  pixelType: 'uint8',
  significantBits: 8,
  engine: 'native',
};

export function frame(number: number, isKeyframe: boolean, codec: VideoCodec = 'h264', bytes = 1_000): Frame {
  return { number, captureTimeMs: Date.now(), isKeyframe, codec, data: new Uint8Array(bytes) };
}

export function jpeg(number: number, bytes = 1_000): JpegFrame {
  const facts = { number, captureTimeMs: Date.now(), widthPx: 640, heightPx: 480, data: new Uint8Array(bytes) };
  return { ...facts, codec: 'jpeg', isKeyframe: true };
}

export function reading(number: number, exposureMs?: number): PixelReading {
  return {
    number,
    captureTimeMs: Date.now(),
    ...(exposureMs !== undefined && { exposureMs }),
    min: 0,
    max: 255,
    mean: 99,
    fullScaleShare: 0,
    zeroShare: 0,
    hash: String(number),
    display: { lowCount: 0, highCount: 255, isAuto: true },
  };
}
