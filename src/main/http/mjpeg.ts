import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PictureWish, StationApi, WholePicture } from '../../shared/api.ts';
import { watchFromFirst } from './first-picture.ts';

/** As all cameras and their clients have it, some of which look for no other. */
const boundary = 'frame';
/** A browser shows a picture when the next one begins, so one that stays the last for so long is sent once more. */
const repeatAfterMs = 250;
/** Whoever takes nothing for so long has its place taken away. */
const maxStuckMs = 10_000;

/** The pictures of one Stream as one answer that does not end. */
export interface Mjpeg {
  /** Goes on with other pictures of the same Stream. */
  change(wish: PictureWish): void;
  /** Idempotent. */
  end(): void;
}

/**
 * Answers with the pictures of a Stream one after the other (`multipart/x-mixed-replace`), until either side ends it. Nothing is
 * sent before the first picture is there, so that a refusal is still a refusal.
 */
export async function sendMjpeg(
  station: StationApi,
  request: FastifyRequest,
  reply: FastifyReply,
  wanted: { readonly streamId: string; readonly wish: PictureWish },
): Promise<Mjpeg> {
  let writer: PartWriter | null = null;
  let stop = (): void => undefined;
  const open = (): PartWriter => {
    const response = reply.hijack().raw;
    response.on('close', () => stop());
    response.on('error', (error) => request.log.debug({ err: error }, 'Somebody went away while pictures were sent.'));
    return new PartWriter(response);
  };
  const listener = {
    picture: (picture: WholePicture) => (writer ??= open()).send(picture),
    ended: () => writer?.end(),
  };
  stop = await watchFromFirst(station, request, wanted, listener);
  // It may have gone since its first picture.
  if (reply.raw.destroyed) stop();
  return {
    change(next) {
      stop();
      if (reply.raw.writableEnded || reply.raw.destroyed) return;
      try {
        stop = station.watchPictures(wanted.streamId, next, listener);
      } catch (error) {
        request.log.debug({ err: error }, 'Pictures end because they can not be had otherwise.');
        listener.ended();
      }
    },
    end: () => listener.ended(),
  };
}

/** Writes pictures as parts. While the client is behind, only the newest waits, so that memory stays at two pictures. */
class PartWriter {
  readonly #response: ServerResponse;
  /** Null where it was sent a second time already. */
  #last: WholePicture | null = null;
  #waiting: WholePicture | null = null;
  #fullSinceMs = 0;
  readonly #repeatTimer: NodeJS.Timeout;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.writeHead(200, {
      'content-type': `multipart/x-mixed-replace;boundary=${boundary}`,
      'cache-control': 'no-store',
    });
    this.#repeatTimer = setTimeout(() => this.#repeat(), repeatAfterMs);
    response.on('drain', () => this.#catchUp());
    response.on('close', () => clearTimeout(this.#repeatTimer));
  }

  send(picture: WholePicture): void {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    if (!this.#response.writableNeedDrain) return this.#write(picture);
    this.#waiting = picture;
    if (performance.now() - this.#fullSinceMs > maxStuckMs) this.#response.destroy();
  }

  /** Idempotent. */
  end(): void {
    clearTimeout(this.#repeatTimer);
    if (!this.#response.writableEnded) this.#response.end(`--${boundary}--\r\n`);
  }

  #catchUp(): void {
    const picture = this.#waiting;
    this.#waiting = null;
    if (picture) this.send(picture);
    else this.#repeatTimer.refresh();
  }

  #repeat(): void {
    if (this.#last === null || this.#response.writableNeedDrain || this.#response.writableEnded) return;
    this.#writePart(this.#last);
    this.#last = null;
  }

  #write(picture: WholePicture): void {
    this.#writePart(picture);
    this.#last = picture;
    this.#repeatTimer.refresh();
  }

  #writePart(picture: WholePicture): void {
    const response = this.#response;
    const headers = { ...pictureHeaders(picture), 'Content-Length': picture.data.byteLength };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    response.cork();
    response.write(`--${boundary}\r\n${lines.join('')}\r\n`);
    response.write(picture.data);
    response.write('\r\n');
    response.uncork();
    if (response.writableNeedDrain) this.#fullSinceMs = performance.now();
  }
}

/** What is said of a picture beside its bytes. In capitals as everywhere else, because some who read parts know no others. */
export function pictureHeaders({ number, captureTimeMs }: WholePicture): Readonly<Record<string, string>> {
  return {
    'Content-Type': 'image/jpeg',
    'X-Frame-Number': String(number),
    'X-Capture-Time-Ms': captureTimeMs.toFixed(3),
  };
}
