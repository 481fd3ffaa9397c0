import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type * as SecretHash from '../../src/main/secret-hash.ts';
import {
  answer,
  bothEnds,
  candidate,
  offer,
  openSocket,
  talk,
  type CallEnd,
  type SignedInUser,
} from './call-people.ts';
import type { NetworkDoor } from './network-door.ts';

// What makes a hash slow is not looked at here, and each test signs people in.
vi.mock('../../src/main/secret-hash.ts', async (original) => {
  const real = await original<typeof SecretHash>();
  return { ...real, hashSecret: (secret: string) => real.hashSecret(secret, { N: 1_024, r: 1, p: 1 }) };
});

afterEach(() => void vi.useRealTimers());

/** Makes time pass that the station counts, while sockets go on as they do. */
function fakeTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance', 'Date'] });
}

describe('A socket is closed', () => {
  it('where no token comes in three seconds', async () => {
    const { opened, callId } = await talk();
    fakeTime();
    const end = openSocket(opened.door, callId, null);
    await once(end.socket, 'open');
    vi.advanceTimersByTime(3_000);
    expect(await end.closed).toBe(4401);
  });

  it.each([
    ['junk', 'hello'],
    ['another message', JSON.stringify(offer)],
    ['a wrong token', JSON.stringify({ type: 'auth', token: 'junk' })],
  ])('where the first message is %s instead of a token', async (_what, message) => {
    const { opened, callId } = await talk();
    const end = openSocket(opened.door, callId, null);
    await once(end.socket, 'open');
    end.socket.send(message);
    expect(await end.closed).toBe(4401);
    expect(end.heard).toEqual([]);
  });

  it('at a message of more than 64 KiB, before it has come', async () => {
    const { ends } = await bothEnds();
    ends.anna.socket.send(JSON.stringify({ type: 'text', message: 'a'.repeat(65_537), timestamp: 0 }));
    expect(await ends.anna.closed).toBe(1009);
    await expect.poll(() => ends.berta.heard.at(-1)).toEqual({ type: 'peer_left' });
  });

  it('at a binary message', async () => {
    const { ends } = await bothEnds();
    ends.anna.socket.send(Buffer.from([1, 2, 3]));
    expect(await ends.anna.closed).toBe(1003);
  });

  it('at text that is not UTF-8', async () => {
    const { ends } = await bothEnds();
    ends.anna.socket.send(Buffer.from([0xff, 0xfe, 0xc3, 0x28]), { binary: false });
    expect(await ends.anna.closed).toBe(1007);
  });

  it('at the fifth message that can’t be read, none of which gets any further', async () => {
    const { ends } = await bothEnds();
    const deep = '['.repeat(5_000) + ']'.repeat(5_000);
    const bad = ['hello', '[]', deep, '{"__proto__":1,"type":"text","message":"a","timestamp":1}', '{"type":"shout"}'];
    for (const message of bad) ends.anna.socket.send(message);
    expect(await ends.anna.closed).toBe(1008);
    expect(ends.anna.heard.filter((notice) => notice.type === 'error').map(({ code }) => code)).toEqual(
      bad.map(() => 'bad_message'),
    );
    await expect.poll(() => ends.berta.heard.slice(1)).toEqual([{ type: 'peer_left' }]);
  });

  it.each([
    ['an offer of another type', { type: 'offer', offer: { type: 'answer', sdp: 'v=0' } }],
    ['an offer that is no SDP', { type: 'offer', offer: { type: 'offer', sdp: 'hello' } }],
    ['an offer longer than any', { type: 'offer', offer: { type: 'offer', sdp: `v=0${'a'.repeat(60_000)}` } }],
    ['an answer without SDP', { type: 'answer', answer: { type: 'answer' } }],
    ['more than belongs in it', { ...candidate, to: 'user:Eve' }],
    ['a candidate that is a number', { type: 'ice_candidate', candidate: 5 }],
    ['a candidate as long as a book', { type: 'ice_candidate', candidate: { candidate: 'a'.repeat(5_000) } }],
    ['a state that there is not', { type: 'connection_state', connection_state: 'fine' }],
    ['a text longer than a page', { type: 'text', message: 'a'.repeat(4_001), timestamp: 1 }],
    ['a text without time', { type: 'text', message: 'a', timestamp: null }],
    ['an empty text', { type: 'text', message: '', timestamp: 1 }],
  ])('not at %s, which is refused', async (_what, message) => {
    const { ends } = await bothEnds();
    ends.anna.send(message);
    await expect.poll(() => ends.anna.heard.at(-1)).toMatchObject({ type: 'error', code: 'bad_message' });
    ends.anna.send(offer);
    await expect.poll(() => ends.berta.heard.slice(1)).toEqual([offer]);
  });

  it('not at what comes out of order, which is refused', async () => {
    const { ends } = await bothEnds();
    for (const message of [candidate, answer]) ends.anna.send(message);
    await expect
      .poll(() => ends.anna.heard.slice(2))
      .toMatchObject([
        { type: 'error', code: 'wrong_state' },
        { type: 'error', code: 'wrong_state' },
      ]);
    expect(ends.berta.heard).toHaveLength(1);
  });

  it('when it sends too much: one message is dropped with a warning, and then it is over', async () => {
    const { ends } = await bothEnds();
    const many = Array.from({ length: 60 }, (_, at) => ({ type: 'text', message: `${at}`, timestamp: at }));
    for (const message of many) ends.anna.send(message);
    expect(await ends.anna.closed).toBe(1008);
    expect(ends.anna.heard.filter((notice) => notice.type === 'error')).toMatchObject([{ code: 'slow_down' }]);
    const passed = ends.berta.heard.filter(({ type }) => type === 'text').length;
    expect(passed).toBeGreaterThanOrEqual(40);
    expect(passed).toBeLessThan(60);
  });

  it('when it has not answered for 30 seconds; one that answers stays', async () => {
    const { opened, anna, berta, callId } = await talk();
    fakeTime();
    const silent = await joinedByHand(opened, callId, anna, { autoPong: false });
    const alive = await joinedByHand(opened, callId, berta, {});
    for (let pings = 1; pings <= 4; pings++) {
      const pinged = once(alive.socket, 'ping');
      vi.advanceTimersByTime(10_000);
      await pinged;
      // The answer has come when the station has answered to what was sent behind it.
      alive.send('?');
      await heardErrors(alive, pings);
    }
    expect(await silent.closed).toBe(1006);
    expect(alive.socket.readyState).toBe(alive.socket.OPEN);
  });
});

/** As `joined`, while time stands still. */
async function joinedByHand(opened: NetworkDoor, callId: string, user: SignedInUser, options: object) {
  const end = openSocket(opened.door, callId, user.token, options);
  await once(end.socket, 'message');
  return end;
}

async function heardErrors({ socket, heard }: CallEnd, count: number): Promise<void> {
  while (heard.filter(({ type }) => type === 'error').length < count) await once(socket, 'message');
}
