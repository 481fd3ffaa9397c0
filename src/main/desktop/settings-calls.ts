import * as v from 'valibot';
import type { GuestWish } from '../../shared/access.ts';
import type { settingsChannels } from '../../shared/ipc.ts';
import type { LabWish, NewTrust } from '../../shared/joining.ts';
import type { NewStream, SettingsApi, StreamChange } from '../../shared/settings.ts';
import { callsWhileOpen, type SettingsGuard } from './calls-while-open.ts';
import { ipcCall, type IpcCalls } from './ipc-call.ts';

const id = v.pipe(v.string(), v.maxLength(128));
const place = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000));

// What they hold is judged by the settings alone, which tell the person at the screen what is wrong with it.
const newStream = v.custom<NewStream>(isObject);
const streamChange = v.custom<StreamChange>(isObject);
const labWish = v.custom<LabWish>(isObject);
const newTrust = v.custom<NewTrust>(isObject);
const guestWish = v.optional(v.custom<Partial<GuestWish>>(isObject));

/** The calls on the settings that the kiosk page may make: all of them while the kiosk is open, none while it is locked. */
export function settingsCalls(settings: SettingsApi, guard: SettingsGuard): IpcCalls<typeof settingsChannels> {
  const { look, change } = callsWhileOpen(guard);
  return {
    settings: look(ipcCall([], () => settings.settings())),
    renameStation: change(ipcCall([v.pipe(v.string(), v.maxLength(256))], (name) => settings.renameStation(name))),
    addStream: change(ipcCall([newStream], (stream) => settings.addStream(stream))),
    changeStream: change(ipcCall([id, streamChange], (...args) => settings.changeStream(...args))),
    moveStream: change(ipcCall([id, place], (...args) => settings.moveStream(...args))),
    removeStream: change(ipcCall([id], (streamId) => settings.removeStream(streamId))),
    share: change(ipcCall([guestWish], (wish) => settings.share(wish))),
    stopSharing: change(ipcCall([], () => settings.stopSharing())),
    askLab: change(ipcCall([labWish], (wish) => settings.askLab(wish))),
    joinLab: change(ipcCall([newTrust], (trust) => settings.joinLab(trust))),
    leaveLab: change(ipcCall([id], (directoryId) => settings.leaveLab(directoryId))),
  };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
