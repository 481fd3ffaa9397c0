import { pino } from 'pino';
import { expect, test } from 'vitest';
import { openIpcDoor, type IpcDoor } from '../../src/main/desktop/ipc-door.ts';
import type { StationApi } from '../../src/shared/api.ts';
import {
  accessChannels,
  directoryChannels,
  ipcChannels,
  phoneChannels,
  settingsChannels,
  shellChannels,
} from '../../src/shared/ipc.ts';
import {
  Guard,
  RecordingAccess,
  RecordingSettings,
  RecordingShell,
  sampleSettings,
  sampleShellState,
  sampleUser,
} from '../desktop/fakes.ts';
import { pageOrigin, Wire } from '../desktop/wire.ts';
import { idleCalls } from '../support/idle-calls.ts';
import { fakeStation } from './fake-station.ts';
import { ipcClient, loadPreload } from './ipc-client.ts';
import { stationApiContract } from './station-api.contract.ts';

function openDoor(wire: Wire, station: StationApi, shell = new RecordingShell()): IpcDoor {
  return openIpcDoor({
    station,
    settings: new RecordingSettings(),
    access: new RecordingAccess(),
    calls: idleCalls().station,
    directory: null,
    due: () => null,
    shell,
    guard: new Guard(),
    port: wire,
    page: { id: 1, origin: pageOrigin, send: (...message) => wire.send(...message) },
    log: pino({ level: 'silent' }),
  });
}

stationApiContract('the IPC door', async (station) => {
  const wire = new Wire();
  const door = openDoor(wire, station);
  const client = ipcClient(await loadPreload(wire));
  return { client, close: () => Promise.resolve(door.close()) };
});

test('window.eyepiece offers the named calls and pushes, and nothing else', async () => {
  const bridge = await loadPreload(new Wire());
  const { settings, access, directory, calls, shell, ...station } = bridge;
  expect(Object.keys(station).sort()).toEqual([...Object.keys(ipcChannels), 'onCandidate', 'onState'].sort());
  expect(Object.keys(settings).sort()).toEqual(Object.keys(settingsChannels).sort());
  expect(Object.keys(access).sort()).toEqual(Object.keys(accessChannels).sort());
  expect(Object.keys(directory).sort()).toEqual(Object.keys(directoryChannels).sort());
  expect(Object.keys(calls).sort()).toEqual([...Object.keys(phoneChannels), 'onCalls', 'onNotice'].sort());
  expect(Object.keys(shell).sort()).toEqual([...Object.keys(shellChannels), 'onShellState'].sort());
  const offered = [station, settings, access, directory, calls, shell].flatMap((part) => Object.values<unknown>(part));
  expect(offered.every((call) => typeof call === 'function')).toBe(true);
  // A page that asks for a function's text finds no name of a channel in it.
  expect(offered.map(String).join()).not.toContain('eyepiece:');
});

test('every call of window.eyepiece is served by the door', async () => {
  const wire = new Wire();
  openDoor(wire, fakeStation());
  const channels = [
    ipcChannels,
    settingsChannels,
    accessChannels,
    directoryChannels,
    phoneChannels,
    shellChannels,
  ].flatMap((table) => Object.values(table));
  expect(wire.channels.sort()).toEqual(channels.sort());
  const { settings, access, shell } = await loadPreload(wire);
  expect(await settings.settings()).toEqual({ ok: sampleSettings });
  expect(await access.users()).toEqual({ ok: [sampleUser] });
  expect(await shell.shellState()).toEqual({ ok: sampleShellState });
});

test('the page hears what becomes of the shell, without the event that brought it', async () => {
  const wire = new Wire();
  const shell = new RecordingShell();
  openDoor(wire, fakeStation(), shell);
  const bridge = await loadPreload(wire);
  const heard: unknown[] = [];
  const stop = bridge.shell.onShellState((...message: unknown[]) => heard.push(message));
  shell.listener?.(sampleShellState);
  stop();
  shell.listener?.(sampleShellState);
  expect(heard).toEqual([[sampleShellState]]);
});
