import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { openIpcDoor } from '../../src/main/desktop/ipc-door.ts';
import type { DirectoryDesk, Due } from '../../src/shared/directory.ts';
import { directoryChannels } from '../../src/shared/ipc.ts';
import { fakeStation } from '../contract/fake-station.ts';
import { hourMs, openLab } from '../directory/lab.ts';
import { idleCalls } from '../support/idle-calls.ts';
import { Guard, RecordingAccess, RecordingSettings, RecordingShell } from './fakes.ts';
import { pageCall, pageOrigin, Wire } from './wire.ts';

const due: Due = { user: 'Anna', fromMs: 1, untilMs: 2, timeZone: null };
const bench = { name: 'Bench', type: 'microscope', webrtc_url: 'https://192.0.2.7:8081' };

function openKioskDoor(directory: DirectoryDesk | null) {
  const wire = new Wire();
  const guard = new Guard();
  openIpcDoor({
    station: fakeStation(),
    settings: new RecordingSettings(),
    access: new RecordingAccess(),
    calls: idleCalls().station,
    directory,
    due: () => due,
    shell: new RecordingShell(),
    guard,
    port: wire,
    page: { id: 1, origin: pageOrigin, send: () => undefined },
    log: pino({ level: 'silent' }),
  });
  const call = (channel: string, ...args: unknown[]): Promise<unknown> => wire.call(pageCall, channel, ...args);
  return { guard, call };
}

describe('The directory on its own screen', () => {
  test('is an admin’s, who says which stations there are and books for users', async () => {
    const { call, guard } = openKioskDoor((await openLab()).desk);
    expect(await call(directoryChannels.addStation, bench)).toMatchObject({ ok: { id: 'bench', access: 'open' } });
    const fromMs = Date.now() + hourMs;
    const wish = { station: 'bench', fromMs, untilMs: fromMs + hourMs };
    expect(await call(directoryChannels.book, wish)).toMatchObject({
      error: { reason: 'bad_setting', message: 'Say for whom the station is to be booked.' },
    });
    expect(await call(directoryChannels.book, { ...wish, user: 'Anna' })).toMatchObject({ ok: { user: 'Anna' } });
    expect(await call(directoryChannels.bookings, { fromMs: null, untilMs: null })).toMatchObject({
      ok: [{ user: 'Anna', isOwn: false }],
    });
    expect(await call(directoryChannels.addStation, { name: 'No type' })).toMatchObject({
      error: { reason: 'bad_setting' },
    });
    expect(await call(directoryChannels.connect, { robot_id: 'bench' })).toMatchObject({ ok: { robot_id: 'bench' } });
    // To look keeps nothing open, nor does a page that asks for another ticket by itself.
    expect(guard.kept).toBe(4);
  });

  test('is closed while the kiosk is locked, but for what it is and who is due', async () => {
    const { call, guard } = openKioskDoor((await openLab()).desk);
    guard.isOpen = false;
    const { info, due: dueChannel, ...others } = directoryChannels;
    expect(await call(info)).toMatchObject({ ok: { timeZone: 'Europe/Berlin' } });
    expect(await call(dueChannel)).toEqual({ ok: due });
    for (const channel of Object.values(others)) expect(JSON.stringify(await call(channel))).toContain('locked');
  });

  test('is not there where the station is none', async () => {
    const { call } = openKioskDoor(null);
    expect(await call(directoryChannels.info)).toEqual({ ok: null });
    expect(await call(directoryChannels.due)).toEqual({ ok: due });
    expect(await call(directoryChannels.stations)).toMatchObject({ error: { reason: 'not_allowed' } });
  });
});
