import type { NeededRight } from '../../../src/main/access/rights.ts';

/** Stands in everything that is sent; whatever comes back must not hold it. */
export const marker = 'zqmarkerqz';

/** One method of one URL of a door. */
export interface Target {
  readonly method: string;
  readonly url: string;
  readonly right: NeededRight;
  readonly accepts?: string;
  readonly opensSession?: boolean;
}

type Header = readonly [name: string, value: string];

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly Header[];
  readonly body: string | Buffer;
}

/** A request that nothing is wrong with, but that it is about something which is not there. */
export function rightRequest(route: Target, host: string, authorization: string | null): RawRequest {
  const { method, url, accepts } = route;
  const query = isLiveView(route) ? `?detectorName=${marker}` : '';
  return {
    method,
    path: url.replace(/:\w+/g, marker) + query,
    headers: [
      ['Host', host],
      ...(authorization === null ? [] : ([['Authorization', authorization]] as const)),
      ...(accepts === undefined ? [] : ([['Content-Type', accepts]] as const)),
    ],
    body: bodyFor(accepts),
  };
}

/** Whether it is one of ImSwitch's calls, which refuse with 200 and in words what they have understood. */
export const isLiveView = ({ url }: Target): boolean => url.includes('/LiveViewController/');

export function withHeader(request: RawRequest, ...headers: readonly Header[]): RawRequest {
  const names = headers.map(([name]) => name.toLowerCase());
  const others = request.headers.filter(([name]) => !names.includes(name.toLowerCase()));
  return { ...request, headers: [...others, ...headers] };
}

export function withoutHeader(request: RawRequest, name: string): RawRequest {
  return { ...request, headers: request.headers.filter(([each]) => each.toLowerCase() !== name.toLowerCase()) };
}

/** As it goes over the wire. Its length is told unless the headers tell of one already. */
export function bytesOf({ method, path, headers, body }: RawRequest): Buffer {
  const isFramed = headers.some(([name]) => ['content-length', 'transfer-encoding'].includes(name.toLowerCase()));
  const length = Buffer.byteLength(body);
  const framing: readonly Header[] = isFramed || length === 0 ? [] : [['Content-Length', String(length)]];
  const lines = [...headers, ...framing].map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`), Buffer.from(body)]);
}

/** A body in one chunk, without a stated length (RFC 9112 §7.1). */
export function chunked(request: RawRequest, body: string): RawRequest {
  const framed = `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  return { ...withHeader(request, ['Transfer-Encoding', 'chunked']), body: framed };
}

function bodyFor(accepts: string | undefined): string {
  if (accepts === undefined) return '';
  return accepts === 'application/json' ? '{}' : `a=${marker}`;
}
