import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Calls } from '../../src/main/calls/calls.ts';
import { RingLimit } from '../../src/main/calls/ring-limit.ts';
import type { CallNotice, CallsApi, CallsState, Signal } from '../../src/shared/calls.ts';
import { StationError } from '../../src/shared/errors.ts';

/** One party with one page, and what it was told. */
interface Page {
  readonly api: CallsApi;
  readonly seen: CallsState[];
  readonly close: () => void;
}

let calls: Calls;
beforeEach(() => {
  vi.useFakeTimers();
  calls = new Calls({ stationName: () => 'Room 2', log: pino({ level: 'silent' }) });
});
afterEach(async () => {
  await calls.close();
  vi.useRealTimers();
});

function openPage(api: CallsApi): Page {
  const seen: CallsState[] = [];
  return { api, seen, close: api.onCalls((state) => seen.push(state)) };
}

const user = (name: string, seesPeople = true): CallsApi =>
  calls.of({ id: `user:${name}`, kind: 'user', name }, seesPeople);
const callOf = ({ seen }: Page) => seen.at(-1)?.call ?? null;

function reasonOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof StationError) return error.reason;
    throw error;
  }
  return 'taken';
}

/** Anna and the station in an ongoing call, both joined. */
function talk() {
  const [anna, station] = [openPage(user('Anna')), openPage(calls.station)];
  const { callId } = anna.api.initiate('station');
  station.api.accept(callId);
  const heard = { anna: [] as CallNotice[], station: [] as CallNotice[] };
  const annaLeg = anna.api.join(callId, (notice) => heard.anna.push(notice));
  const stationLeg = station.api.join(callId, (notice) => heard.station.push(notice));
  return { anna, station, callId, heard, annaLeg, stationLeg };
}

const offer: Signal = { type: 'offer', offer: { type: 'offer', sdp: 'v=0\r\n' } };
const answer: Signal = { type: 'answer', answer: { type: 'answer', sdp: 'v=0\r\n' } };
const candidate: Signal = {
  type: 'ice_candidate',
  candidate: { candidate: 'candidate:1', sdpMLineIndex: 0, sdpMid: '0' },
};

describe('Who is called', () => {
  it('rings on every page, and sees who calls', () => {
    const anna = openPage(user('Anna'));
    const pages = [openPage(calls.station), openPage(calls.station)];
    anna.api.initiate('station');
    for (const page of pages) expect(callOf(page)).toMatchObject({ kind: 'pending', caller: { name: 'Anna' } });
  });

  it('has to be there: whoever has no page open can’t be called, nor oneself', () => {
    const anna = openPage(user('Anna'));
    expect(reasonOf(() => anna.api.initiate('station'))).toBe('peer_unavailable');
    openPage(calls.station).close();
    expect(reasonOf(() => anna.api.initiate('station'))).toBe('peer_unavailable');
    expect(reasonOf(() => anna.api.initiate('user:Anna'))).toBe('peer_unavailable');
  });

  it('has one call at a time, and the caller too', () => {
    const [anna, berta] = [openPage(user('Anna')), openPage(user('Berta'))];
    openPage(calls.station);
    anna.api.initiate('station');
    expect(reasonOf(() => berta.api.initiate('station'))).toBe('peer_busy');
    expect(reasonOf(() => berta.api.initiate('user:Anna'))).toBe('peer_busy');
    expect(reasonOf(() => anna.api.initiate('user:Berta'))).toBe('in_call');
    expect(berta.seen.at(-1)?.people.map(({ id, isBusy }) => [id, isBusy])).toEqual([
      ['user:Anna', true],
      ['station', true],
    ]);
  });

  it('is the station only, for whoever may not see who is there', () => {
    const anna = openPage(user('Anna', false));
    openPage(user('Berta'));
    openPage(calls.station);
    expect(anna.seen.at(-1)?.people.map(({ id }) => id)).toEqual(['station']);
    expect(reasonOf(() => anna.api.initiate('user:Berta'))).toBe('not_allowed');
    expect(reasonOf(() => anna.api.initiate('user:Nobody'))).toBe('not_allowed');
  });
});

