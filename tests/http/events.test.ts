import type { Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import type { Access, Caller } from '../../src/main/access/rights.ts';
import type { HttpDoor } from '../../src/main/http/server.ts';
import type { StationState } from '../../src/shared/state.ts';
import { fakeStation, sampleState } from '../contract/fake-station.ts';
import { call, connectTo, openDoor, receiveAll } from './door.ts';
import { openNetworkDoor } from './network-door.ts';

/** A state so large that the kernel's buffers can't hold it and the door has to wait for the reader. */
const hugeBytes = 32 * 1024 * 1024;
function largeState(timeMs: number, bytes: number): StationState {
  return { ...sampleState(timeMs), notices: [{ code: 'bad_configuration', detail: 'a'.repeat(bytes) }] };
}

async function subscribe(door: HttpDoor, headers: Record<string, string> = {}): Promise<Socket> {
  const socket = await connectTo(door);
  const lines = Object.entries({ host: new URL(door.url).host, ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  socket.write(['GET /api/events HTTP/1.1', ...lines, '', ''].join('\r\n'));
  return socket;
}

/** Resolves with the first bytes of an answer and leaves the rest unread. */
async function firstBytes(socket: Socket): Promise<string> {
  const bytes = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
  socket.pause();
  return bytes.toString();
}

const timesIn = (text: string): number[] =>
  [...text.matchAll(/^data: \{"timeMs":(\d+),/gm)].map((match) => Number(match[1]));

describe('the state as server-sent events', () => {
  it('comes at once and then with every change', async () => {
    const station = fakeStation();
    const door = await openDoor({ station });
    const socket = await subscribe(door);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await vi.waitFor(() => expect(timesIn(text)).toEqual([sampleState().timeMs]));
    expect(text).toMatch(/^content-type: text\/event-stream\r$/m);
    expect(text).toMatch(/^event: state\ndata: /m);
    station.tell(sampleState(2));
    station.tell(sampleState(3));
    await vi.waitFor(() => expect(timesIn(text)).toEqual([sampleState().timeMs, 2, 3]));
  });

  it('skips states for a reader that is behind and goes on with the newest', async () => {
    const station = fakeStation();
    const door = await openDoor({ station });
    const socket = await subscribe(door);
    let text = await firstBytes(socket);
    station.tell(largeState(2, hugeBytes));
    for (let timeMs = 3; timeMs <= 50; timeMs++) station.tell(sampleState(timeMs));
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.resume();
    await vi.waitFor(() => expect(timesIn(text.slice(-2_000)).at(-1)).toBe(50), 20_000);
    station.tell(sampleState(51));
    await vi.waitFor(() => expect(timesIn(text.slice(-2_000)).at(-1)).toBe(51));
    expect(timesIn(text)).toEqual([sampleState().timeMs, 2, 50, 51]);
  });

  it('gives up a reader that stays more than 1 MB behind, and serves the others', async () => {
    const station = fakeStation();
    const door = await openDoor({ station });
    const stuck = await subscribe(door);
    await firstBytes(stuck);
    station.tell(largeState(2, hugeBytes));
    for (let timeMs = 3; timeMs <= 8; timeMs++) station.tell(largeState(timeMs, 200 * 1024));
    const received = await receiveAll(stuck.resume());
    expect(received.length).toBeLessThan(hugeBytes);
    station.tell(sampleState(9));
    expect(timesIn(await firstBytes(await subscribe(door)))).toEqual([9]);
  });

  it('keeps no place for a reader that hung up while it was found out who it is', async () => {
    const caller: Caller = {
      kind: 'guest',
      name: 'Guest',
      address: '127.0.0.1',
      standing: () => ({ role: 'viewer', streams: 'all' }),
      dismiss: () => undefined,
    };
    const asked: (() => void)[] = [];
    const { guard } = await openNetworkDoor();
    const access: Access = {
      exchangeKey: () => Promise.reject(new Error('never asked')),
      signIn: () => Promise.reject(new Error('never asked')),
      refresh: () => Promise.reject(new Error('never asked')),
      signOut: () => undefined,
      callerOf: () => new Promise((resolve) => asked.push(() => resolve(caller))),
      onBehalfOf: (_caller, work) => work(),
    };
    const door = await openDoor({ guard: { ...guard, access } });
    const authorization = { authorization: 'Bearer token' };
    const readers = await Promise.all(Array.from({ length: 64 }, () => subscribe(door, authorization)));
    await vi.waitFor(() => expect(asked).toHaveLength(64));
    for (const reader of readers) reader.resetAndDestroy();
    // The door learns of the resets before it accepts a later connection, so this answer comes after them.
    await call(door, { path: '/healthz' });
    for (const answer of asked.splice(0)) answer();
    const next = await subscribe(door, authorization);
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    asked[0]?.();
    expect(await firstBytes(next)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('ends when the door closes, and the station is not listened to any more', async () => {
    const station = fakeStation();
    const door = await openDoor({ station });
    const socket = await subscribe(door);
    const received = receiveAll(socket);
    await vi.waitFor(() => expect(socket.bytesRead).toBeGreaterThan(0));
    await door.close();
    // The last chunk of a chunked answer: the reader sees an end, not a cut.
    expect(await received).toMatch(/\r\n0\r\n\r\n$/);
    expect(station.listeners()).toBe(0);
  });

  it('has no HEAD, because it has no end', async () => {
    const door = await openDoor();
    const { status, headers } = await call(door, { method: 'HEAD', path: '/api/events' });
    expect(status).toBe(405);
    expect(headers.allow).toBe('GET');
  });
});
