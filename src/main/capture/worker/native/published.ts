import {
  AV_CODEC_FLAG_LOW_DELAY,
  AV_CODEC_ID_H264,
  AV_CODEC_ID_VP8,
  AVERROR_EAGAIN,
  AVERROR_INVALIDDATA,
  FF_THREAD_SLICE,
} from 'node-av/constants';
import { Codec, CodecContext, Frame } from 'node-av/lib';
import type { VideoCodec } from '../../../../shared/state.ts';
import type { VideoFrame } from '../../../station/frame.ts';
import { asFault, SourceError } from '../ffmpeg/source-error.ts';
import type { Reader, ReaderNotices } from '../reader.ts';
import { checkResult } from './faults.ts';
import { makePacket, maxPixels } from './media.ts';
import { PixelAccess, type ShowPicture } from './raw-picture.ts';

/** A Capture that is so far behind begins anew with the next keyframe. */
const [maxWaitingFrames, maxWaitingBytes] = [60, 16_000_000] as const;
/** Even a Capture that can't keep up shows a picture this often. */
const longestSkipMs = 250;
const label = 'The publisher';

/** Decodes the pictures that somebody publishes. */
export function openNativeDecoder(notices: ReaderNotices): Reader {
  const decoding = new Decoding((number, captureTimeMs, pixels) =>
    notices.picture({ number, captureTimeMs, ...pixels }),
  );
  notices.opened({});
  return {
    take: (frame) => decoding.take(frame, (error) => notices.ended(asFault(error))),
    close: () => decoding.close(),
  };
}

/** The frames that wait, and the decoder of the codec that comes. */
class Decoding {
  readonly #show: ShowPicture;
  #waiting: VideoFrame[] = [];
  #waitingBytes = 0;
  #needsKeyframe = true;
  #decoder: Decoder | null = null;
  #work: Promise<void> | null = null;
  #shownAtMs = 0;
  #isClosed = false;

  constructor(show: ShowPicture) {
    this.#show = show;
  }

  /** @param failed Called where decoding has failed for good. */
  take(frame: VideoFrame, failed: (error: unknown) => void): void {
    if (this.#isClosed) return;
    if (this.#waiting.length >= maxWaitingFrames || this.#waitingBytes > maxWaitingBytes) this.#forget();
    if (this.#needsKeyframe && !frame.isKeyframe) return;
    this.#needsKeyframe = false;
    this.#waiting.push(frame);
    this.#waitingBytes += frame.data.length;
    this.#work ??= this.#decodeAll()
      .catch((error: unknown) => {
        if (!this.#isClosed) failed(error);
      })
      .finally(() => (this.#work = null));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#forget();
    await this.#work;
    this.#decoder?.free();
    this.#decoder = null;
  }

  #forget(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#needsKeyframe = true;
  }

  async #decodeAll(): Promise<void> {
    for (let frame = this.#waiting.shift(); frame; frame = this.#waiting.shift()) {
      this.#waitingBytes -= frame.data.length;
      if (this.#decoder?.codec !== frame.codec) {
        this.#decoder?.free();
        this.#decoder = await Decoder.open(frame.codec);
      }
      await this.#decoder.decode(frame, (number, captureTimeMs, pixels) =>
        this.#showInTime(number, captureTimeMs, pixels),
      );
    }
  }

  /** Where the next one is there already, this one is left out: the picture on the screen is to be the newest. */
  #showInTime(...picture: Parameters<ShowPicture>): void {
    const nowMs = performance.now();
    const isLate = this.#waiting.length > 0 && nowMs - this.#shownAtMs < longestSkipMs;
    if (isLate || this.#isClosed) return;
    this.#shownAtMs = nowMs;
    this.#show(...picture);
  }
}

/** What lives in native memory. Not for concurrent calls. */
class Decoder {
  readonly codec: VideoCodec;
  readonly #context: CodecContext;
  readonly #packet = makePacket();
  readonly #frame = new Frame();
  readonly #pixels = new PixelAccess();

  private constructor(codec: VideoCodec, context: CodecContext) {
    this.codec = codec;
    this.#context = context;
    this.#frame.alloc();
  }

  static async open(codec: VideoCodec): Promise<Decoder> {
    const found = Codec.findDecoder(codec === 'h264' ? AV_CODEC_ID_H264 : AV_CODEC_ID_VP8);
    if (!found) throw new SourceError('no_engine', `This engine cannot decode ${codec}.`);
    const context = new CodecContext();
    context.allocContext3(found);
    context.threadCount = 2;
    context.threadType = FF_THREAD_SLICE;
    context.setFlags(AV_CODEC_FLAG_LOW_DELAY);
    checkResult(context.setOption('max_pixels', maxPixels), label);
    checkResult(await context.open2(found), label);
    return new Decoder(codec, context);
  }

  async decode({ number, captureTimeMs, data }: VideoFrame, show: ShowPicture): Promise<void> {
    const packet = this.#packet;
    packet.unref();
    packet.data = Buffer.from(data);
    packet.pts = BigInt(number);
    const sent = await this.#context.sendPacket(packet);
    // Damaged data cost a picture, not the stream; the next keyframe mends it.
    if (sent === AVERROR_INVALIDDATA) return;
    checkResult(sent, label);
    for (;;) {
      const received = await this.#context.receiveFrame(this.#frame);
      if (received === AVERROR_EAGAIN || received === AVERROR_INVALIDDATA) return;
      checkResult(received, label);
      // Without B-frames each picture comes out of the call that put it in.
      show(number, captureTimeMs, await this.#pixels.read(this.#frame));
      this.#frame.unref();
    }
  }

  free(): void {
    this.#frame.free();
    this.#packet.free();
    this.#pixels.free();
    this.#context.freeContext();
  }
}
