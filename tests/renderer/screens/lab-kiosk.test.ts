// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ok } from '../bridge-results.ts';
import { sampleUser } from '../fake-access.ts';
import { FakeBridge, refused } from '../fake-bridge.ts';
import { labInfo, labStation, type FakeDirectory } from '../fake-directory.ts';
import { marked, openKiosk, settle, stream, tap, text, type } from '../open-page.ts';

const wall = [stream('bench')];
let directory: FakeDirectory;

const all = (mark: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(`[data-testid="${mark}"]`)];
const inputs = (mark: string): HTMLInputElement[] => [...(marked(mark)?.querySelectorAll('input') ?? [])];

async function fill(element: HTMLInputElement | undefined, value: string): Promise<void> {
  if (!element) throw new Error('There is no such field.');
  await type(element, value);
}

describe('The lab on the kiosk of the directory', () => {
  let bridge: FakeBridge;

  beforeEach(() => {
    vi.setSystemTime('2026-11-23T11:04:00Z');
    bridge = new FakeBridge();
    bridge.directory.infoNow = labInfo('Asia/Tokyo');
    bridge.directory.stationsNow = [labStation('bench', { type: 'microscope' })];
    directory = bridge.directory;
  });

  async function openLab(): Promise<void> {
    await openKiosk(wall, bridge);
    await settle();
    await tap('lab');
  }

  test('adds what announces itself on the network, and says what is refused', async () => {
    directory.foundNow = [
      { name: 'Attic', webrtc_url: 'http://192.168.4.30:8081', isListed: false },
      { name: 'Bench', webrtc_url: 'https://192.168.4.20:8081/bench', isListed: true },
    ];
    await openLab();
    await tap('search-stations');
    expect(all('found-station').map(text)).toEqual(['Attic http://192.168.4.30:8081']);
    await tap('add-found');
    await tap('save-station');
    expect(text(marked('station-type'))).toContain('Fill this in.');
    await fill(inputs('station-type')[0], 'microscope');
    directory.addStation.mockImplementationOnce(() => refused('bad_setting', 'That is this directory itself.'));
    await tap('save-station');
    expect(text(marked('lab-form'))).toContain('That is this directory itself.');
    await tap('save-station');
    const [added] = directory.addStation.mock.lastCall ?? [];
    expect(added).toMatchObject({ name: 'Attic', type: 'microscope', webrtc_url: 'http://192.168.4.30:8081' });
    expect(all('lab-station')).toHaveLength(2);
  });

  test('changes and removes a station, the latter after a question', async () => {
    await openLab();
    await tap('change-station');
    await fill(inputs('station-name')[0], 'Bench 2');
    await tap('save-station');
    expect(directory.changeStation.mock.lastCall).toMatchObject(['bench', { name: 'Bench 2', rtsp_url: null }]);
    await tap('change-station');
    await tap('remove-station');
    expect(text(marked('remove-station'))).toBe('Remove Bench 2 and its bookings?');
    await tap('remove-station');
    expect(all('lab-station')).toEqual([]);
  });

  test('asks an admin before it trusts another certificate of a station, whatever else is changed', async () => {
    directory.stationsNow = [labStation('bench', { status: 'untrusted' })];
    await openLab();
    expect(text(marked('lab-station'))).toContain('shows another certificate');
    expect(text(marked('lab-station'))).toContain('nothing is sent there');
    await tap('change-station');
    await fill(inputs('station-name')[0], 'Bench 2');
    await tap('save-station');
    expect(directory.changeStation.mock.lastCall?.[1]).not.toHaveProperty('webrtc_url');
    await tap('change-station');
    inputs('take-certificate')[0]?.click();
    await tap('save-station');
    expect(directory.changeStation.mock.lastCall?.[1]).toMatchObject({ webrtc_url: labStation('bench').webrtc_url });
  });

  test('connects to a station by way of the program, and offers no other page where that fails', async () => {
    const asked: string[] = [];
    vi.stubGlobal('fetch', (url: URL) => {
      asked.push(url.pathname);
      return Promise.resolve(Response.json({ code: 'unreachable' }, { status: 504 }));
    });
    directory.connect.mockImplementation(() =>
      ok({
        robot_id: 'bench',
        webrtc_url: 'https://192.168.4.20:8081',
        message: '',
        ticket: 'a-ticket',
        ticket_expires_in_ms: 900_000,
        booking_until_ms: null,
      }),
    );
    await openLab();
    await tap('connect');
    await settle();
    expect(asked).toEqual(['/stations/bench/api/state']);
    expect(text(marked('watching-fault'))).toContain('It may be off, or not be shared on the network.');
    expect(marked('own-page')).toBeNull();
    await tap('to-stations');
    expect(all('lab-station')).toHaveLength(1);
  });

  test('books for a user, because it is nobody itself', async () => {
    bridge.access.usersNow = [sampleUser('Anna')];
    await openLab();
    await tap('book');
    await tap('save-booking');
    expect(text(marked('booking-user'))).toContain('Choose who.');
    expect(directory.book).not.toHaveBeenCalled();
    const select = marked('booking-user')?.querySelector('select');
    if (!select) throw new Error('There is nobody to choose.');
    select.value = 'Anna';
    select.dispatchEvent(new Event('change'));
    await tap('save-booking');
    expect(directory.book.mock.lastCall).toMatchObject([{ station: 'bench', user: 'Anna' }]);
  });

  test('closes when the kiosk is locked, and opens again with the PIN only', async () => {
    bridge.pin = '274913';
    await openLab();
    bridge.lockWith('274913');
    await settle();
    expect(marked('lab-screen')).toBeNull();
    await tap('lab');
    expect(marked('lab-screen')).toBeNull();
  });
});
