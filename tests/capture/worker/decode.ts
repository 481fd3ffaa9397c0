import { spawnSync } from 'node:child_process';
import { findFfmpegProgram } from '../../../src/main/capture/worker/ffmpeg/find-program.ts';
import type { Frame } from '../../../src/main/station/frame.ts';

const program = await findFfmpegProgram();

/** Why nothing can be decoded here; null where it can. */
export const decoderMissing = program
  ? null
  : 'there is neither ffmpeg-static nor an ffmpeg with libx264 on this machine';

/** Pixels as an independent decoder shows them. */
export interface DecodedPicture {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Red, green and blue of one pixel. */
  pixel(x: number, y: number): readonly [number, number, number];
}

/** Decodes one keyframe with the ffmpeg program. */
export function decode({ codec, data }: Pick<Frame, 'codec' | 'data'>): DecodedPicture {
  const input = codec === 'vp8' ? inIvf(data) : data;
  const format = { h264: 'h264', vp8: 'ivf', jpeg: 'jpeg_pipe' }[codec];
  const output = ['-f', 'image2pipe', '-c:v', 'ppm', '-pix_fmt', 'rgb24', '-frames:v', '1', 'pipe:1'];
  const args = ['-v', 'error', '-f', format, '-i', 'pipe:0', '-sws_flags', 'accurate_rnd', ...output];
  const { status, stdout, stderr } = spawnSync(program?.path ?? '', args, { input, maxBuffer: 100_000_000 });
  if (status !== 0) throw new Error(stderr.toString());
  // P6, the two sizes and the highest value stand in three lines before the pixels (ppm(5)).
  const [, width, height] = /^P6\n(\d+) (\d+)\n255\n/.exec(stdout.toString('latin1', 0, 30)) ?? [];
  const widthPx = Number(width);
  const heightPx = Number(height);
  const pixels = stdout.subarray(stdout.length - widthPx * heightPx * 3);
  return {
    widthPx,
    heightPx,
    pixel(x, y) {
      const at = (y * widthPx + x) * 3;
      return [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!];
    },
  };
}

/** A file of one picture; its size in the head is nobody's business, since VP8 says it itself. */
function inIvf(data: Uint8Array): Buffer {
  const fileHead = Buffer.alloc(32);
  fileHead.write('DKIF\0\0 \0VP80', 'latin1');
  fileHead.writeUInt16LE(16, 12);
  fileHead.writeUInt16LE(16, 14);
  fileHead.writeUInt32LE(30, 16);
  fileHead.writeUInt32LE(1, 20);
  fileHead.writeUInt32LE(1, 24);
  const frameHead = Buffer.alloc(12);
  frameHead.writeUInt32LE(data.length, 0);
  return Buffer.concat([fileHead, frameHead, data]);
}
