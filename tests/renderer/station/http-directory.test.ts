import { pino } from 'pino';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Colleagues } from '../../../src/main/access/colleagues.ts';
import { AccessPass } from '../../../src/renderer/station/access-pass.ts';
import type { DirectoryClient } from '../../../src/renderer/station/directory-client.ts';
import { httpDirectory } from '../../../src/renderer/station/http-directory.ts';
import { openLabStation } from '../../../src/renderer/station/lab-station.ts';
import type { Role } from '../../../src/shared/access.ts';
import { fakeStation, sampleState } from '../../contract/fake-station.ts';
import { hourMs, openLab, type Lab } from '../../directory/lab.ts';
import { openNetworkDoor } from '../../http/network-door.ts';
import { openGuardedDoor, type GuardedDoor, type LabParts } from '../../support/guarded-door.ts';

const log = pino({ level: 'silent' });
const password = 'a long password';
const place = { playsWhileHidden: false, offersFullScreen: true, hands: 'mouse', kiosk: null } as const;
const bench = { name: 'Bench', type: 'microscope', webrtc_url: 'https://192.0.2.7:8081', rtsp_url: null } as const;

async function openDoor(parts: LabParts): Promise<GuardedDoor> {
  const opened = await openGuardedDoor(fakeStation(), log, null, {}, undefined, parts);
  onTestFinished(() => opened.close());
  return opened;
}

async function signIn({ door, guard }: Pick<GuardedDoor, 'door' | 'guard'>, role: Role): Promise<DirectoryClient> {
  await guard.admin.addUser({ name: 'Anna', password, role, streams: 'all' });
  const baseUrl = new URL(door.url);
  const pass = new AccessPass(baseUrl);
  await pass.signIn('Anna', password);
  return httpDirectory(baseUrl, pass);
}

/** The directory in the browser of somebody who has signed in at a real door. */
async function openAs(role: Role): Promise<{ readonly directory: DirectoryClient; readonly lab: Lab }> {
  const lab = await openLab();
  const opened = await openDoor({ directory: lab.desk });
  return { directory: await signIn(opened, role), lab };
}

describe('The directory over HTTP', () => {
  test('says what it is, and that it is none', async () => {
    const { directory, lab } = await openAs('viewer');
    expect(await directory.info()).toEqual({
      id: lab.tickets.directoryId,
      timeZone: 'Europe/Berlin',
      publicKey: lab.tickets.publicKey,
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
    });
    expect(await (await signIn(await openNetworkDoor(), 'viewer')).info()).toBeNull();
  });

  test('adds, changes, finds and removes stations', async () => {
    const { directory } = await openAs('admin');
    expect(await directory.addStation({ ...bench, access: 'open' })).toMatchObject({ id: 'bench', status: 'unknown' });
    expect(await directory.changeStation('bench', { access: 'booking' })).toMatchObject({ access: 'booking' });
    expect(await directory.changeStation('attic', { access: 'booking' })).toBeNull();
    expect(await directory.found()).toMatchObject([{ name: 'Bench', isListed: true }]);
    expect(await directory.stations()).toHaveLength(1);
    expect(await directory.removeStation('bench')).toBe(true);
    expect(await directory.removeStation('bench')).toBe(false);
  });

  test('books, changes, lists, cancels and keeps as a calendar, and says in words what is refused', async () => {
    const { directory } = await openAs('admin');
    await directory.addStation({ ...bench, access: 'booking' });
    const fromMs = Date.now() + hourMs;
    const wish = { station: 'bench', fromMs, untilMs: fromMs + hourMs, purpose: 'cells' };
    const { id } = await directory.book(wish);
    await expect(directory.book(wish)).rejects.toMatchObject({ reason: 'booked_already' });
    const inverted = directory.book({ ...wish, fromMs: wish.untilMs, untilMs: fromMs });
    await expect(inverted).rejects.toMatchObject({ reason: 'bad_setting', message: 'A booking ends after it begins.' });
    const past = directory.book({ ...wish, fromMs: 0, untilMs: hourMs });
    await expect(past).rejects.toMatchObject({ reason: 'bad_setting', message: 'That time has passed.' });
    expect(await directory.changeBooking(id, { purpose: 'more cells' })).toMatchObject({ purpose: 'more cells' });
    expect(await directory.bookings({ fromMs, untilMs: null })).toMatchObject([{ id, isOwn: true, user: 'Anna' }]);
    expect(await directory.agenda('bench')).toMatchObject({ current: null, next: { id } });
    expect(await directory.agenda('attic')).toBeNull();
    expect(await (await directory.calendarFile?.())?.text()).toContain('SUMMARY:Bench: Anna');
    expect(await directory.cancelBooking(id)).toBe(true);
    expect(await directory.cancelBooking(id)).toBe(false);
  });
});

describe('Another station of the lab', () => {
  /** @param isTrusted Whether the station takes tickets of the directory. */
  async function openStation(isTrusted: boolean) {
    const { directory, lab } = await openAs('viewer');
    const publicKey = isTrusted ? lab.tickets.publicKey : (await openLab()).tickets.publicKey;
    const colleagues = new Colleagues([{ name: 'Lab', url: 'http://192.0.2.1', publicKey, station: 'bench' }], log);
    const { door } = await openDoor({ colleagues });
    // The directory refuses addresses of loopback, where all of this stays.
    lab.file.stations.add({ ...bench, id: 'bench', access: 'open', webrtc_url: door.url.replace(/\/$/, '') });
    const onEnded = (): void => undefined;
    return openLabStation({ directory, stationId: 'bench', place, page: {} as Document, onEnded });
  }

  test('lets in with a ticket, and knows whom', async () => {
    const link = await openStation(true);
    onTestFinished(() => link.close());
    const { client } = link.connection;
    expect(await client.state()).toMatchObject({ station: { name: sampleState().station.name } });
    expect(await client.me()).toMatchObject({ kind: 'colleague', name: 'Anna' });
  });

  test('that does not trust the directory says so', async () => {
    await expect(openStation(false)).rejects.toMatchObject({
      reason: 'sign_in_needed',
      message: 'The station does not take the ticket.',
    });
  });
});
