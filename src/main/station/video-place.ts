import type { PictureScale } from '../../shared/state.ts';
import type { Frame } from './frame.ts';
import { PictureCache } from './picture-cache.ts';
import type { Viewer } from './ports.ts';
import type { Rendition, Watcher } from './rendition.ts';

interface Post {
  readonly rendition: Rendition;
  readonly watcher: Watcher;
}

/**
 * Which Rendition a Viewer has its video from. On its way to another one it stays with the old one until the new one has a keyframe
 * that is no older than what the Viewer has seen, so that it misses no picture and is never thrown back.
 */
export class VideoPlace {
  readonly #viewer: Viewer;
  readonly #moved: () => void;
  #here: Post;
  /** Where it is about to go, with what it would begin with there. */
  #next: (Post & { readonly pictures: PictureCache }) | null = null;
  /** Of the last picture that was sent; numbers begin anew with each Capture. */
  #lastNumber = -Infinity;

  /** @param moved Called when it has left a Rendition for another one. */
  constructor(viewer: Viewer, rendition: Rendition, moved: () => void) {
    this.#viewer = viewer;
    this.#moved = moved;
    this.#here = this.#enter(rendition);
  }

  get rendition(): Rendition {
    return this.#here.rendition;
  }

  /** Where it is or is about to be. */
  get destination(): Rendition {
    return (this.#next ?? this.#here).rendition;
  }

  get scale(): PictureScale {
    return this.#here.rendition.scale;
  }

  go(rendition: Rendition): void {
    if (rendition === this.destination) return;
    this.#turnBack();
    if (rendition === this.#here.rendition) return;
    this.#next = { ...this.#enter(rendition), pictures: new PictureCache() };
    const { watcher } = this.#next;
    if (this.#lastNumber === -Infinity) this.#arrive();
    if (this.#viewer.isConnected) rendition.keyframeWanted(watcher);
  }

  keyframeWanted(): void {
    this.#here.rendition.keyframeWanted(this.#here.watcher);
  }

  /** Another Capture begins, or none: with its first keyframe everybody is where he wanted to be. */
  restart(): void {
    this.#lastNumber = -Infinity;
    if (this.#next) this.#arrive();
  }

  leave(): void {
    this.#turnBack();
    this.#here.rendition.remove(this.#here.watcher);
  }

  #enter(rendition: Rendition): Post {
    const viewer = this.#viewer;
    const watcher: Watcher = {
      get isConnected() {
        return viewer.isConnected;
      },
      write: (frame) => this.#take(watcher, frame),
      close: (reason) => viewer.close(reason),
    };
    rendition.add(watcher);
    return { rendition, watcher };
  }

  #turnBack(): void {
    this.#next?.rendition.remove(this.#next.watcher);
    this.#next = null;
  }

  #take(from: Watcher, frame: Frame): void {
    const next = this.#next;
    if (from !== next?.watcher) {
      // What comes of the old one after that would have to be passed over again.
      if (!next || next.pictures.frames.length === 0) this.#write(frame);
      return;
    }
    next.pictures.add(frame);
    const { frames } = next.pictures;
    if (frames.length === 0 || frame.number < this.#lastNumber) return;
    this.#arrive();
    for (const each of frames) this.#write(each);
  }

  #arrive(): void {
    if (!this.#next) return;
    const { rendition, watcher } = this.#next;
    this.#here.rendition.remove(this.#here.watcher);
    this.#here = { rendition, watcher };
    this.#next = null;
    this.#moved();
  }

  #write(frame: Frame): void {
    this.#lastNumber = frame.number;
    this.#viewer.write(frame);
  }
}
