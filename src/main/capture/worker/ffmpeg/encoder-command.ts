import type { PictureCodec } from '../../../../shared/state.ts';
import type { EncoderOptions } from '../engine.ts';
import { evenSize } from '../to-frame.ts';
import type { FfmpegProgram } from './find-program.ts';

type Matrix = 'bt709' | 'smpte170m';

interface CodecArguments {
  /**
   * H.264 says in its VUI which matrix was used; VP8 can't, and players take it for BT.601 (RFC 6386 §9.2), as JPEG is by
   * JFIF (ITU-T T.871 §7).
   */
  readonly matrix: Matrix;
  readonly range: 'tv' | 'pc';
  readonly encoder: (kbitPerS: number) => readonly string[];
  readonly container: string;
}

const codecs: Readonly<Record<PictureCodec, CodecArguments>> = {
  h264: {
    matrix: 'bt709',
    range: 'tv',
    encoder: (kbitPerS) => [
      ...['-c:v', 'libx264', '-preset', 'superfast', '-tune', 'zerolatency', '-profile:v', 'baseline', '-crf', '23'],
      ...['-maxrate', `${kbitPerS}k`, '-bufsize', `${Math.ceil(kbitPerS / 2)}k`],
      ...['-x264-params', 'sliced-threads=0:scenecut=0'],
    ],
    container: 'flv',
  },
  vp8: {
    matrix: 'smpte170m',
    range: 'tv',
    encoder: (kbitPerS) => [
      ...['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '10', '-lag-in-frames', '0', '-auto-alt-ref', '0'],
      ...['-error-resilient', '1', '-static-thresh', '100', '-max-intra-rate', '400'],
      ...['-b:v', `${kbitPerS}k`, '-maxrate', `${kbitPerS}k`, '-bufsize', `${Math.ceil(kbitPerS / 2)}k`],
    ],
    container: 'ivf',
  },
  jpeg: {
    matrix: 'smpte170m',
    range: 'pc',
    // Like libjpeg's quality 85, as the native engine has it.
    encoder: () => ['-c:v', 'mjpeg', '-q:v', '2', '-huffman', 'default'],
    container: 'mpjpeg',
  },
};

/** The arguments that make ffmpeg encode raw pictures from its standard input; all of them ours or numbers. */
export function encoderCommand(program: FfmpegProgram, options: EncoderOptions, isFullRange: boolean): string[] {
  const { encoder, container, range } = codecs[options.codec];
  const matrix = matrixOf(options);
  const fps = Math.max(1, options.fps);
  return [
    ...[program.path, '-hide_banner', '-loglevel', 'error', '-probesize', '32', '-analyzeduration', '0'],
    ...['-f', 'rawvideo', '-pixel_format', inputPixels(options, isFullRange)],
    ...['-video_size', `${options.widthPx}x${options.heightPx}`, '-framerate', fps.toFixed(3), '-i', 'pipe:0'],
    ...['-vf', toScreenFormat(options, isFullRange), ...program.passthrough, '-threads', '1'],
    ...['-colorspace', matrix, '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', range],
    ...[...encoder(Math.ceil(options.kbitPerS)), '-g', String(Math.ceil(fps)), '-bf', '0'],
    ...['-flush_packets', '1', '-f', container, 'pipe:1'],
  ];
}

function inputPixels({ pixelType }: EncoderOptions, isFullRange: boolean): string {
  if (pixelType === 'uint8') return 'gray';
  if (pixelType === 'rgb24') return 'rgb24';
  return isFullRange ? 'yuvj420p' : 'yuv420p';
}

function matrixOf({ codec, isBt601 }: EncoderOptions): Matrix {
  return isBt601 ? 'smpte170m' : codecs[codec].matrix;
}

/** Odd sizes lose their last column or row, since 4:2:0 has none. Decoded video keeps its matrix, except in a JPEG. */
function toScreenFormat(options: EncoderOptions, isFullRange: boolean): string {
  const { codec, pixelType, isBt601 } = options;
  const { widthPx, heightPx } = evenSize(options);
  const matrix = matrixOf(options);
  const isVideo = pixelType === 'i420';
  const inRange = isVideo && !isFullRange ? 'tv' : 'pc';
  const inMatrix: Matrix = codec === 'jpeg' && !isBt601 ? 'bt709' : matrix;
  const inColors = `in_range=${inRange}${isVideo ? `:in_color_matrix=${inMatrix}` : ''}`;
  const scale = `scale=${inColors}:out_range=${codecs[codec].range}:out_color_matrix=${matrix}`;
  const format = codec === 'jpeg' ? 'yuvj420p' : 'yuv420p';
  return `crop=${widthPx}:${heightPx}:0:0,${scale},format=${format},setsar=1`;
}