describe('Who calls in vain', () => {
  /** Anna, Berta and the station, all with a page open. */
  const open = () => [openPage(user('Anna')), openPage(user('Berta')), openPage(calls.station)] as const;
  const minuteMs = 60_000;

  it('three times in five minutes has to wait until the first of them is five minutes ago, as is said', () => {
    const [anna, berta, station] = open();
    const inVain = [
      () => vi.advanceTimersByTime(46_000),
      () => void station.api.decline(callOf(station)?.callId ?? ''),
      () => void anna.api.end(callOf(anna)?.callId ?? ''),
    ];
    for (const end of inVain) {
      anna.api.initiate('station');
      end();
    }
    const try4 = () => anna.api.initiate('station');
    expect(try4).toThrow('You can call there again in 5 minutes.');
    expect(reasonOf(try4)).toBe('rang_in_vain');
    vi.advanceTimersByTime(4 * minuteMs - 1_000);
    expect(try4).toThrow('You can call there again in 1 minute.');
    expect(callOf(station)).toBeNull();
    // Others are not kept from calling, nor Anna from calling others.
    berta.api.end(berta.api.initiate('station').callId);
    anna.api.end(anna.api.initiate('user:Berta').callId);
    vi.advanceTimersByTime(minuteMs + 1_000);
    expect(reasonOf(try4)).toBe('taken');
  });

  it('is as free as before once the two have talked, whoever has called', () => {
    for (const caller of ['anna', 'berta'] as const) {
      const [anna, berta] = open();
      for (let tries = 0; tries < 2; tries++) anna.api.end(anna.api.initiate('user:Berta').callId);
      const [from, to] = caller === 'anna' ? [anna, berta] : [berta, anna];
      const { callId } = from.api.initiate(to.api.calls().me.id);
      to.api.accept(callId);
      to.api.end(callId);
      for (let tries = 0; tries < 3; tries++) anna.api.end(anna.api.initiate('user:Berta').callId);
      expect(reasonOf(() => anna.api.initiate('user:Berta'))).toBe('rang_in_vain');
      vi.advanceTimersByTime(5 * minuteMs);
    }
  });

  it('can go on with it at the station’s own screen', () => {
    const [, , station] = open();
    for (let tries = 0; tries < 10; tries++) station.api.end(station.api.initiate('user:Anna').callId);
  });

  it('is forgotten where a thousand others have called since', () => {
    const limit = new RingLimit();
    for (let tries = 0; tries < 3; tries++) limit.rangInVain('user:Anna', 'station', tries);
    expect(limit.waitMs('user:Anna', 'station', 3)).toBeGreaterThan(0);
    for (let at = 0; at < 999; at++) limit.rangInVain(`user:${at}`, 'station', 3);
    expect(limit.waitMs('user:Anna', 'station', 3)).toBeGreaterThan(0);
    limit.rangInVain('user:one more', 'station', 3);
    expect(limit.waitMs('user:Anna', 'station', 3)).toBe(0);
  });
});

describe('A call that ends by itself', () => {
  it('is over when nobody has answered for 45 seconds, which both are told, and forgotten after a while', () => {
    const [anna, station] = [openPage(user('Anna')), openPage(calls.station)];
    anna.api.initiate('station');
    vi.advanceTimersByTime(44_000);
    expect(callOf(station)?.kind).toBe('pending');
    vi.advanceTimersByTime(2_000);
    for (const page of [anna, station]) expect(callOf(page)).toMatchObject({ kind: 'ended', why: 'unanswered' });
    vi.advanceTimersByTime(12_000);
    expect(callOf(anna)).toBeNull();
    expect(reasonOf(() => anna.api.initiate('station'))).toBe('taken');
  });

  it('is over when neither end has been there for 30 seconds, and goes on while one is', () => {
    const { anna, station, annaLeg, stationLeg } = talk();
    annaLeg.leave();
    vi.advanceTimersByTime(120_000);
    expect(callOf(anna)?.kind).toBe('ongoing');
    stationLeg.leave();
    vi.advanceTimersByTime(29_000);
    expect(callOf(anna)?.kind).toBe('ongoing');
    vi.advanceTimersByTime(2_000);
    for (const page of [anna, station]) expect(callOf(page)).toMatchObject({ kind: 'ended', why: 'deserted' });
  });

  it('is over when what let one of them in has ended', () => {
    const { anna, annaLeg, heard } = talk();
    annaLeg.expel();
    expect(callOf(anna)).toMatchObject({ kind: 'ended', why: 'access_ended' });
    expect(heard.station.at(-1)).toEqual({ type: 'ended', why: 'access_ended' });
  });
});

