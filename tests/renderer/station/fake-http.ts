import { vi } from 'vitest';
import { HttpPictures } from '../../../src/renderer/station/http-pictures.ts';

/** One request of the page for pictures, as the station sees it. */
export class FakeRequest {
  readonly path: string;
  readonly signal: AbortSignal;
  readonly answer: Promise<Response>;
  #resolve: (response: Response) => void = () => undefined;
  #refuse: (why: Error) => void = () => undefined;
  #body: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(path: string, signal: AbortSignal) {
    this.path = path;
    this.signal = signal;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#refuse = reject;
    });
    signal.addEventListener('abort', () => {
      this.#refuse(new DOMException('Aborted', 'AbortError'));
      this.#body?.error(new DOMException('Aborted', 'AbortError'));
    });
  }

  /** The next picture of an answer that does not end. */
  send(number: number, captureTimeMs: number): void {
    this.write(
      `--frame\r\nX-Frame-Number: ${number}\r\nX-Capture-Time-Ms: ${captureTimeMs}\r\nContent-Length: 4\r\n\r\nJPEG\r\n`,
    );
  }

  write(text: string): void {
    if (!this.#body) {
      const body = new ReadableStream<Uint8Array>({ start: (controller) => (this.#body = controller) });
      this.#resolve(new Response(body, { headers: { 'content-type': 'multipart/x-mixed-replace;boundary=frame' } }));
    }
    this.#body?.enqueue(new TextEncoder().encode(text));
  }

  end(): void {
    this.#body?.close();
  }

  /** A single picture. */
  give(number: number, captureTimeMs: number): void {
    const headers = { 'x-frame-number': String(number), 'x-capture-time-ms': String(captureTimeMs) };
    this.#resolve(new Response('JPEG', { headers }));
  }

  refuse(why: Error): void {
    this.#refuse(why);
  }
}

/** The station's door for pictures, played by the test. */
export class FakeHttp {
  readonly requests: FakeRequest[] = [];
  readonly pictures = new HttpPictures((path, { signal }) => {
    const request = new FakeRequest(path, signal ?? new AbortController().signal);
    this.requests.push(request);
    return request.answer;
  });

  get newest(): FakeRequest {
    const request = this.requests.at(-1);
    if (!request) throw new Error('Nothing was asked.');
    return request;
  }

  /** The requests that are neither answered whole nor given up. */
  get open(): FakeRequest[] {
    return this.requests.filter(({ signal }) => !signal.aborted);
  }
}

/** Stands in for the browser's decoder, until `vi.unstubAllGlobals()`. @returns What finishes the oldest picture that is being decoded. */
export function fakeDecoder({ isSlow }: { readonly isSlow: boolean }): () => void {
  const decoding: (() => void)[] = [];
  vi.stubGlobal('createImageBitmap', () => {
    const bitmap = { width: 1280, height: 720, close: () => undefined };
    if (!isSlow) return Promise.resolve(bitmap);
    return new Promise((resolve) => decoding.push(() => resolve(bitmap)));
  });
  return () => decoding.shift()?.();
}
