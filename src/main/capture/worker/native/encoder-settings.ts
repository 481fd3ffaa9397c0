import {
  AV_OPT_SEARCH_CHILDREN,
  AV_OPT_TYPE_STRING,
  AV_PIX_FMT_YUV420P,
  AVCOL_PRI_BT709,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT709,
  AVCOL_SPC_SMPTE170M,
  AVCOL_TRC_BT709,
  FF_ENCODER_LIBVPX_VP8,
  FF_ENCODER_LIBX264,
  FF_ENCODER_MJPEG,
  FF_QP2LAMBDA,
} from 'node-av/constants';
import type { AVColorSpace, FFVideoEncoder } from 'node-av/constants';
import { Codec, CodecContext, FFmpegError, Rational } from 'node-av/lib';
import type { PictureCodec } from '../../../../shared/state.ts';
import type { EncoderOptions, EncoderRate } from '../engine.ts';
import { evenSize } from '../to-frame.ts';

/** Encoders count time in microseconds, so that no capture time is rounded onto its neighbour's. */
export const ticksPerSecond = 1_000_000;

/** Keyframes come when they are asked for; so many pictures apart they come anyway. */
const neverByThemselves = 100_000;

/** FFmpeg's measure; a picture has as many bytes, and is as good, as at libjpeg's quality 85. */
const jpegQuantiser = 2;

interface CodecSettings {
  readonly encoderName: FFVideoEncoder;
  /**
   * H.264 says in its VUI which matrix was used; VP8 can't (RFC 6386 §9.2 knows one colour space), and players take it
   * for BT.601, as JPEG is by JFIF (ITU-T T.871 §7).
   */
  readonly colorSpace: AVColorSpace;
  readonly isFullRange: boolean;
  /** The encoder's private options, as FFmpeg's documentation names them. */
  readonly options: Readonly<Record<string, string>>;
}

const settings: Readonly<Record<PictureCodec, CodecSettings>> = {
  h264: {
    encoderName: FF_ENCODER_LIBX264,
    colorSpace: AVCOL_SPC_BT709,
    isFullRange: false,
    options: {
      // With the two settings below, a picture of 1280×720 takes 2.7 ms where `superfast` takes 3.8 at the same bitrate.
      preset: 'ultrafast',
      tune: 'zerolatency',
      // Baseline as x264 writes it has constraint_set1 set too: it is the constrained baseline of RFC 6184, 42e0xx.
      profile: 'baseline',
      // An asked-for keyframe must be an IDR picture: only there may a new viewer begin.
      'forced-idr': '1',
      // A picture of still cells costs next to nothing at constant quality; the rate limit below caps the lively ones.
      crf: '25',
      // Parameter sets before each keyframe, since viewers join at any of them; one slice, because slices cost bits.
      // Adaptive quantisation and deblocking, which `ultrafast` leaves out, keep even backgrounds free of blocks.
      'x264-params': 'repeat-headers=1:sliced-threads=0:aq-mode=1:no-deblock=0',
    },
  },
  vp8: {
    encoderName: FF_ENCODER_LIBVPX_VP8,
    colorSpace: AVCOL_SPC_SMPTE170M,
    isFullRange: false,
    options: {
      deadline: 'realtime',
      // The quickest of libvpx's ways: 2.8 ms for a picture of 1280×720 where 10 takes 13.
      'cpu-used': '16',
      'lag-in-frames': '0',
      'auto-alt-ref': '0',
      'error-resilient': 'default',
      'static-thresh': '1000',
      // No picture is made finer than this (of 0 to 63), else still ones would use up the whole bitrate.
      qmin: '20',
      qmax: '56',
      // A keyframe may take four times an average picture's bits, in per cent; libvpx sets no limit by itself.
      'max-intra-rate': '400',
    },
  },
  jpeg: {
    encoderName: FF_ENCODER_MJPEG,
    colorSpace: AVCOL_SPC_SMPTE170M,
    isFullRange: true,
    options: {
      flags: '+qscale',
      global_quality: String(jpegQuantiser * FF_QP2LAMBDA),
      // Tables made for each picture save 5 % of its bytes and cost a third of its time.
      huffman: 'default',
    },
  },
};

