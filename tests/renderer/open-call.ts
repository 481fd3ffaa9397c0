import { beforeEach, vi } from 'vitest';
import type { Party } from '../../src/shared/calls.ts';
import { anna, FakeCalls, FakeMediaStream, operator, person } from './fake-calls.ts';
import { FakePeer, fakePictures } from './fake-page.ts';
import { openPage, settle, station, stream, tap } from './open-page.ts';

/** What is on the wall of a page in a call. */
export const wall = [stream('bench', { name: 'Bench' })];
/** Those of the page that was opened last. */
export let calls: FakeCalls;

beforeEach(() => {
  FakePeer.made = [];
  vi.stubGlobal('MediaStream', FakeMediaStream);
  fakePictures(HTMLAudioElement.prototype);
  calls = new FakeCalls();
  station.calls = calls;
});

/** Opens the page of somebody who can call others. */
export async function open(me: Party = operator, people = [person(anna)]): Promise<void> {
  calls = new FakeCalls(me, people);
  station.calls = calls;
  await openPage(wall);
}

/** Opens the page, and a call that both pages are in, with its panel. */
export async function openCall(): Promise<FakePeer> {
  await open();
  calls.ring(anna, operator);
  await settle();
  await tap('call-accept');
  calls.answer(anna, operator);
  calls.open(true);
  await settle();
  const peer = FakePeer.newest;
  for (const channel of peer.channels) channel.open();
  peer.turn('connected');
  await settle();
  return peer;
}

/** This page's end of a data channel. */
export function channelOf(peer: FakePeer, label: string) {
  const found = peer.channels.find((each) => each.label === label);
  if (!found) throw new Error(`There is no channel ${label}.`);
  return found;
}

/** The other end says something over a data channel. */
export async function hear(peer: FakePeer, label: string, message: object): Promise<void> {
  channelOf(peer, label).hear(JSON.stringify(message));
  await settle();
}
