import {
  AV_CODEC_FLAG_LOW_DELAY,
  AV_NOPTS_VALUE,
  AVDISCARD_ALL,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  AVERROR_INVALIDDATA,
  AVERROR_STREAM_NOT_FOUND,
  AVMEDIA_TYPE_VIDEO,
  AVSEEK_FLAG_BACKWARD,
  AVSEEK_FLAG_BYTE,
  FF_THREAD_SLICE,
} from 'node-av/constants';
import type { Stream } from 'node-av/lib';
import { Codec, CodecContext, Dictionary, FormatContext, Frame, InputFormat, Packet } from 'node-av/lib';
import type { FfmpegInput } from '../ffmpeg/input.ts';
import { SourceError } from '../ffmpeg/source-error.ts';
import { checkResult } from './faults.ts';

/** Longer than a camera on the same network needs to answer, and short enough for a person who waits. */
const openTimeoutMs = 5_000;

/** More than any detector has; bounds what a hostile stream can make FFmpeg allocate for one picture. */
export const maxPixels = 16_384 * 8_192;

/** An opened Source and its decoder. Not for concurrent calls, but for `readPacket` beside `decode`. */
export class Media {
  readonly label: string;
  readonly #context: FormatContext;
  readonly #stream: Stream;
  readonly #decoder: CodecContext;
  readonly #frame = new Frame();

  private constructor(label: string, context: FormatContext, stream: Stream, decoder: CodecContext) {
    this.label = label;
    this.#context = context;
    this.#stream = stream;
    this.#decoder = decoder;
    this.#frame.alloc();
  }

  /** Opens the Source. What `signal` aborts ends at once, even while it waits for the network; then this rejects. */
  static async open(input: FfmpegInput, signal: AbortSignal): Promise<Media> {
    const context = new FormatContext();
    // Allocated beforehand, because only then can the opening be interrupted.
    context.allocContext();
    try {
      await openContext(context, input, signal);
      const stream = findVideo(context, input.label);
      return new Media(input.label, context, stream, await openDecoder(stream, input));
    } catch (error) {
      await context.closeInput();
      throw error;
    }
  }

  /** Pictures a second, where the Source says it. */
  get nominalFps(): number | undefined {
    const { num, den } = this.#stream.avgFrameRate;
    return num > 0 && den > 0 ? num / den : undefined;
  }

  /** Makes a waiting `readPacket` return. The Media is of no further use. */
  interrupt(): void {
    this.#context.interrupt();
  }

