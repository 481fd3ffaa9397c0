import type { Frame } from './frame.ts';

/** Ten seconds at 30 pictures a second, the longest distance between two keyframes. */
const maxFrames = 300;
const maxBytes = 8 * 1024 * 1024;

/** The pictures since the last keyframe: what a decoder needs to join in. Empty while that would be too much to keep. */
export class PictureCache {
  #frames: Frame[] = [];
  #bytes = 0;

  get frames(): readonly Frame[] {
    return this.#frames;
  }

  add(frame: Frame): void {
    if (frame.isKeyframe) this.clear();
    else if (this.#frames.length === 0) return;
    this.#frames.push(frame);
    this.#bytes += frame.data.byteLength;
    if (this.#frames.length > maxFrames || this.#bytes > maxBytes) this.clear();
  }

  clear(): void {
    this.#frames = [];
    this.#bytes = 0;
  }
}
