import type { VideoCodec } from '../../../../shared/state.ts';
import type { EncoderOptions } from '../engine.ts';
import type { FfmpegProgram } from './find-program.ts';

interface CodecArguments {
  /** H.264 says in its VUI which matrix was used; VP8 can't, and players take it for BT.601 (RFC 6386 §9.2). */
  readonly matrix: 'bt709' | 'smpte170m';
  readonly encoder: (kbitPerS: number) => readonly string[];
  readonly container: string;
}

const codecs: Readonly<Record<VideoCodec, CodecArguments>> = {
  h264: {
    matrix: 'bt709',
    encoder: (kbitPerS) => [
      ...['-c:v', 'libx264', '-preset', 'superfast', '-tune', 'zerolatency', '-profile:v', 'baseline', '-crf', '23'],
      ...['-maxrate', `${kbitPerS}k`, '-bufsize', `${Math.ceil(kbitPerS / 2)}k`],
      ...['-x264-params', 'sliced-threads=0:scenecut=0'],
    ],
    container: 'flv',
  },
  vp8: {
    matrix: 'smpte170m',
    encoder: (kbitPerS) => [
      ...['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '10', '-lag-in-frames', '0', '-auto-alt-ref', '0'],
      ...['-error-resilient', '1', '-static-thresh', '100', '-max-intra-rate', '400'],
      ...['-b:v', `${kbitPerS}k`, '-maxrate', `${kbitPerS}k`, '-bufsize', `${Math.ceil(kbitPerS / 2)}k`],
    ],
    container: 'ivf',
  },
};

/** The arguments that make ffmpeg encode raw pictures from its standard input; all of them ours or numbers. */
export function encoderCommand(program: FfmpegProgram, options: EncoderOptions, isFullRange: boolean): string[] {
  const { encoder, container } = codecs[options.codec];
  const matrix = options.isBt601 ? 'smpte170m' : codecs[options.codec].matrix;
  const fps = Math.max(1, options.fps);
  return [
    ...[program.path, '-hide_banner', '-loglevel', 'error', '-probesize', '32', '-analyzeduration', '0'],
    ...['-f', 'rawvideo', '-pixel_format', inputPixels(options, isFullRange)],
    ...['-video_size', `${options.widthPx}x${options.heightPx}`, '-framerate', fps.toFixed(3), '-i', 'pipe:0'],
    ...['-vf', toScreenFormat(options, matrix, isFullRange), ...program.passthrough, '-threads', '1'],
    ...['-colorspace', matrix, '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'],
    ...[...encoder(Math.ceil(options.kbitPerS)), '-g', String(Math.ceil(fps)), '-bf', '0'],
    ...['-flush_packets', '1', '-f', container, 'pipe:1'],
  ];
}

function inputPixels({ pixelType }: EncoderOptions, isFullRange: boolean): string {
  if (pixelType === 'uint8') return 'gray';
  if (pixelType === 'rgb24') return 'rgb24';
  return isFullRange ? 'yuvj420p' : 'yuv420p';
}

/** Odd sizes lose their last column or row, since 4:2:0 has none. Decoded video keeps its matrix. */
function toScreenFormat(options: EncoderOptions, matrix: string, isFullRange: boolean): string {
  const crop = `crop=${options.widthPx & ~1}:${options.heightPx & ~1}:0:0`;
  const isVideo = options.pixelType === 'i420';
  const range = isVideo && !isFullRange ? 'tv' : 'pc';
  const scale = `scale=in_range=${range}:out_range=tv:${isVideo ? `in_color_matrix=${matrix}:` : ''}out_color_matrix=${matrix}`;
  return `${crop},${scale},format=yuv420p`;
}
