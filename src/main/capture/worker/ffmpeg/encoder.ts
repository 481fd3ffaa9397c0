import type { PictureCodec } from '../../../../shared/state.ts';
import type { Encoder, EncoderNotices, EncoderOptions } from '../engine.ts';
import type { ScreenPicture } from '../picture.ts';
import { startProgram } from '../program-child.ts';
import type { ProgramChild } from '../program-child.ts';
import { toFrame } from '../to-frame.ts';
import { encoderCommand } from './encoder-command.ts';
import type { FfmpegProgram } from './find-program.ts';
import { makeFlvDemuxer } from './flv.ts';
import type { Demuxer, EncodedPicture } from './flv.ts';
import { makeIvfDemuxer } from './ivf.ts';
import { makeMpjpegDemuxer } from './mpjpeg.ts';
import { packPicture, packedBytes } from './packed-picture.ts';
import { asFault } from './source-error.ts';

/** Pictures on their way into the program. With more, a slow program would show an ever older picture. */
const maxPicturesInPipe = 2;

/** Pictures on their way through the program. */
const maxPicturesInside = 30;

const demuxers: Readonly<Record<PictureCodec, (onPicture: (picture: EncodedPicture) => void) => Demuxer>> = {
  h264: makeFlvDemuxer,
  vp8: makeIvfDemuxer,
  jpeg: makeMpjpegDemuxer,
};

/**
 * Encodes by way of an ffmpeg program: raw pictures in, complete packets out, in the same order. Keyframes come once a
 * second, because a running program can't be asked for one. Pictures that it has no time for are left out.
 */
export function openFfmpegEncoder(program: FfmpegProgram, options: EncoderOptions, notices: EncoderNotices): Encoder {
  return new FfmpegEncoder(program, options, notices);
}

class FfmpegEncoder implements Encoder {
  readonly #program: FfmpegProgram;
  readonly #options: EncoderOptions;
  readonly #notices: EncoderNotices;
  #child: ProgramChild | undefined;
  #isOver = false;
  /** Memory for pictures on their way into the program, free to be used. */
  readonly #free: Buffer[];
  /** The pictures inside the program, oldest first. */
  readonly #inside: Pick<ScreenPicture, 'number' | 'captureTimeMs'>[] = [];

  constructor(program: FfmpegProgram, options: EncoderOptions, notices: EncoderNotices) {
    this.#program = program;
    this.#options = options;
    this.#notices = notices;
    this.#free = Array.from({ length: maxPicturesInPipe }, () => Buffer.allocUnsafeSlow(packedBytes(options)));
  }

  encode(picture: ScreenPicture): void {
    if (this.#isOver) return;
    // Started late, because the first picture tells the range of its samples.
    this.#child ??= this.#start(picture.isFullRange ?? false);
    const stdin = this.#child?.stdin;
    const buffer = this.#inside.length < maxPicturesInside ? this.#free.pop() : undefined;
    if (!stdin || !buffer) return;
    packPicture(picture, buffer);
    this.#inside.push({ number: picture.number, captureTimeMs: picture.captureTimeMs });
    stdin.write(buffer, () => this.#free.push(buffer));
  }

  requestKeyframe(): void {
    // It comes within a second, whether asked for or not.
  }

  /** A running program takes no wishes. */
  adjust(): boolean {
    return this.#options.codec === 'jpeg';
  }

  async close(): Promise<void> {
    this.#isOver = true;
    // Asked kindly, ffmpeg would first wait for a picture.
    await this.#child?.kill();
  }

  #start(isFullRange: boolean): ProgramChild | undefined {
    try {
      const child = startProgram(encoderCommand(this.#program, this.#options, isFullRange), { withStdin: true });
      const demux = demuxers[this.#options.codec]((picture) => this.#handOut(picture));
      child.stdout.on('data', demux);
      void child.ended.then(({ how, lastWords }) => {
        this.#fail(`The ${this.#options.codec} encoder ended (${how})${lastWords && `: ${lastWords}`}.`);
      });
      return child;
    } catch (error) {
      this.#fail(asFault(error).detail);
      return undefined;
    }
  }

  #handOut(encoded: EncodedPicture): void {
    const picture = this.#inside.shift();
    if (!picture || this.#isOver) return;
    this.#notices.frame(toFrame(this.#options, picture, encoded));
  }

  #fail(detail: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#notices.failed({ reason: 'crashed', detail });
  }
}
