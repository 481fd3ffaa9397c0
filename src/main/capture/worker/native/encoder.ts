import { AV_PICTURE_TYPE_I, AV_PICTURE_TYPE_NONE, AVERROR_EAGAIN } from 'node-av/constants';
import type { CodecContext } from 'node-av/lib';
import { FFmpegError, Packet } from 'node-av/lib';
import type { Encoder, EncoderNotices, EncoderOptions, EncoderRate } from '../engine.ts';
import type { ScreenPicture } from '../picture.ts';
import { evenSize, toFrame } from '../to-frame.ts';
import { formOf, limitRate, openCodecContext, ticksPerSecond, videoColorSpace } from './encoder-settings.ts';
import { makeYuvCanvas } from './yuv-canvas.ts';
import type { YuvCanvas } from './yuv-canvas.ts';

/** A gap or a step back in capture time that is longer than this is a set clock, and is not passed on to rate control. */
const longestStepMs = 10_000;

/**
 * Encodes in this process with FFmpeg's libx264, libvpx or JPEG encoder. Each picture comes out of the call that put it in: no
 * encoder looks ahead as it is set up here. Odd sizes lose their last column or row, since 4:2:0 has none.
 */
export function openNativeEncoder(options: EncoderOptions, notices: EncoderNotices): Encoder {
  let running: RunningEncoder | null = null;
  try {
    running = new RunningEncoder(options, notices);
  } catch (error) {
    // Told later, so that the caller has its Encoder before it hears that it is of no use.
    queueMicrotask(() => fail(error));
  }

  function fail(error: unknown): void {
    running?.free();
    running = null;
    const detail = error instanceof Error ? error.message : String(error);
    notices.failed({ reason: 'crashed', detail: `The ${options.codec} encoder failed: ${detail}.` });
  }

  return {
    encode(picture) {
      try {
        running?.encode(picture);
      } catch (error) {
        fail(error);
      }
    },
    requestKeyframe() {
      if (running) running.isKeyframeWanted = true;
    },
    // An encoder that has failed is past any wish.
    adjust: (rate) => running?.adjust(rate) ?? true,
    close() {
      running?.free();
      running = null;
      return Promise.resolve();
    },
  };
}

/** What lives in native memory between the opening and the closing of an encoder. */
class RunningEncoder {
  isKeyframeWanted = false;
  readonly #options: EncoderOptions;
  readonly #notices: EncoderNotices;
  readonly #context: CodecContext;
  readonly #canvas: YuvCanvas;
  readonly #packet = new Packet();
  #ticks = 0;
  #lastCaptureTimeMs = Number.NaN;

  constructor(options: EncoderOptions, notices: EncoderNotices) {
    this.#options = options;
    this.#notices = notices;
    this.#context = openCodecContext(options);
    this.#canvas = makeYuvCanvas(evenSize(options), formOf(options), videoColorSpace(options));
    // FFmpeg's JPEG encoder looks for its quality here only; the others have none.
    this.#canvas.frame.quality = this.#context.globalQuality;
    this.#packet.alloc();
  }

  encode(picture: ScreenPicture): void {
    const { frame } = this.#canvas;
    this.#canvas.paint(picture);
    this.#advance(picture.captureTimeMs);
    frame.pts = BigInt(this.#ticks);
    frame.pictType = this.isKeyframeWanted ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    this.isKeyframeWanted = false;
    FFmpegError.throwIfError(this.#context.sendFrameSync(frame), 'encoding');
    this.#takePackets(picture);
  }

  adjust(rate: EncoderRate): boolean {
    const { codec, kbitPerS } = this.#options;
    // libvpx learns the number of pictures from their times, but FFmpeg has no way to tell it of another bitrate.
    if (codec === 'vp8') return rate.kbitPerS === kbitPerS;
    limitRate(this.#context, this.#options, rate);
    return true;
  }

  #takePackets(picture: ScreenPicture): void {
    for (;;) {
      const result = this.#context.receivePacketSync(this.#packet);
      if (result === AVERROR_EAGAIN) return;
      FFmpegError.throwIfError(result, 'encoding');
      const { data, isKeyframe } = this.#packet;
      // The packet's bytes lie in native memory that the next picture takes again, hence the copy.
      const frame = data && toFrame(this.#options, picture, { data: new Uint8Array(data), isKeyframe });
      this.#packet.unref();
      if (frame) this.#notices.frame(frame);
    }
  }

  /** Encoders need times that grow; clocks may be set back. */
  #advance(captureTimeMs: number): void {
    const stepMs = captureTimeMs - this.#lastCaptureTimeMs;
    const isUsable = stepMs > 0.001 && stepMs < longestStepMs;
    this.#ticks += Math.round(isUsable ? stepMs * (ticksPerSecond / 1000) : ticksPerSecond / this.#options.fps);
    this.#lastCaptureTimeMs = captureTimeMs;
  }

  free(): void {
    this.#context.freeContext();
    this.#packet.free();
    this.#canvas.free();
  }
}
