import type { VideoCodec } from '../../shared/state.ts';

/** One encoded picture on its way from a Capture to the Viewers of a Rendition. */
export interface Frame {
  /** Counted by the Capture over the pictures of the Source; pictures that were not encoded leave gaps. */
  readonly number: number;
  /** When the Source took the picture, or, where it doesn't say, when the Capture had read it. Unix time with fractions. */
  readonly captureTimeMs: number;
  readonly isKeyframe: boolean;
  readonly codec: VideoCodec;
  /** H.264: one access unit in Annex B form, parameter sets before each keyframe. VP8: one frame (RFC 6386). Never changed. */
  readonly data: Uint8Array;
}
