import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AV_PIX_FMT_YUVJ420P, FF_ENCODER_MJPEG } from 'node-av/constants';
import { Codec, CodecContext, FFmpegError, Frame, Packet, Rational } from 'node-av/lib';

export const jpegSize = { widthPx: 320, heightPx: 240 } as const;

/** A JPEG of one even colour: gray, unless its two chroma samples are given. */
export function makeJpeg(luma: number, [cb, cr] = [128, 128]): Buffer {
  const { widthPx: width, heightPx: height } = jpegSize;
  const chromaBytes = (width * height) / 4;
  const pixels = Buffer.concat([
    Buffer.alloc(width * height, luma),
    Buffer.alloc(chromaBytes, cb),
    Buffer.alloc(chromaBytes, cr),
  ]);
  const timeBase = { num: 1, den: 25 };
  const frame = Frame.fromVideoBuffer(pixels, { width, height, format: AV_PIX_FMT_YUVJ420P, timeBase, pts: 0n });
  const codec = Codec.findEncoderByName(FF_ENCODER_MJPEG);
  const encoder = new CodecContext();
  encoder.allocContext3(codec);
  Object.assign(encoder, { width, height, pixelFormat: AV_PIX_FMT_YUVJ420P, timeBase: new Rational(1, 25) });
  FFmpegError.throwIfError(encoder.open2Sync(codec), 'opening the JPEG encoder');
  const packet = new Packet();
  packet.alloc();
  FFmpegError.throwIfError(encoder.sendFrameSync(frame), 'encoding a JPEG');
  FFmpegError.throwIfError(encoder.receivePacketSync(packet), 'encoding a JPEG');
  const jpeg = Buffer.from(packet.data ?? []);
  packet.free();
  frame.free();
  encoder.freeContext();
  return jpeg;
}

/** One part of `multipart/x-mixed-replace`, as network cameras send it. */
export function jpegPart(jpeg: Buffer): Buffer {
  const head = `--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), jpeg, Buffer.from('\r\n')]);
}

export interface WebServer {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  close(): Promise<void>;
}

/** A web server on a free port of this machine. */
export async function startWebServer(answer: (req: IncomingMessage, res: ServerResponse) => void): Promise<WebServer> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
