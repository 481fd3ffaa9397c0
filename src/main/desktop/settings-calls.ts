import * as v from 'valibot';
import type { settingsChannels } from '../../shared/ipc.ts';
import type { NewStream, SettingsApi, StreamChange } from '../../shared/settings.ts';
import { ipcCall, type IpcCall, type IpcCalls } from './ipc-call.ts';

/** The part of the Lock that decides who may change settings. */
export interface SettingsGuard {
  /** @throws StationError `locked`. */
  requireOpen(): void;
  /** Somebody is at the screen. */
  keepOpen(): void;
}

const id = v.pipe(v.string(), v.maxLength(128));
const place = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000));

// What they hold is judged by the settings alone, which tell the person at the screen what is wrong with it.
const newStream = v.custom<NewStream>(isObject);
const streamChange = v.custom<StreamChange>(isObject);

/** The calls on the settings that the kiosk page may make: all of them while the kiosk is open, none while it is locked. */
export function settingsCalls(settings: SettingsApi, guard: SettingsGuard): IpcCalls<typeof settingsChannels> {
  const whileOpen = (call: IpcCall): IpcCall => {
    return (args) => {
      guard.requireOpen();
      return call(args);
    };
  };
  // To look is not to be at the screen: a page may look again by itself.
  const change = (call: IpcCall): IpcCall => {
    return whileOpen((args) => {
      guard.keepOpen();
      return call(args);
    });
  };
  return {
    settings: whileOpen(ipcCall([], () => settings.settings())),
    renameStation: change(ipcCall([v.pipe(v.string(), v.maxLength(256))], (name) => settings.renameStation(name))),
    addStream: change(ipcCall([newStream], (stream) => settings.addStream(stream))),
    changeStream: change(ipcCall([id, streamChange], (...args) => settings.changeStream(...args))),
    moveStream: change(ipcCall([id, place], (...args) => settings.moveStream(...args))),
    removeStream: change(ipcCall([id], (streamId) => settings.removeStream(streamId))),
    share: change(ipcCall([], () => settings.share())),
    stopSharing: change(ipcCall([], () => settings.stopSharing())),
  };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
