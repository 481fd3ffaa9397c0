import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { HttpDoor, HttpDoorOptions } from '../../src/main/http/server.ts';
import { openHttpDoor } from '../../src/main/http/server.ts';
import { fakeStation } from '../contract/fake-station.ts';

export const listedOrigin = 'http://lab.example:3000';

/** A door on any free port of this machine, which somebody has to close. */
export function newDoor(options: Partial<HttpDoorOptions> = {}): Promise<HttpDoor> {
  return openHttpDoor({
    station: fakeStation(),
    host: '127.0.0.1',
    port: 0,
    assetsDir: null,
    allowedOrigins: [listedOrigin],
    log: pino({ level: 'silent' }),
    ...options,
  });
}

/** The same; it is closed when the test has finished. */
export async function openDoor(options: Partial<HttpDoorOptions> = {}): Promise<HttpDoor> {
  const door = await newDoor(options);
  onTestFinished(() => door.close());
  return door;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Buffer;
  /** The address of this machine that it comes from. */
  readonly from?: string;
}

/** One request over a connection of its own; unlike `fetch` it sends any Host, Origin and method. */
export function call(
  door: HttpDoor,
  { method = 'GET', path = '/', headers = {}, body, from }: Call = {},
): Promise<Answer> {
  const { hostname, port } = new URL(door.url);
  return new Promise((resolve, reject) => {
    const options = { host: hostname, port, method, path, headers, agent: false, ...(from && { localAddress: from }) };
    const request = httpRequest(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** A bare TCP connection to the door; it is cut when the test has finished. @param from The address of this machine that it comes from. */
export async function connectTo(door: HttpDoor, from?: string): Promise<Socket> {
  const { hostname, port } = new URL(door.url);
  const socket = connect({ host: hostname, port: Number(port), ...(from && { localAddress: from }) });
  onTestFinished(() => {
    socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return socket;
}

/** Sends bytes as they are and returns all that comes back until the door closes the connection. */
export async function sendRaw(door: HttpDoor, bytes: string | Buffer): Promise<string> {
  const socket = await connectTo(door);
  socket.write(bytes);
  return receiveAll(socket);
}

/** All that comes until the other end closes; a reset counts as closing. */
export function receiveAll(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(text));
  });
}

/** The refusal in an answer (RFC 9457). */
export function problemIn({ text }: Answer): {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly error?: string;
} {
  return JSON.parse(text) as { status: number; code: string; title: string; error?: string };
}
