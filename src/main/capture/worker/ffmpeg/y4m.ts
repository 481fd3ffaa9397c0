import type { Plane } from '../picture.ts';

/** What the first line of a YUV4MPEG2 stream says (yuv4mpeg(5)), with FFmpeg's additions. */
export interface Y4mHeader {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pixelType: 'uint8' | 'uint16le' | 'i420';
  readonly significantBits: number;
  readonly isFullRange: boolean;
  readonly fps: number | undefined;
  readonly pictureBytes: number;
}

/** @returns Null where the line is not such a header, or the pixels are not among those we ask for. */
export function parseY4mHeader(line: string): Y4mHeader | null {
  const [magic, ...fields] = line.split(' ');
  if (magic !== 'YUV4MPEG2') return null;
  const field = (letter: string) => fields.find((text) => text.startsWith(letter))?.slice(1) ?? '';
  const widthPx = Number(field('W'));
  const heightPx = Number(field('H'));
  const pixels = parsePixels(field('C'));
  if (!(widthPx > 0 && heightPx > 0) || !pixels) return null;
  const [rate = 0, scale = 0] = field('F').split(':').map(Number);
  return {
    widthPx,
    heightPx,
    ...pixels,
    isFullRange: fields.includes('XCOLORRANGE=FULL'),
    fps: rate > 0 && scale > 0 ? rate / scale : undefined,
    pictureBytes: countBytes(widthPx, heightPx, pixels.pixelType),
  };
}

function parsePixels(colourSpace: string): Pick<Y4mHeader, 'pixelType' | 'significantBits'> | null {
  if (/^(?:420(?:jpeg|mpeg2|paldv)?)?$/.test(colourSpace)) return { pixelType: 'i420', significantBits: 8 };
  const mono = /^mono(\d*)$/.exec(colourSpace);
  if (!mono) return null;
  const significantBits = mono[1] ? Number(mono[1]) : 8;
  return { pixelType: significantBits > 8 ? 'uint16le' : 'uint8', significantBits };
}

function countBytes(widthPx: number, heightPx: number, pixelType: Y4mHeader['pixelType']): number {
  if (pixelType !== 'i420') return widthPx * heightPx * (pixelType === 'uint16le' ? 2 : 1);
  return widthPx * heightPx + 2 * Math.ceil(widthPx / 2) * Math.ceil(heightPx / 2);
}

/** The planes of one picture that lie one after the other in `bytes`. */
export function splitPlanes({ widthPx, heightPx, pixelType }: Y4mHeader, bytes: Uint8Array): readonly Plane[] {
  if (pixelType !== 'i420') return [{ data: bytes, strideBytes: widthPx * (pixelType === 'uint16le' ? 2 : 1) }];
  const lumaBytes = widthPx * heightPx;
  const chromaStride = Math.ceil(widthPx / 2);
  const chromaBytes = chromaStride * Math.ceil(heightPx / 2);
  return [
    { data: bytes.subarray(0, lumaBytes), strideBytes: widthPx },
    { data: bytes.subarray(lumaBytes, lumaBytes + chromaBytes), strideBytes: chromaStride },
    { data: bytes.subarray(lumaBytes + chromaBytes), strideBytes: chromaStride },
  ];
}
