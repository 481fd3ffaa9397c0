import * as v from 'valibot';
import type { shellChannels } from '../../shared/ipc.ts';
import { brightnessLevels, type ShellApi } from '../../shared/shell.ts';
import { ipcCall, type IpcCalls } from './ipc-call.ts';

const pin = v.pipe(v.string(), v.maxLength(64));

/** The calls on the window around it that the kiosk page may make. Which of them the lock forbids is the shell's affair. */
export function shellCalls(shell: ShellApi): IpcCalls<typeof shellChannels> {
  return {
    shellState: ipcCall([], () => shell.shellState()),
    setPin: ipcCall([pin, pin], (...pins) => shell.setPin(...pins)),
    lock: ipcCall([], () => shell.lock()),
    unlock: ipcCall([pin], (typed) => shell.unlock(typed)),
    keepUnlocked: ipcCall([], () => shell.keepUnlocked()),
    leaveKiosk: ipcCall([], () => shell.leaveKiosk()),
    enterKiosk: ipcCall([], () => shell.enterKiosk()),
    restart: ipcCall([], () => shell.restart()),
    setBrightness: ipcCall([v.picklist(brightnessLevels)], (level) => shell.setBrightness(level)),
  };
}
