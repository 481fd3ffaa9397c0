import type { AccessAdmin, TimeSpan } from '../../shared/access.ts';
import type { Bridge } from '../../shared/bridge.ts';
import { unwrap } from './unwrap.ts';

/** The calls of an interface as they look from here: each takes its time, and throws a Refusal where it fails. */
export type Asked<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never;
};

/** Who may come in over the network, who is there, and who was; the same over HTTP and over the Bridge. */
export interface AccessClient extends Asked<AccessAdmin> {
  /** The attendance as a table for spreadsheets (CSV); null where there is no place to keep a file. */
  readonly attendanceFile: ((span: TimeSpan) => Promise<Blob>) | null;
}

/** From the kiosk's own screen, which keeps no files. */
export function bridgeAccess(calls: Bridge['access']): AccessClient {
  return {
    users: async () => unwrap(await calls.users()),
    addUser: async (user) => unwrap(await calls.addUser(user)),
    changeUser: async (id, change) => unwrap(await calls.changeUser(id, change)),
    removeUser: async (id) => unwrap(await calls.removeUser(id)),
    machineTokens: async () => unwrap(await calls.machineTokens()),
    addMachineToken: async (token) => unwrap(await calls.addMachineToken(token)),
    removeMachineToken: async (id) => unwrap(await calls.removeMachineToken(id)),
    present: async () => unwrap(await calls.present()),
    dismiss: async (visitId) => unwrap(await calls.dismiss(visitId)),
    attendance: async (span) => unwrap(await calls.attendance(span)),
    attendanceFile: null,
  };
}