describe('The signaling of a call', () => {
  it('goes to the other end and to nobody else', () => {
    const { annaLeg, stationLeg, heard } = talk();
    annaLeg.send(offer);
    stationLeg.send(answer);
    stationLeg.send(candidate);
    expect(heard.station.slice(-1)).toEqual([offer]);
    expect(heard.anna.slice(-2)).toEqual([answer, candidate]);
  });

  it('is closed to everybody else, in the same words as if there were no such call', () => {
    const { callId } = talk();
    const eve = openPage(user('Eve')).api;
    const tries = [
      () => eve.join(callId, () => undefined),
      () => eve.end(callId),
      () => eve.accept(callId),
      () => eve.connection(callId),
      () => eve.connection('no-such-call'),
    ];
    expect(tries.map(reasonOf)).toEqual(tries.map(() => 'unknown_call'));
  });

  it('takes nothing out of order: no candidate before an offer, no answer without one, and none twice', () => {
    const { annaLeg, stationLeg } = talk();
    expect(reasonOf(() => annaLeg.send(candidate))).toBe('wrong_state');
    expect(reasonOf(() => stationLeg.send(answer))).toBe('wrong_state');
    annaLeg.send(offer);
    expect(reasonOf(() => annaLeg.send(answer))).toBe('wrong_state');
    stationLeg.send(answer);
    expect(reasonOf(() => stationLeg.send(answer))).toBe('wrong_state');
  });

  it('takes two offers that meet, of which one is answered', () => {
    const { annaLeg, stationLeg } = talk();
    annaLeg.send(offer);
    stationLeg.send(offer);
    stationLeg.send(answer);
    expect(reasonOf(() => annaLeg.send(answer))).toBe('wrong_state');
  });

  it('says nothing before the call was answered, and nothing to an end that is not there', () => {
    const anna = openPage(user('Anna'));
    const station = openPage(calls.station);
    const { callId } = anna.api.initiate('station');
    const leg = anna.api.join(callId, () => undefined);
    expect(reasonOf(() => leg.send(offer))).toBe('wrong_state');
    station.api.accept(callId);
    expect(reasonOf(() => leg.send(offer))).toBe('peer_unavailable');
  });

  it('moves to the page that has joined last, which the one before is told', () => {
    const { anna, callId, heard, annaLeg } = talk();
    const second: CallNotice[] = [];
    anna.api.join(callId, (notice) => second.push(notice));
    expect(heard.anna.at(-1)).toEqual({ type: 'ended', why: 'elsewhere' });
    expect(second).toEqual([{ type: 'joined', call_id: callId, peer: true }]);
    expect(reasonOf(() => annaLeg.send(offer))).toBe('wrong_state');
    annaLeg.leave();
    expect(heard.station.at(-1)).toEqual({ type: 'peer_joined' });
  });

  it('is counted for those in the call', () => {
    const { anna, annaLeg, callId } = talk();
    annaLeg.send(offer);
    annaLeg.send(candidate);
    annaLeg.send({ type: 'connection_state', connection_state: 'connected' });
    expect(anna.api.connection(callId)).toMatchObject({ callId, connectionState: 'connected', iceCandidatesCount: 1 });
    expect(calls.connections().map((each) => each.callId)).toEqual([callId]);
    anna.api.end(callId);
    expect(calls.connections()).toEqual([]);
  });
});