  /** Reads the next packet of the video. @returns False at the end of a recording. */
  async readPacket(packet: Packet): Promise<boolean> {
    for (;;) {
      packet.unref();
      const result = await this.#context.readFrame(packet);
      if (result === AVERROR_EOF) return false;
      if (result === AVERROR_EAGAIN) continue;
      checkResult(result, this.label);
      if (packet.streamIndex === this.#stream.index) return true;
    }
  }

  /** Decodes one packet, or with null what is still inside. The frame that `show` gets is valid until it returns. */
  async decode(packet: Packet | null, show: (frame: Frame) => Promise<void>): Promise<void> {
    const sent = await this.#decoder.sendPacket(packet);
    // Damaged data cost a picture, not the stream; the next keyframe mends it.
    if (sent === AVERROR_INVALIDDATA) return;
    if (sent !== AVERROR_EAGAIN && sent !== AVERROR_EOF) checkResult(sent, this.label);
    for (;;) {
      const received = await this.#decoder.receiveFrame(this.#frame);
      if (received === AVERROR_EAGAIN || received === AVERROR_EOF || received === AVERROR_INVALIDDATA) return;
      checkResult(received, this.label);
      await show(this.#frame);
      this.#frame.unref();
    }
  }

  /** When the picture is to be shown, on the Source's own clock. */
  timeOf(frame: Frame): { readonly startS: number | undefined; readonly durationS: number } {
    const { num, den } = this.#stream.timeBase;
    const startTicks = frame.bestEffortTimestamp;
    return {
      startS: startTicks === AV_NOPTS_VALUE ? undefined : (Number(startTicks) * num) / den,
      durationS: (Number(frame.duration) * num) / den,
    };
  }

  /** Back to the first picture. */
  async rewind(): Promise<void> {
    const start = this.#stream.startTime === AV_NOPTS_VALUE ? 0n : this.#stream.startTime;
    const byTime = await this.#context.seekFrame(this.#stream.index, start, AVSEEK_FLAG_BACKWARD);
    // Formats without an index know bytes only.
    if (byTime < 0) checkResult(await this.#context.seekFrame(-1, 0n, AVSEEK_FLAG_BYTE), this.label);
    this.#decoder.flushBuffers();
  }

  /** Frees everything; only when no call is under way. */
  async close(): Promise<void> {
    this.#frame.free();
    this.#decoder.freeContext();
    await this.#context.closeInput();
  }
}

async function openContext(context: FormatContext, input: FfmpegInput, signal: AbortSignal): Promise<void> {
  const deadline = AbortSignal.timeout(openTimeoutMs);
  const interrupt = () => context.interrupt();
  const giveUp = AbortSignal.any([deadline, signal]);
  giveUp.addEventListener('abort', interrupt);
  try {
    const format = input.format === undefined ? null : InputFormat.findInputFormat(input.format);
    using options = Dictionary.fromObject({ ...input.options, ...probeLimits });
    const opened = await context.openInput(input.address, format, options);
    signal.throwIfAborted();
    if (deadline.aborted) throw new SourceError('unreachable', `There is no answer from ${input.label}.`);
    checkResult(opened, input.label);
    // Where the opening has told the codec, the first packet is decoded right away. Looking at more of the stream
    // would cost up to a second, and only recordings and FLV, which tell nothing before their packets, need it.
    if (!input.isLive || context.nbStreams === 0) checkResult(await context.findStreamInfo(null), input.label);
    signal.throwIfAborted();
  } finally {
    giveUp.removeEventListener('abort', interrupt);
  }
}

/**
 * Bounds what FFmpeg reads before it hands out the first packet. (Its flag `nobuffer` would throw that away, with the
 * first keyframe in it, which costs more than it saves.)
 */
const probeLimits = { analyzeduration: '500000', fpsprobesize: '0' };

function findVideo(context: FormatContext, label: string): Stream {
  const index = context.findBestStream(AVMEDIA_TYPE_VIDEO);
  if (index < 0) checkResult(AVERROR_STREAM_NOT_FOUND, label);
  const streams = context.streams;
  for (const stream of streams) if (stream.index !== index) stream.discard = AVDISCARD_ALL;
  const stream = streams[index];
  if (!stream) throw new SourceError('bad_output', `${label} holds no pictures.`);
  return stream;
}

async function openDecoder(stream: Stream, input: FfmpegInput): Promise<CodecContext> {
  const codec = Codec.findDecoder(stream.codecpar.codecId);
  if (!codec) throw new SourceError('bad_output', `${input.label} sends pictures in a format that cannot be decoded.`);
  const decoder = new CodecContext();
  decoder.allocContext3(codec);
  checkResult(decoder.parametersToContext(stream.codecpar), input.label);
  decoder.pktTimebase = stream.timeBase;
  // Slices of one picture are decoded side by side; whole pictures side by side would each come later.
  decoder.threadCount = 2;
  decoder.threadType = FF_THREAD_SLICE;
  if (input.isLive) decoder.setFlags(AV_CODEC_FLAG_LOW_DELAY);
  checkResult(decoder.setOption('max_pixels', maxPixels), input.label);
  checkResult(await decoder.open2(codec), input.label);
  return decoder;
}

/** Memory for one packet; to be freed by the caller. */
export function makePacket(): Packet {
  const packet = new Packet();
  packet.alloc();
  return packet;
}
