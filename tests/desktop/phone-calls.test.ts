import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Calls } from '../../src/main/calls/calls.ts';
import { openIpcDoor, type IpcDoor } from '../../src/main/desktop/ipc-door.ts';
import type { CallNotice, CallsApi, CallsState, Signal } from '../../src/shared/calls.ts';
import { phoneChannels, pushChannels } from '../../src/shared/ipc.ts';
import { fakeStation } from '../contract/fake-station.ts';
import { idleCalls } from '../support/idle-calls.ts';
import { Guard, RecordingAccess, RecordingSettings, RecordingShell } from './fakes.ts';
import { pageCall, pageOrigin, Wire } from './wire.ts';

let calls: Calls;
let door: IpcDoor;
let wire: Wire;
let pushed: [channel: string, ...message: unknown[]][];
let anna: CallsApi;

/** The door of a locked kiosk. */
beforeEach(() => {
  calls = idleCalls();
  anna = calls.of({ id: 'user:Anna', kind: 'user', name: 'Anna' }, false);
  wire = new Wire();
  pushed = [];
  const guard = new Guard();
  guard.isOpen = false;
  door = openIpcDoor({
    station: fakeStation(),
    settings: new RecordingSettings(),
    access: new RecordingAccess(),
    calls: calls.station,
    directory: null,
    due: () => null,
    shell: new RecordingShell(),
    guard,
    port: wire,
    page: { id: 1, origin: pageOrigin, send: (...message) => pushed.push(structuredClone(message)) },
    log: pino({ level: 'silent' }),
  });
});

afterEach(async () => {
  door.close();
  await calls.close();
});

const ask = (name: keyof typeof phoneChannels, ...args: unknown[]) => wire.call(pageCall, phoneChannels[name], ...args);
const newestState = () => pushed.findLast(([channel]) => channel === pushChannels.calls)?.[1] as CallsState | undefined;
const notices = () => pushed.filter(([channel]) => channel === pushChannels.callNotice).map(([, , notice]) => notice);
const offer: Signal = { type: 'offer', offer: { type: 'offer', sdp: 'v=0' } };

/** Anna has called, the locked kiosk has answered, and both are there. */
async function talk() {
  await ask('attend');
  const { callId } = anna.initiate('station');
  await ask('accept', callId);
  const heard: CallNotice[] = [];
  const leg = anna.join(callId, (notice) => heard.push(notice));
  await ask('join', callId);
  return { callId, heard, leg };
}

test('A locked kiosk rings, answers, speaks with the other end, and hangs up', async () => {
  const { callId, heard, leg } = await talk();
  expect(newestState()?.call).toMatchObject({ kind: 'ongoing', callee: { id: 'station', name: 'Room 2' } });
  leg.send(offer);
  expect(notices()).toEqual([{ type: 'joined', call_id: callId, peer: true }, offer]);
  await ask('send', callId, { type: 'text', message: 'Hello', timestamp: 1 });
  expect(heard.at(-1)).toMatchObject({ type: 'text', message: 'Hello' });
  expect(await ask('end', callId)).toMatchObject({ ok: { kind: 'ended', why: 'hung_up' } });
  expect(heard.at(-1)).toEqual({ type: 'ended', why: 'hung_up' });
});

test('A kiosk whose page is not there can’t be called, and a page that goes leaves its call', async () => {
  expect(() => anna.initiate('station')).toThrow('Nobody of that name');
  const { heard } = await talk();
  door.pageGone();
  expect(heard.at(-1)).toEqual({ type: 'peer_left' });
  expect(anna.calls().people).toEqual([]);
});

test('What the page says wrongly goes no further than the door', async () => {
  const { callId, heard } = await talk();
  const before = heard.length;
  for (const signal of ['offer', { type: 'offer' }, { ...offer, to: 'user:Eve' }, { type: 'text', message: '' }]) {
    expect(await ask('send', callId, signal)).toMatchObject({ error: { reason: 'bad_arguments' } });
  }
  expect(await ask('send', 'another', offer)).toMatchObject({ error: { reason: 'wrong_state' } });
  expect(await ask('join', 'another')).toMatchObject({ error: { reason: 'unknown_call' } });
  expect(heard).toHaveLength(before);
});
