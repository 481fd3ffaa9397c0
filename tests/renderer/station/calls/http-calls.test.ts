import { expect, it, onTestFinished, vi } from 'vitest';
import type * as SecretHash from '../../../../src/main/secret-hash.ts';
import { AccessPass } from '../../../../src/renderer/station/access-pass.ts';
import { HttpClient } from '../../../../src/renderer/station/http-client.ts';
import type {
  Signaling,
  SignalingNotices,
  SignalingState,
} from '../../../../src/renderer/station/calls/station-calls.ts';
import type { CallNotice, CallsState } from '../../../../src/shared/calls.ts';
import { joined, openSocket, signIn, type SignedInUser } from '../../../http/call-people.ts';
import { openNetworkDoor, type NetworkDoor } from '../../../http/network-door.ts';

// What makes a hash slow is not looked at here, and each test signs people in.
vi.mock('../../../../src/main/secret-hash.ts', async (original) => {
  const real = await original<typeof SecretHash>();
  return { ...real, hashSecret: (secret: string) => real.hashSecret(secret, { N: 1_024, r: 1, p: 1 }) };
});

/** A user's page, as far as calls go. */
async function openPage(opened: NetworkDoor, { refreshToken }: SignedInUser) {
  const baseUrl = new URL(opened.door.url);
  const pass = new AccessPass(baseUrl, { read: () => ({ kind: 'user', refreshToken }), keep: () => undefined });
  const client = new HttpClient(baseUrl, pass);
  const seen: CallsState[] = [];
  client.calls.onCalls((state) => seen.push(state));
  onTestFinished(client.onState(() => undefined));
  await expect.poll(() => seen.length).toBeGreaterThan(0);
  return { calls: client.calls, newest: () => seen.at(-1) };
}

function follow(open: (notices: SignalingNotices) => Signaling) {
  const notices: CallNotice[] = [];
  const states: SignalingState['kind'][] = [];
  const signaling = open({ notice: (notice) => notices.push(notice), state: ({ kind }) => states.push(kind) });
  onTestFinished(() => signaling.close());
  return { signaling, notices, states };
}

/** Anna's page has called Berta's, which has answered. */
async function talk() {
  const opened = await openNetworkDoor();
  const users = { anna: await signIn(opened, 'Anna'), berta: await signIn(opened, 'Berta') };
  const [anna, berta] = [await openPage(opened, users.anna), await openPage(opened, users.berta)];
  const { callId } = await anna.calls.initiate('user:Berta');
  await expect.poll(() => berta.newest()?.call?.kind).toBe('pending');
  await berta.calls.accept(callId);
  await expect.poll(() => anna.newest()?.call?.kind).toBe('ongoing');
  return { opened, users, anna, berta, callId };
}

it('A page’s signaling joins, speaks with the other page, and is over with the call', async () => {
  const { anna, berta, callId } = await talk();
  const first = follow((notices) => anna.calls.openSignaling(callId, notices));
  const second = follow((notices) => berta.calls.openSignaling(callId, notices));
  await expect.poll(() => first.notices.length + second.notices.length).toBe(3);
  const text = { type: 'text', message: 'Hello', timestamp: 1 } as const;
  expect(first.signaling.send(text)).toBe(true);
  await expect.poll(() => second.notices.at(-1)).toEqual(text);
  await berta.calls.end(callId);
  await expect.poll(() => first.states.at(-1)).toBe('closed');
  expect(first.notices.at(-1)).toEqual({ type: 'ended', why: 'hung_up' });
  expect(anna.newest()?.call).toMatchObject({ kind: 'ended', why: 'hung_up' });
});

it('A page whose call was joined on another page does not take it back', async () => {
  const { opened, users, anna, callId } = await talk();
  const first = follow((notices) => anna.calls.openSignaling(callId, notices));
  await expect.poll(() => first.states.at(-1)).toBe('open');
  const other = await joined(opened.door, callId, users.anna.token);
  await expect.poll(() => first.states).toEqual(['connecting', 'open', 'closed']);
  expect(first.notices.at(-1)).toEqual({ type: 'ended', why: 'elsewhere' });
  expect(other.socket.readyState).toBe(other.socket.OPEN);
});

it('A page that was cut comes back by itself', async () => {
  const { opened, users, anna, callId } = await talk();
  const peer = await joined(opened.door, callId, users.berta.token);
  const first = follow((notices) => anna.calls.openSignaling(callId, notices));
  await expect.poll(() => peer.heard.at(-1)?.type).toBe('peer_joined');
  // The station cuts it for a flood, which is no reason for a person's page to give up.
  for (let number = 0; number < 60; number++) {
    first.signaling.send({ type: 'text', message: `${number}`, timestamp: 1 });
  }
  await expect.poll(() => first.states).toEqual(['connecting', 'open', 'waiting', 'open']);
  await expect.poll(() => peer.heard.at(-1)?.type).toBe('peer_joined');
});

it('A page that asks for a call of others, or one that is over, is told so once and asks no more', async () => {
  const { opened, anna } = await talk();
  const eve = await openPage(opened, await signIn(opened, 'Eve'));
  const callId = anna.newest()?.call?.callId ?? '';
  const third = follow((notices) => eve.calls.openSignaling(callId, notices));
  await expect.poll(() => third.states).toEqual(['connecting', 'closed']);
  await expect(eve.calls.end(callId)).rejects.toMatchObject({ reason: 'unknown_call' });
  await expect(eve.calls.initiate('user:Berta')).rejects.toMatchObject({ reason: 'peer_busy' });
  expect(await openSocket(opened.door, callId, 'junk').closed).toBe(1006);
});
