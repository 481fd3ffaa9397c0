import type { SourceFault } from '../../../shared/state.ts';
import type { VideoFrame } from '../../station/frame.ts';
import type { RawPicture } from './picture.ts';

/** What a Source tells of itself before its first picture. */
export interface SourceInfo {
  readonly pixelSizeUm?: number;
  readonly nominalFps?: number;
}

/** How a Reader speaks up to the Capture's pipeline. */
export interface ReaderNotices {
  /** Called once, before the first picture. */
  opened(info: SourceInfo): void;
  picture(picture: RawPicture): void;
  /** Called at most once, when no more pictures will come by themselves; not after `close()`. */
  ended(fault: SourceFault): void;
}

/** Reads one Source. Opening happens in the background; what goes wrong arrives as `ended`. */
export interface Reader {
  /** Takes an encoded picture: only of a Source that somebody publishes. */
  take?(frame: VideoFrame): void;
  /** Stops reading and frees the device, the connection or the program. Idempotent. */
  close(): Promise<void>;
}
