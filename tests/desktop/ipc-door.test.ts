import { pino } from 'pino';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { openIpcDoor, type IpcCallEvent, type IpcDoor } from '../../src/main/desktop/ipc-door.ts';
import type { IceCandidate, StationApi } from '../../src/shared/api.ts';
import { StationError } from '../../src/shared/errors.ts';
import {
  accessChannels,
  ipcChannels,
  phoneChannels,
  pushChannels,
  settingsChannels,
  shellChannels,
} from '../../src/shared/ipc.ts';
import { fakeStation, sampleOffer, sampleSession, sampleState, type FakeStation } from '../contract/fake-station.ts';
import { Guard, RecordingAccess, RecordingSettings, RecordingShell, sampleSettings } from './fakes.ts';
import { idleCalls } from '../support/idle-calls.ts';
import { pageCall, pageOrigin, Wire } from './wire.ts';

let wire: Wire;
let calls: unknown[];
let refusal: Error | null;
let settings: RecordingSettings;
let access: RecordingAccess;
let shell: RecordingShell;
let guard: Guard;
let pushed: unknown[];
let logged: { readonly msg: string }[];
let door: IpcDoor;

/** A station that writes down every call. */
function recordingStation(overrides: Partial<StationApi> = {}): FakeStation {
  const note =
    <T>(name: string, value: T) =>
    (...args: unknown[]): Promise<T> => {
      calls.push([name, ...args]);
      return refusal ? Promise.reject(refusal) : Promise.resolve(value);
    };
  return fakeStation({
    cameras: note('cameras', []),
    watch: note('watch', sampleSession),
    offerViewer: note('offerViewer', sampleOffer),
    answerViewer: note('answerViewer', undefined),
    updateIce: note('updateIce', null),
    addIceCandidate: note('addIceCandidate', undefined),
    leave: note('leave', undefined),
    ...overrides,
  });
}

function open(station: StationApi): void {
  wire = new Wire();
  pushed = [];
  logged = [];
  const log = pino({ level: 'debug' }, { write: (line) => logged.push(JSON.parse(line) as { msg: string }) });
  const page = { id: 1, origin: pageOrigin, send: (...message: unknown[]) => pushed.push(message) };
  const calls = idleCalls().station;
  const none = { directory: null, due: () => null };
  door = openIpcDoor({ station, settings, access, calls, ...none, shell, guard, port: wire, page, log });
}

const call = (channel: string, ...args: unknown[]): Promise<unknown> => wire.call(pageCall, channel, ...args);

beforeEach(() => {
  calls = [];
  refusal = null;
  settings = new RecordingSettings();
  access = new RecordingAccess();
  shell = new RecordingShell();
  guard = new Guard();
  open(recordingStation());
});

describe('The kiosk page', () => {
  test('may hand over a candidate as the browser serialises it', async () => {
    const candidate = { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 };
    await call(ipcChannels.addIceCandidate, 'v', { ...candidate, usernameFragment: 'x' });
    expect(calls).toEqual([['addIceCandidate', 'v', candidate]]);
  });

  test('is told why a call was refused, as data', async () => {
    refusal = StationError.sourceOffline(2_000);
    expect(await call(ipcChannels.watch, 'dim', 'offer')).toEqual({
      error: {
        reason: 'source_offline',
        message: 'The detector is not connected. The station keeps trying.',
        retryAfterMs: 2_000,
      },
    });
  });

  test('learns nothing of a mistake inside the station but that there was one', async () => {
    refusal = new Error('secret detail');
    const result = await call(ipcChannels.leave, 'v');
    expect(result).toMatchObject({ error: { reason: 'internal' } });
    expect(JSON.stringify(result)).not.toContain('secret');
  });

  test('is sent every state of station and shell until the door closes', async () => {
    const station = fakeStation();
    open(station);
    station.tell(sampleState(2));
    shell.listener?.(shell.shellState());
    expect(pushed).toEqual([
      [pushChannels.state, sampleState(2)],
      [pushChannels.shell, shell.shellState()],
    ]);
    door.close();
    door.close();
    expect(station.listeners()).toBe(0);
    expect(shell.listener).toBeNull();
    await expect(call(ipcChannels.state)).rejects.toThrow('No handler');
  });

  test('steers the shell', async () => {
    expect(await call(shellChannels.setPin, '274913', '274913')).toEqual({ ok: undefined });
    await call(shellChannels.unlock, '274913');
    await call(shellChannels.setBrightness, 3);
    expect(shell.calls).toEqual([
      ['setPin', '274913', '274913'],
      ['unlock', '274913'],
      ['setBrightness', 3],
    ]);
  });
});

