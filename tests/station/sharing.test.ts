import { describe, expect, it, vi } from 'vitest';
import { pino } from 'pino';
import type { AcceptViewer } from '../../src/main/station/ports.ts';
import { Seats } from '../../src/main/station/seats.ts';
import { FakeViewer } from './fake-viewer.ts';
import { openStation, type World } from './fakes.ts';

describe('A station that is not shared', () => {
  it('says so', async () => {
    const { station } = openStation();
    expect(station.state().station.isShared).toBe(false);
    await station.setShared(true);
    expect(station.state().station.isShared).toBe(true);
  });

  it('opens no session that reaches the network, whoever offers', async () => {
    const { station, viewers, offers } = openStation();
    await expect(station.watch('one', 'h264', 'network')).rejects.toMatchObject({ reason: 'sign_in_needed' });
    await expect(station.offerViewer('one', undefined, 'network')).rejects.toMatchObject({ reason: 'sign_in_needed' });
    expect([...viewers, ...offers]).toEqual([]);
  });
});

describe('Two stations that share their places', () => {
  function openPair() {
    const viewers: FakeViewer[] = [];
    const acceptViewer: AcceptViewer = (_offer, _reach, notices) => {
      const viewer = new FakeViewer('h264', notices);
      viewers.push(viewer);
      return Promise.resolve({ viewer, answerSdp: 'answer' });
    };
    const offerViewer = () => Promise.reject(new Error('No test here lets the station offer.'));
    const seats = new Seats({ acceptViewer, offerViewer, maxViewers: 2, logger: pino({ level: 'silent' }) });
    return { viewers, own: openStation({}, seats).station, lent: openStation({}, seats).station };
  }

  it('have no more of them together, and either steers the sessions of both', async () => {
    const { own, lent } = openPair();
    const { viewerId } = await lent.watch('one', 'h264');
    await own.watch('one', 'h264');
    await expect(lent.watch('one', 'h264')).rejects.toMatchObject({ reason: 'station_full' });
    await own.leave(viewerId);
    expect([own.state().viewers.length, lent.state().viewers.length]).toEqual([1, 0]);
    await lent.watch('one', 'h264');
    expect(lent.state().viewers).toHaveLength(1);
  });

  it('leave each other’s Viewers alone when they close', async () => {
    const { own, lent, viewers } = openPair();
    await own.watch('one', 'h264');
    await lent.watch('one', 'h264');
    await lent.close();
    expect(viewers.map(({ end }) => end)).toEqual([null, 'station_closing']);
    expect(own.state().viewers).toHaveLength(1);
  });
});

describe('A station that is no longer shared', () => {
  it('ends the sessions that reach the network and leaves the others alone', async () => {
    const { station, viewers, offers, join } = openStation();
    const own = await join();
    await station.setShared(true);
    await station.watch('one', 'h264', 'network');
    await station.offerViewer('one', undefined, 'network');
    await station.setShared(false);
    expect(viewers.map(({ end }) => end)).toEqual([null, 'no_longer_shared']);
    expect(offers.map(({ end }) => end)).toEqual(['no_longer_shared']);
    expect(own.isConnected).toBe(true);
    expect(station.state().streams[0]?.viewers).toBe(1);
  });

  it('ends a session too that was still being made', async () => {
    const made = vi.fn<() => void>();
    let finish: () => void = () => undefined;
    const viewers: FakeViewer[] = [];
    const acceptViewer: AcceptViewer = async (_offer, _reach, notices) => {
      made();
      await new Promise<void>((resolve) => (finish = resolve));
      const viewer = new FakeViewer('h264', notices);
      viewers.push(viewer);
      return { viewer, answerSdp: 'answer' };
    };
    const { station } = openStation({ acceptViewer });
    await station.setShared(true);
    const watching = station.watch('one', 'h264', 'network');
    await vi.waitFor(() => expect(made).toHaveBeenCalled());
    await station.setShared(false);
    finish();
    await expect(watching).rejects.toMatchObject({ reason: 'sign_in_needed' });
    expect(viewers.map(({ end }) => end)).toEqual(['no_longer_shared']);
    expect(station.state().streams[0]?.viewers).toBe(0);
  });

  it.each([0, 1, 2, 3, 4, 5])('leaves none open that comes about %i turns before', async (turns) => {
    const { station, viewers, offers, stream } = openStation();
    await station.setShared(true);
    const opened = Promise.allSettled([
      station.watch('one', 'h264', 'network'),
      station.offerViewer('one', undefined, 'network'),
    ]);
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    await station.setShared(false);
    await opened;
    expect([...viewers, ...offers].map(({ end }) => end)).toEqual(['no_longer_shared', 'no_longer_shared']);
    expect(stream().viewers).toBe(0);
    for (const { id } of [...viewers, ...offers]) {
      await expect(station.leave(id)).rejects.toMatchObject({ reason: 'unknown_viewer' });
    }
  });
});

describe('Guests', () => {
  const reasonOf = (error: unknown): unknown => (error as { reason?: unknown }).reason;
  /** How many sessions over the network a station opens before it says that it is full. */
  async function fill({ station }: World): Promise<number> {
    await station.setShared(true);
    for (let guests = 0; ; guests++) {
      const wish =
        guests % 2 === 0 ? station.watch('one', 'h264', 'network') : station.offerViewer('one', [], 'network');
      const refusal = await wish.then(() => null, reasonOf);
      if (refusal !== null) {
        expect(refusal).toBe('station_full');
        return guests;
      }
    }
  }

  it.each([
    [1_000, 984],
    [64, 48],
    [10, 7],
    [4, 3],
    [2, 1],
    [1, 0],
  ])('of a station with %i places have %i at most, and the kiosk has the rest', async (maxViewers, guests) => {
    const world = openStation({ maxViewers });
    expect(await fill(world)).toBe(guests);
    for (let own = guests; own < maxViewers; own++) await world.join();
    await expect(world.join()).rejects.toMatchObject({ reason: 'station_full' });
  });

  it('find a place again when one of them leaves, and none where the machine itself has taken them all', async () => {
    const world = openStation({ maxViewers: 8 });
    expect(await fill(world)).toBe(6);
    await world.viewers[0]?.close('left');
    await world.station.watch('one', 'h264', 'network');
    await world.viewers[1]?.close('left');
    await Promise.all([world.join(), world.join(), world.join()]);
    await expect(world.station.watch('one', 'h264', 'network')).rejects.toMatchObject({ reason: 'station_full' });
  });
});
