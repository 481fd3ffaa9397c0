import type { Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { Places } from '../../src/main/http/places.ts';
import type { HttpDoor } from '../../src/main/http/server.ts';
import { call, connectTo, openDoor, problemIn, receiveAll } from './door.ts';

const many = <T>(length: number, make: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length }, make));

const isWell = async (door: HttpDoor, from: string): Promise<boolean> =>
  (await call(door, { path: '/healthz', from })).text === 'ok';

/** Listens to the state, and has been told it once. */
async function listen(door: HttpDoor, from: string): Promise<Socket> {
  const socket = await connectTo(door, from);
  socket.write(`GET /api/events HTTP/1.1\r\nHost: ${new URL(door.url).host}\r\n\r\n`);
  const [head] = await new Promise<Buffer[]>((resolve) => socket.once('data', (...bytes: Buffer[]) => resolve(bytes)));
  expect(head?.toString()).toMatch(/^HTTP\/1\.1 200 /);
  return socket;
}

describe('One machine gets', () => {
  it('half of all connections, and any other one is closed without a word', async () => {
    const door = await openDoor();
    const held = await many(128, () => connectTo(door, '127.0.0.2'));
    const refused = await connectTo(door, '127.0.0.2');
    refused.write(`GET /healthz HTTP/1.1\r\nHost: ${new URL(door.url).host}\r\n\r\n`);
    expect(await receiveAll(refused)).toBe('');
    expect(await isWell(door, '127.0.0.3')).toBe(true);
    for (const socket of held) socket.destroy();
    await vi.waitFor(async () => expect(await isWell(door, '127.0.0.2')).toBe(true));
  });

  it('half of the places for listeners, of which one is free again when its listener leaves', async () => {
    const door = await openDoor();
    const listeners = await many(64, () => listen(door, '127.0.0.2'));
    const refused = await call(door, { path: '/api/events', from: '127.0.0.2' });
    expect([refused.status, refused.headers['retry-after'], problemIn(refused).code]).toEqual([503, '5', 'busy']);
    await listen(door, '127.0.0.3');
    listeners[0]?.destroy();
    await vi.waitFor(() => listen(door, '127.0.0.2'));
  });

  it('half of what others have left free, so that the next one finds a place too', () => {
    const places = new Places(16);
    const takenFrom = (address: string): number => {
      let taken = 0;
      while (places.take(address)) taken += 1;
      return taken;
    };
    expect(['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'].map(takenFrom)).toEqual([8, 4, 2, 1]);
    expect(places.take('10.0.0.5')).not.toBeNull();
    expect(places.take('10.0.0.6')).toBeNull();
  });

  it('no more under the many addresses of its IPv6 network, or in another notation of its IPv4 address', () => {
    const places = new Places(4);
    expect(places.take('fd00::1:2:3:4')).not.toBeNull();
    expect(places.take('fd00::5:6:7:8')).not.toBeNull();
    expect(places.take('fd00::9')).toBeNull();
    expect(places.take('10.0.0.1')).not.toBeNull();
    expect(places.take('::ffff:10.0.0.1')).toBeNull();
    expect(places.take('fd00:0:0:1::1')).not.toBeNull();
  });

  it('a place back once, however often it is left', () => {
    const places = new Places(2);
    const leave = places.take('10.0.0.1');
    leave?.();
    leave?.();
    expect(places.take('10.0.0.1')).not.toBeNull();
    expect(places.take('10.0.0.1')).toBeNull();
  });
});
