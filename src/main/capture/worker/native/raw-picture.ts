import {
  AV_PIX_FMT_GRAY8,
  AV_PIX_FMT_RGB24,
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUVJ420P,
  AVCOL_RANGE_JPEG,
  AVCOL_SPC_BT470BG,
  AVCOL_SPC_SMPTE170M,
  AVCOL_SPC_UNSPECIFIED,
  SWS_BILINEAR,
} from 'node-av/constants';
import type { AVPixelFormat } from 'node-av/constants';
import { avGetPixFmtFromName, avGetPixFmtName, FFmpegError, Frame, SoftwareScaleContext } from 'node-av/lib';
import { guessIsBt601, type Plane, type RawPicture } from '../picture.ts';

/** What a decoded frame holds, in one of the forms that the rest of the Capture knows. */
export type PixelData = Pick<
  RawPicture,
  'widthPx' | 'heightPx' | 'pixelType' | 'significantBits' | 'planes' | 'isFullRange' | 'isBt601'
>;

/** Hands on one picture that was just decoded. */
export type ShowPicture = (number: number, captureTimeMs: number, pixels: PixelData) => void;

/** How pictures of one of FFmpeg's pixel formats are handed on. */
interface PixelForm {
  /** The format that the samples have to be in; the frame's own where they can be handed on as they are. */
  readonly format: AVPixelFormat;
  readonly pixelType: RawPicture['pixelType'];
  readonly significantBits: number;
}

/**
 * Gray pictures keep their depth and colours their three samples; everything else, which is some form of YCbCr,
 * becomes 4:2:0 with 8 bits, as it has to be for the encoder anyway.
 */
export function chooseForm(formatName: string, isFullRange: boolean): PixelForm {
  const deepGray = /^gray(9|10|12|14|16)(?:le|be)$/.exec(formatName);
  if (deepGray) {
    const bits = Number(deepGray[1]);
    return { format: avGetPixFmtFromName(`gray${bits}le`), pixelType: 'uint16le', significantBits: bits };
  }
  if (/^(gray|ya8|mono[wb])/.test(formatName)) {
    return { format: AV_PIX_FMT_GRAY8, pixelType: 'uint8', significantBits: 8 };
  }
  if (/^(0?rgb|0?bgr|argb|abgr|gbr|x2|pal8|bayer)/.test(formatName)) {
    return { format: AV_PIX_FMT_RGB24, pixelType: 'rgb24', significantBits: 8 };
  }
  const format = isFullRange ? AV_PIX_FMT_YUVJ420P : AV_PIX_FMT_YUV420P;
  return { format, pixelType: 'i420', significantBits: 8 };
}

/** Gives access to the samples of decoded frames, converting them where needed. Holds memory for one picture. */
export class PixelAccess {
  #scaler: SoftwareScaleContext | null = null;
  #converted: Frame | null = null;
  #convertedKey = '';

  /** The planes are lent: valid until the frame is freed, or the next call. */
  async read(frame: Frame): Promise<PixelData> {
    const name = avGetPixFmtName(frame.format as AVPixelFormat) ?? '';
    const isFullRange = name.startsWith('yuvj') || frame.colorRange === AVCOL_RANGE_JPEG;
    const { format, pixelType, significantBits } = chooseForm(name, isFullRange);
    const isUsable = sameLayout(name, avGetPixFmtName(format) ?? '') && frame.linesize.every((bytes) => bytes >= 0);
    const { data, linesize } = isUsable ? frame : await this.#convert(frame, format, name);
    const planes = (data ?? [])
      .slice(0, pixelType === 'i420' ? 3 : 1)
      .map((plane, index): Plane => ({ data: plane, strideBytes: linesize[index] ?? 0 }));
    return {
      widthPx: frame.width,
      heightPx: frame.height,
      pixelType,
      significantBits,
      planes,
      ...(pixelType === 'i420' && { isFullRange, isBt601: isBt601(frame, isFullRange) }),
    };
  }

  async #convert(frame: Frame, format: AVPixelFormat, name: string): Promise<Frame> {
    const key = `${frame.width}x${frame.height} ${name} ${format}`;
    if (!this.#converted || !this.#scaler || key !== this.#convertedKey) {
      this.free();
      this.#converted = allocPicture(frame.width, frame.height, format);
      this.#scaler = new SoftwareScaleContext();
      this.#scaler.allocContext();
      this.#scaler.setOption('sws_flags', SWS_BILINEAR);
      this.#convertedKey = key;
    }
    this.#converted.colorRange = frame.colorRange;
    this.#converted.colorSpace = frame.colorSpace;
    FFmpegError.throwIfError(await this.#scaler.scaleFrame(this.#converted, frame), 'converting a picture');
    return this.#converted;
  }

  free(): void {
    this.#scaler?.freeContext();
    this.#converted?.free();
    this.#scaler = null;
    this.#converted = null;
  }
}

function isBt601({ colorSpace, height }: Frame, isFullRange: boolean): boolean {
  if (colorSpace === AVCOL_SPC_UNSPECIFIED) return guessIsBt601(height, isFullRange);
  return colorSpace === AVCOL_SPC_SMPTE170M || colorSpace === AVCOL_SPC_BT470BG;
}

/** `yuvj420p` is an old name for `yuv420p` with full range. */
function sameLayout(a: string, b: string): boolean {
  return a.replace('yuvj', 'yuv') === b.replace('yuvj', 'yuv');
}

function allocPicture(width: number, height: number, format: AVPixelFormat): Frame {
  const frame = new Frame();
  frame.alloc();
  frame.width = width;
  frame.height = height;
  frame.format = format;
  FFmpegError.throwIfError(frame.getBuffer(), 'allocating a picture');
  return frame;
}
