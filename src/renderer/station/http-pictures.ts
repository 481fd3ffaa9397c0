import type { PlainRequest } from './access-pass.ts';
import { boundaryIn, PartReader } from './parts.ts';
import type { JpegPicture } from './picture-painter.ts';

/** Both sides of a picture are divided by it. */
export type Scale = 1 | 2 | 4;

/** A browser opens six connections to a station at most, and the state, the calls and another window of the page need some. */
const maxStreams = 3;
/** The station waits for the next picture for ten seconds, and then says that none came. */
const answerTimeoutMs = 12_000;

/** The pictures of a station's Streams as JPEG files over HTTP: the wire, and nothing of what shows them. */
export class HttpPictures {
  readonly #fetch: (path: string, init: PlainRequest) => Promise<Response>;
  #streams = 0;

  /** @param fetch Asks the station with whatever lets this page in. Throws a Refusal where it says no. */
  constructor(fetch: (path: string, init: PlainRequest) => Promise<Response>) {
    this.#fetch = fetch;
  }

  /** Another answer without end can be had. Without room, pictures are to be asked for one by one. */
  get hasRoom(): boolean {
    return this.#streams < maxStreams;
  }

  /**
   * The pictures one after the other, as they are taken; the same one twice where nothing follows it. Ends where the station ends it.
   * @throws Refusal; PartsFault; what the browser throws where the connection breaks or the signal is aborted.
   */
  async *stream(
    streamId: string,
    wish: { readonly scale: Scale; readonly maxFps: number },
    signal: AbortSignal,
  ): AsyncGenerator<JpegPicture> {
    this.#streams += 1;
    try {
      const path = `mjpeg/${encodeURIComponent(streamId)}?fps=${wish.maxFps}&scale=${wish.scale}`;
      const { headers, body } = await this.#fetch(path, { signal });
      const parts = new PartReader(boundaryIn(headers.get('content-type')));
      const pieces = body?.getReader();
      while (pieces && !parts.isOver) {
        const { done, value } = await pieces.read();
        if (done) return;
        for (const part of parts.read(value)) {
          yield pictureOf(new Blob([part.body], { type: 'image/jpeg' }), (name) => part.headers.get(name));
        }
      }
    } finally {
      this.#streams -= 1;
    }
  }

  /** The next picture. @throws Refusal. */
  async single(streamId: string, scale: Scale, signal: AbortSignal): Promise<JpegPicture> {
    const path = `frame/${encodeURIComponent(streamId)}.jpg?scale=${scale}`;
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]);
    const response = await this.#fetch(path, { signal: inTime });
    return pictureOf(await response.blob(), (name) => response.headers.get(name));
  }
}

function pictureOf(data: Blob, header: (name: string) => string | null | undefined): JpegPicture {
  return { data, number: numberIn(header('x-frame-number')), captureTimeMs: numberIn(header('x-capture-time-ms')) };
}

function numberIn(text: string | null | undefined): number | null {
  return text && Number.isFinite(Number(text)) ? Number(text) : null;
}
