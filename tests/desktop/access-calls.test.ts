import { pino } from 'pino';
import { beforeEach, expect, test } from 'vitest';
import { openIpcDoor } from '../../src/main/desktop/ipc-door.ts';
import { accessChannels } from '../../src/shared/ipc.ts';
import { fakeStation } from '../contract/fake-station.ts';
import { idleCalls } from '../support/idle-calls.ts';
import { Guard, RecordingAccess, RecordingSettings, RecordingShell, sampleUser } from './fakes.ts';
import { pageCall, pageOrigin, Wire } from './wire.ts';

let wire: Wire;
let access: RecordingAccess;
let guard: Guard;

beforeEach(() => {
  wire = new Wire();
  access = new RecordingAccess();
  guard = new Guard();
  openIpcDoor({
    station: fakeStation(),
    settings: new RecordingSettings(),
    access,
    calls: idleCalls().station,
    directory: null,
    due: () => null,
    shell: new RecordingShell(),
    guard,
    port: wire,
    page: { id: 1, origin: pageOrigin, send: () => undefined },
    log: pino({ level: 'silent' }),
  });
});

const call = (channel: string, ...args: unknown[]): Promise<unknown> => wire.call(pageCall, channel, ...args);

const ada = { name: 'Ada', password: 'a long password', role: 'viewer', streams: ['bench'] };
const forAll = { fromMs: null, untilMs: null };

test('Who may come in can be seen and decided while the kiosk is open, and only deciding keeps it open', async () => {
  expect(await call(accessChannels.users)).toEqual({ ok: [sampleUser] });
  await call(accessChannels.present);
  await call(accessChannels.attendance, forAll);
  expect(guard.kept).toBe(0);
  await call(accessChannels.addUser, ada);
  await call(accessChannels.changeUser, 1, { isDisabled: true });
  await call(accessChannels.addMachineToken, { name: 'logger', role: 'viewer', expiresInDays: 30 });
  await call(accessChannels.dismiss, 7);
  expect(guard.kept).toBe(4);
  expect(access.calls).toEqual([
    ['users'],
    ['present'],
    ['attendance', forAll],
    ['addUser', ada],
    ['changeUser', 1, { isDisabled: true }],
    ['addMachineToken', { name: 'logger', role: 'viewer', streams: 'all', expiresInDays: 30 }],
    ['dismiss', 7],
  ]);
});

test.each(Object.entries(accessChannels))(
  'Who may come in can be neither seen nor decided while the kiosk is locked: %s',
  async (_, channel) => {
    guard.isOpen = false;
    for (const args of [[], [1], [ada], [1, {}], [forAll]]) {
      const result = await call(channel, ...args);
      expect(result).not.toHaveProperty('ok');
      expect(JSON.stringify(result)).toContain('locked');
    }
    expect(access.calls).toEqual([]);
  },
);

test.each([
  ['a short password', accessChannels.addUser, [{ ...ada, password: 'short' }], '"password" must be at least 10'],
  ['a role that is none', accessChannels.addUser, [{ ...ada, role: 'king' }], '"role" must be one of'],
  ['a key too many', accessChannels.changeUser, [1, { id: 2 }], 'a key that is not known'],
  ['no change at all', accessChannels.changeUser, [1, null], 'must be a JSON object'],
  ['a token for ever', accessChannels.addMachineToken, [{ name: 'x', role: 'viewer', expiresInDays: 9_999 }], '366'],
])('%s is refused in words for a person', async (_what, channel, args, words) => {
  expect(await call(channel, ...args)).toMatchObject({
    error: { reason: 'bad_setting', message: expect.stringContaining(words) as string },
  });
  expect(access.calls).toEqual([]);
});

test.each([
  ['an id that is a text', accessChannels.removeUser, ['1']],
  ['an id that is none', accessChannels.dismiss, [Number.NaN]],
  ['an id and more', accessChannels.removeMachineToken, [1, 2]],
  ['a span without an end', accessChannels.attendance, [{ fromMs: 1 }]],
  ['no span', accessChannels.attendance, []],
])('%s is no call at all', async (_what, channel, args) => {
  expect(await call(channel, ...args)).toMatchObject({ error: { reason: 'bad_arguments' } });
  expect(access.calls).toEqual([]);
});
