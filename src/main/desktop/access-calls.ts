import * as v from 'valibot';
import { newMachineTokenSchema, newUserSchema, userChangeSchema, type AccessAdmin } from '../../shared/access.ts';
import { checked } from '../../shared/checked.ts';
import type { accessChannels } from '../../shared/ipc.ts';
import { callsWhileOpen } from './calls-while-open.ts';
import { ipcCall, type IpcCalls } from './ipc-call.ts';
import type { SettingsGuard } from './calls-while-open.ts';

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const timeMs = v.nullable(v.pipe(v.number(), v.safeInteger()));
const span = v.strictObject({ fromMs: timeMs, untilMs: timeMs });

/** The calls on who may come in that the kiosk page may make: all of them while the kiosk is open, none while it is locked. */
export function accessCalls(access: AccessAdmin, guard: SettingsGuard): IpcCalls<typeof accessChannels> {
  const { look, change } = callsWhileOpen(guard);
  // A person at the screen is told what is wrong with what was typed, so that nothing of it is judged before.
  const typed = v.unknown();
  return {
    users: look(ipcCall([], () => access.users())),
    addUser: change(ipcCall([typed], (user) => access.addUser(checked(newUserSchema, user)))),
    changeUser: change(
      ipcCall([id, typed], (userId, userChange) => access.changeUser(userId, checked(userChangeSchema, userChange))),
    ),
    removeUser: change(ipcCall([id], (userId) => access.removeUser(userId))),
    machineTokens: look(ipcCall([], () => access.machineTokens())),
    addMachineToken: change(ipcCall([typed], (token) => access.addMachineToken(checked(newMachineTokenSchema, token)))),
    removeMachineToken: change(ipcCall([id], (tokenId) => access.removeMachineToken(tokenId))),
    present: look(ipcCall([], () => access.present())),
    dismiss: change(ipcCall([id], (visitId) => access.dismiss(visitId))),
    attendance: look(ipcCall([span], (during) => access.attendance(during))),
  };
}
