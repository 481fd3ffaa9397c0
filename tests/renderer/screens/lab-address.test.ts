// @vitest-environment happy-dom
import { beforeEach, describe, expect, test } from 'vitest';
import { sharedClock } from '../../../src/renderer/station/clock.ts';
import { bridgeDirectory } from '../../../src/renderer/station/directory-client.ts';
import type { Right } from '../../../src/shared/access.ts';
import { FakeBridge, refused } from '../fake-bridge.ts';
import { FakeDirectory, labInfo, labStation } from '../fake-directory.ts';
import { marked, openKiosk, openPage, press, settle, station, stream, tap, text } from '../open-page.ts';

const wall = [stream('bench')];
const place = { playsWhileHidden: false, offersFullScreen: true, hands: 'mouse', kiosk: null } as const;
const tiles = (): NodeListOf<Element> => document.querySelectorAll('[data-testid="tile"]');
const address = (): string => location.pathname + location.search + location.hash;
let directory: FakeDirectory;

beforeEach(() => {
  directory = new FakeDirectory();
  directory.infoNow = labInfo('Asia/Tokyo');
  directory.stationsNow = [labStation('bench'), labStation('attic')];
});

/** @param at The address that the page is opened with. */
async function openAt(at: string, rights: readonly Right[] = ['watch', 'use_directory']): Promise<void> {
  history.replaceState(null, '', at);
  station.me.mockResolvedValue({ kind: 'user', name: 'Anna', role: 'viewer', rights, streams: 'all' });
  await openPage(wall, sharedClock, place, null, null, {
    ...bridgeDirectory(directory, location.href),
    calendarFile: null,
  });
  await settle();
  await settle();
}

/** As the browser's Back and Forward, and as a link into the page that is open. */
async function goTo(at: string): Promise<void> {
  history.replaceState(null, '', at);
  window.dispatchEvent(new Event('popstate'));
  await settle();
}

describe('The address of the lab', () => {
  test('follows what is shown there, and names it to whoever is sent it', async () => {
    await openAt('/');
    await tap('lab');
    expect(address()).toBe('/#lab');
    await tap('lab-calendar');
    expect(address()).toBe('/#lab/calendar');
    const select = marked('calendar-station')?.querySelector('select');
    if (!select) throw new Error('There is no station to choose.');
    select.value = 'attic';
    select.dispatchEvent(new Event('change'));
    await settle();
    expect(address()).toBe('/#lab/calendar/attic');
    await tap('lab-stations');
    await tap('connect');
    expect(address()).toBe('/#lab/watch/bench');
    await tap('to-stations');
    await tap('to-wall');
    expect(address()).toBe('/');
  });

  test('opens the calendar of a station, and the station itself, once it is known who is here', async () => {
    await openAt('/#lab/calendar/attic');
    expect(marked('calendar-station')?.querySelector('select')?.value).toBe('attic');
    await goTo('/#lab/watch/bench');
    expect(directory.connect.mock.lastCall).toEqual([{ robot_id: 'bench' }]);
    expect(address()).toBe('/#lab/watch/bench');
  });

  test('leads back to the picture that the lab was opened over', async () => {
    await openAt('/v/bench');
    await tap('lab');
    expect(address()).toBe('/#lab');
    await press('Escape');
    expect(address()).toBe('/v/bench');
    expect(tiles()).toHaveLength(1);
  });

  test('of a station that the lab does not have says so', async () => {
    directory.connect.mockImplementation(() => refused('unknown_station', 'The directory has no such station.'));
    await openAt('/#lab/watch/gone');
    expect(text(marked('watching-fault'))).toContain('The directory has no such station any more.');
    await goTo('/#lab/calendar/gone');
    expect(text(marked('unknown-station'))).toBe(
      'The lab has no such station, or has it no more. Choose another one above.',
    );
    expect(marked('new-booking')?.hasAttribute('disabled')).toBe(true);
  });

  test('says so where there is no lab for whoever follows it, and leads to the wall', async () => {
    await openAt('/#lab/watch/bench', ['watch']);
    expect(text(marked('link-broken'))).toContain('There is no lab here.');
    expect(tiles()).toHaveLength(0);
    await tap('show-wall');
    expect(address()).toBe('/');
    expect(tiles()).toHaveLength(1);
  });

  test('is left by the browser’s Back, and entered again by its Forward', async () => {
    await openAt('/');
    await tap('lab');
    await goTo('/');
    expect(tiles()).toHaveLength(1);
    await goTo('/#lab');
    expect(marked('lab-screen')).not.toBeNull();
  });

  test('is not there on the kiosk, whose page has one', async () => {
    const bridge = new FakeBridge();
    bridge.directory.infoNow = labInfo('Asia/Tokyo');
    history.replaceState(null, '', '/#lab/calendar');
    await openKiosk(wall, bridge);
    await settle();
    expect(marked('lab-screen')).toBeNull();
    await tap('lab');
    expect([address(), marked('week-grid')]).toEqual(['/#lab/calendar', null]);
  });
});