/** How the samples of a 4:2:0 picture have to be understood. */
export interface YuvForm {
  readonly colorSpace: AVColorSpace;
  readonly isFullRange: boolean;
}

/** The form that an encoder's pictures have to have. */
export function formOf({ codec, isBt601 }: Pick<EncoderOptions, 'codec' | 'isBt601'>): YuvForm {
  const { colorSpace, isFullRange } = settings[codec];
  return { colorSpace: isBt601 ? AVCOL_SPC_SMPTE170M : colorSpace, isFullRange };
}

/**
 * The matrix that decoded video is taken to have. It keeps its own, since to convert it would cost time and precision; only in a
 * JPEG, which is there to be looked at pixel by pixel, all colours have to be right.
 */
export function videoColorSpace(options: Pick<EncoderOptions, 'codec' | 'isBt601'>): AVColorSpace {
  return options.codec === 'jpeg' && !options.isBt601 ? AVCOL_SPC_BT709 : formOf(options).colorSpace;
}

/** Opens FFmpeg's encoder. Throws with FFmpeg's own words where it refuses. */
export function openCodecContext(options: EncoderOptions): CodecContext {
  const { encoderName, options: privateOptions } = settings[options.codec];
  const { colorSpace, isFullRange } = formOf(options);
  const { widthPx, heightPx } = evenSize(options);
  const codec = Codec.findEncoderByName(encoderName);
  if (!codec) throw new Error(`This build of FFmpeg has no ${encoderName}`);
  const context = new CodecContext();
  context.allocContext3(codec);
  context.width = widthPx;
  context.height = heightPx;
  context.pixelFormat = AV_PIX_FMT_YUV420P;
  context.sampleAspectRatio = new Rational(1, 1);
  context.colorRange = isFullRange ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
  context.colorSpace = colorSpace;
  context.colorPrimaries = AVCOL_PRI_BT709;
  context.colorTrc = AVCOL_TRC_BT709;
  context.timeBase = new Rational(1, ticksPerSecond);
  context.framerate = new Rational(Math.max(1, Math.round(options.fps * 100)), 100);
  context.gopSize = neverByThemselves;
  context.maxBFrames = 0;
  // One thread: pictures this size are encoded in a few milliseconds, and the other cores belong to the experiment.
  context.threadCount = 1;
  limitRate(context, options, options);
  // The options are set one by one, since node-av 6.1 frees the dictionary that `open2` takes a second time.
  for (const [name, value] of Object.entries(privateOptions)) {
    FFmpegError.throwIfError(context.setOption(name, value, AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN), name);
  }
  FFmpegError.throwIfError(context.open2Sync(codec, null), `opening ${encoderName}`);
  return context;
}

/**
 * Sets the limit of an encoder that is to be opened, or, for H.264, that runs: FFmpeg hands changed values to libx264 with the next
 * picture. Half a second of buffer: a keyframe may be large, yet is through in half a second on a line that fits the rate.
 * @param opened What the encoder is or was opened with. libx264 counts pictures instead of looking at their times, and
 *   can't be told of another `fps`; so the bits of a second are given to as many pictures as it takes a second to have.
 */
export function limitRate(context: CodecContext, opened: EncoderOptions, { fps, kbitPerS }: EncoderRate): void {
  if (opened.codec === 'jpeg') return;
  const bitPerS = kbitPerS * 1000;
  context.rcMaxRate = BigInt(Math.round((bitPerS * opened.fps) / fps));
  context.rcBufferSize = Math.round(bitPerS / 2);
  if (opened.codec === 'vp8') context.bitRate = BigInt(bitPerS);
}
