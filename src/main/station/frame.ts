import type { VideoCodec } from '../../shared/state.ts';

/** One encoded picture on its way from a Capture to the Viewers of a Rendition. */
export type Frame = VideoFrame | JpegFrame;

interface FrameFacts {
  /** Counted by the Capture over the pictures of the Source; pictures that were not encoded leave gaps. */
  readonly number: number;
  /** When the Source took the picture, or, where it doesn't say, when the Capture had read it. Unix time with fractions. */
  readonly captureTimeMs: number;
  /** Never changed. */
  readonly data: Uint8Array;
}

/** H.264: one access unit in Annex B form, parameter sets before each keyframe. VP8: one frame (RFC 6386). */
export interface VideoFrame extends FrameFacts {
  readonly codec: VideoCodec;
  readonly isKeyframe: boolean;
  /** Of a publisher only: it is shown before a picture that came earlier (a B-frame). */
  readonly isReordered?: boolean;
}

/** A whole JPEG file (ITU-T T.81). It needs no other to be shown. */
export interface JpegFrame extends FrameFacts {
  readonly codec: 'jpeg';
  readonly isKeyframe: true;
  readonly widthPx: number;
  readonly heightPx: number;
}
