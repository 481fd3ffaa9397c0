import type { EngineParts } from '../engine.ts';
import { openFfmpegEncoder } from './encoder.ts';
import { findFfmpegProgram } from './find-program.ts';
import { openFfmpegReader } from './reader.ts';

/** FFmpeg as a program beside this process. Null where there is none that can be used. */
export async function findFfmpegEngine(): Promise<EngineParts | null> {
  const program = await findFfmpegProgram();
  if (!program) return null;
  return {
    name: 'ffmpeg',
    canKeyframeOnDemand: false,
    openReader: (source, notices) => openFfmpegReader(program, source, notices),
    openEncoder: (options, notices) => openFfmpegEncoder(program, options, notices),
  };
}