describe('The settings', () => {
  test('can be read and changed while the kiosk is open, which keeps it open', async () => {
    const stream = { name: 'Bench', source: { kind: 'camera', device: 0 } };
    expect(await call(settingsChannels.settings)).toEqual({ ok: sampleSettings });
    expect(guard.kept).toBe(0);
    expect(await call(settingsChannels.addStream, stream)).toEqual({ ok: sampleSettings });
    await call(settingsChannels.changeStream, 'bench', { pixelSizeUm: null });
    await call(settingsChannels.moveStream, 'bench', 2);
    expect(settings.calls).toEqual([
      ['addStream', stream],
      ['changeStream', 'bench', { pixelSizeUm: null }],
      ['moveStream', 'bench', 2],
    ]);
    expect(guard.kept).toBe(3);
  });

  test.each(Object.entries(settingsChannels))(
    'can neither be read nor changed while it is locked: %s',
    async (_, channel) => {
      guard.isOpen = false;
      expect(await call(channel, 'bench', 0)).toMatchObject({ error: { reason: 'locked' } });
      expect(settings.calls).toEqual([]);
    },
  );

  test('say what is wrong with a change', async () => {
    settings.addStream = () => Promise.reject(StationError.badSetting('The name must not be empty.'));
    expect(await call(settingsChannels.addStream, { name: '' })).toEqual({
      error: { reason: 'bad_setting', message: 'The name must not be empty.' },
    });
  });
});

describe('The sessions of a page', () => {
  const theirs: IceCandidate = { candidate: 'candidate:2 1 udp 1 192.0.2.2 5000 typ host', sdpMid: '0' };

  test('end when it goes or is loaded again, however they were opened', async () => {
    await call(ipcChannels.watch, 'bench', 'offer');
    await call(ipcChannels.offerViewer, 'bench');
    calls = [];
    door.pageGone();
    expect(calls).toEqual([
      ['leave', sampleSession.viewerId],
      ['leave', sampleOffer.viewerId],
    ]);
    door.pageGone();
    expect(calls).toHaveLength(2);
  });

  test('that it has left by itself are not left again', async () => {
    await call(ipcChannels.watch, 'bench', 'offer');
    await call(ipcChannels.leave, sampleSession.viewerId);
    calls = [];
    door.pageGone();
    expect(calls).toEqual([]);
  });

  test('that come when it has gone are left at once', async () => {
    let offered: (offer: typeof sampleOffer) => void = () => undefined;
    const opening = new Promise<typeof sampleOffer>((resolve) => (offered = resolve));
    const onCandidate = vi.fn<StationApi['onCandidate']>(() => () => undefined);
    open(recordingStation({ offerViewer: () => opening, onCandidate }));
    const late = call(ipcChannels.offerViewer, 'bench');
    door.pageGone();
    offered(sampleOffer);
    await late;
    expect(calls).toEqual([['leave', sampleOffer.viewerId]]);
    expect(onCandidate).not.toHaveBeenCalled();
  });

  test('get the candidates of the station until they end', async () => {
    let tell: ((candidate: IceCandidate | null) => void) | undefined;
    const end = vi.fn();
    const onCandidate: StationApi['onCandidate'] = (_viewerId, listener) => {
      tell = listener;
      return end;
    };
    open(recordingStation({ onCandidate }));
    await call(ipcChannels.offerViewer, 'bench');
    tell?.(theirs);
    tell?.(null);
    expect(pushed).toEqual([
      [pushChannels.candidate, sampleOffer.viewerId, theirs],
      [pushChannels.candidate, sampleOffer.viewerId, null],
    ]);
    expect(end).not.toHaveBeenCalled();
    await call(ipcChannels.leave, sampleOffer.viewerId);
    expect(end).toHaveBeenCalledOnce();
  });
});

