import { request as httpRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';
import { expect, onTestFinished } from 'vitest';
import type { Role } from '../../src/shared/access.ts';
import { bearerPrefix, callProtocol, type CallNotice, type CallsState } from '../../src/shared/calls.ts';
import type { HttpDoor } from '../../src/main/http/server.ts';
import { call, type Answer } from './door.ts';
import { openNetworkDoor, type NetworkDoor } from './network-door.ts';

const password = 'a quiet microscope';

/** A user who has signed in, and what a program needs to be that one. */
export interface SignedInUser {
  readonly token: string;
  readonly refreshToken: string;
  readonly headers: Record<string, string>;
}

export async function signIn(
  { guard, file }: NetworkDoor,
  name: string,
  role: Role = 'operator',
): Promise<SignedInUser> {
  await file.users.add({ name, password, role, streams: 'all' });
  const signedIn = await guard.access.signIn(name, password, '127.0.0.1');
  if (!signedIn || 'waitMs' in signedIn) throw new Error('The sign-in was refused.');
  const { token, refreshToken } = signedIn;
  return { token, refreshToken, headers: { authorization: `Bearer ${token}` } };
}

/** Posts without a body, or with one as JSON. */
export function post(door: HttpDoor, path: string, headers: Record<string, string>, body?: object): Promise<Answer> {
  if (!body) return call(door, { method: 'POST', path, headers });
  const json = { ...headers, 'content-type': 'application/json' };
  return call(door, { method: 'POST', path, headers: json, body: JSON.stringify(body) });
}

/** A page that is open: it can be called. @returns What it was told last, when it was told something. */
export async function openPage(door: HttpDoor, headers: Record<string, string> = {}): Promise<() => CallsState | null> {
  const { hostname, port } = new URL(door.url);
  const request = httpRequest({ host: hostname, port, path: '/api/events?calls', headers, agent: false });
  request.on('error', () => undefined);
  request.end();
  onTestFinished(() => void request.destroy());
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
  response.on('error', () => undefined);
  let text = '';
  response.setEncoding('utf8').on('data', (part: string) => (text += part));
  const newest = (): CallsState | null => {
    const found = [...text.matchAll(/^event: calls\ndata: (.*)$/gm)].at(-1)?.[1];
    return found === undefined ? null : (JSON.parse(found) as CallsState);
  };
  await expect.poll(() => text).toContain('event: state');
  return newest;
}

/** A socket of a call, with all that it was told. */
export interface CallEnd {
  readonly socket: WebSocket;
  readonly heard: CallNotice[];
  /** Resolves with the code when it is closed. */
  readonly closed: Promise<number>;
  send(message: unknown): void;
}

/** @param protocols Those of a page that shows this token, unless told. */
export function openSocket(
  door: HttpDoor,
  callId: string,
  token: string | null,
  { protocols, ...options }: ClientOptions & { readonly protocols?: string[] } = {},
): CallEnd {
  const url = new URL(`/ws/webrtc/${callId}`, door.url.replace(/^http/, 'ws'));
  const offered = protocols ?? [callProtocol, ...(token === null ? [] : [bearerPrefix + token])];
  const socket = new WebSocket(url, offered, options);
  const heard: CallNotice[] = [];
  socket.on('message', (data: Buffer) => heard.push(JSON.parse(data.toString()) as CallNotice));
  socket.on('error', () => undefined);
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  onTestFinished(() => socket.terminate());
  return { socket, heard, closed, send: (message) => socket.send(JSON.stringify(message)) };
}

/** Opens a socket and waits until it has joined. */
export async function joined(...args: Parameters<typeof openSocket>): Promise<CallEnd> {
  const end = openSocket(...args);
  await expect.poll(() => end.heard[0]?.type).toBe('joined');
  return end;
}

/** Asks for a socket as a program would that speaks HTTP. @returns The refusal. */
export async function refusedUpgrade(door: HttpDoor, path: string, changes: Record<string, string>): Promise<Answer> {
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-protocol': callProtocol,
    ...changes,
  };
  return call(door, { path, headers });
}

export const offer = { type: 'offer', offer: { type: 'offer', sdp: 'v=0\r\n' } };
export const answer = { type: 'answer', answer: { type: 'answer', sdp: 'v=0\r\n' } };
export const candidate = {
  type: 'ice_candidate',
  candidate: { candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host', sdpMLineIndex: 0, sdpMid: '0' },
};

/** A call of two users at one door. */
export interface Talking {
  readonly opened: NetworkDoor;
  readonly anna: SignedInUser;
  readonly berta: SignedInUser;
  readonly callId: string;
}

/** A call that Anna has made and Berta has accepted. */
export async function talk(): Promise<Talking> {
  const opened = await openNetworkDoor();
  const [anna, berta] = [await signIn(opened, 'Anna'), await signIn(opened, 'Berta')];
  const page = await openPage(opened.door, berta.headers);
  await post(opened.door, '/calls/initiate', anna.headers, { callee: 'user:Berta' });
  await expect.poll(() => page()?.call?.kind).toBe('pending');
  const callId = page()?.call?.callId ?? '';
  await post(opened.door, `/calls/accept/${callId}`, berta.headers);
  return { opened, anna, berta, callId };
}

/** Both ends of that call, joined. */
export async function bothEnds() {
  const talking = await talk();
  const { opened, anna, berta, callId } = talking;
  const ends = {
    anna: await joined(opened.door, callId, anna.token),
    berta: await joined(opened.door, callId, berta.token),
  };
  return { ...talking, ends };
}
