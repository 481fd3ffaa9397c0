import { debug } from './debug.ts';

/** A JPEG file, and what the station says of it. */
export interface JpegPicture {
  readonly data: Blob;
  /** The detector's own; null where it is not told. */
  readonly number: number | null;
  /** Unix time of the station; null where it is not told. */
  readonly captureTimeMs: number | null;
}

/** Draws pictures on a canvas, one at a time: of those that come while it draws, only the newest is kept. */
export class PicturePainter {
  readonly #canvas: HTMLCanvasElement;
  readonly #onShown: (picture: JpegPicture) => void;
  #waiting: JpegPicture | null = null;
  #isDrawing = false;
  #isClosed = false;

  constructor(canvas: HTMLCanvasElement, onShown: (picture: JpegPicture) => void) {
    this.#canvas = canvas;
    this.#onShown = onShown;
  }

  show(picture: JpegPicture): void {
    this.#waiting = picture;
    if (!this.#isDrawing) void this.#draw();
  }

  /** What is drawn stays; nothing more is. */
  close(): void {
    this.#isClosed = true;
    this.#waiting = null;
  }

  async #draw(): Promise<void> {
    this.#isDrawing = true;
    while (this.#waiting) {
      const picture = this.#waiting;
      this.#waiting = null;
      try {
        const bitmap = await createImageBitmap(picture.data);
        if (!this.#isClosed) this.#copy(bitmap);
        bitmap.close();
        if (!this.#isClosed) this.#onShown(picture);
      } catch (error) {
        // The next one may be whole; if none is, the picture grows old, and that is said.
        debug('A picture could not be decoded.', error);
      }
    }
    this.#isDrawing = false;
  }

  #copy(bitmap: ImageBitmap): void {
    const { width, height } = bitmap;
    // Setting a size clears the canvas, even where it is the same one.
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    this.#canvas.getContext('2d', { alpha: false })?.drawImage(bitmap, 0, 0);
  }
}