describe('Anybody but the kiosk page is refused', () => {
  const frame = { origin: pageOrigin, parent: null };
  const strangers: [string, IpcCallEvent][] = [
    ['another origin', { sender: { id: 1 }, senderFrame: { origin: 'https://example.org', parent: null } }],
    [
      'an origin that begins alike',
      { sender: { id: 1 }, senderFrame: { origin: 'app://eyepiece.example', parent: null } },
    ],
    ['a page without an origin', { sender: { id: 1 }, senderFrame: { origin: 'null', parent: null } }],
    ['a frame inside the page', { sender: { id: 1 }, senderFrame: { origin: pageOrigin, parent: {} } }],
    ['a frame that has gone', { sender: { id: 1 }, senderFrame: null }],
    ['the same page in another window', { sender: { id: 2 }, senderFrame: frame }],
  ];

  test.each(strangers)('%s', async (_who, event) => {
    const channels = [ipcChannels, settingsChannels, accessChannels, phoneChannels, shellChannels].flatMap((table) =>
      Object.values(table),
    );
    for (const channel of channels) {
      await expect(wire.call(event, channel, 'v', 'x')).rejects.toThrow('Only the kiosk page');
    }
    expect([...calls, ...settings.calls, ...access.calls, ...shell.calls]).toEqual([]);
  });

  test('and that is logged, but not for each of a thousand calls', async () => {
    const [, stranger] = strangers[0] ?? [];
    for (let times = 0; stranger && times < 1_000; times++) {
      await wire.call(stranger, ipcChannels.state).catch(() => undefined);
    }
    expect(logged.map(({ msg }) => msg)).toEqual(['A call that did not come from the kiosk page was refused.']);
  });
});

describe('A wrong argument goes no further than the door', () => {
  const channels = { ...ipcChannels, ...settingsChannels, ...shellChannels };
  test.each<[call: keyof typeof channels, wrong: number, args: unknown[]]>([
    ['watch', 2, []],
    ['watch', 1, [3, 'offer']],
    ['watch', 2, ['dim', { sdp: 'offer' }]],
    ['watch', 2, ['dim', 'x'.repeat(300 * 1024)]],
    ['watch', 3, ['dim', 'offer', 'network']],
    ['offerViewer', 2, ['dim', 'stun:s.example']],
    ['offerViewer', 2, ['dim', [{ urls: 7 }]]],
    ['offerViewer', 3, ['dim', [], 'network']],
    ['answerViewer', 2, ['v', 'v=0']],
    ['answerViewer', 2, ['v', { type: 'answer' }]],
    ['answerViewer', 2, ['v', { type: 'answer', sdp: 'v=0', extra: 1 }]],
    ['state', 1, ['more']],
    ['leave', 1, [null]],
    ['leave', 1, ['x'.repeat(200)]],
    ['updateIce', 3, ['v', 'fragment', 7]],
    ['addIceCandidate', 2, ['v', 'candidate:1']],
    ['addIceCandidate', 2, ['v', { candidate: 'candidate:1', sdpMLineIndex: -1 }]],
    ['addIceCandidate', 2, ['v', { candidate: 'candidate:1', extra: true }]],
    ['renameStation', 1, [7]],
    ['addStream', 1, ['Bench']],
    ['changeStream', 2, ['bench', null]],
    ['moveStream', 2, ['bench', -1]],
    ['setPin', 2, ['274913']],
    ['setPin', 1, [274_913, 274_913]],
    ['unlock', 1, ['1'.repeat(100)]],
    ['setBrightness', 1, [7]],
    ['setBrightness', 1, ['3']],
  ])('%s: argument %i', async (name, wrong, args) => {
    expect(await call(channels[name], ...args)).toEqual({
      error: { reason: 'bad_arguments', message: `Argument ${wrong} of this call is not of the kind it takes.` },
    });
    expect([...calls, ...settings.calls, ...shell.calls]).toEqual([]);
  });
});
