import type { Logger } from 'pino';
import type { AccessAdmin } from '../../shared/access.ts';
import type { AccessFile } from './access-file.ts';
import type { Visits } from './visits.ts';

/** What the administration works on, asked for anew with each call. */
export interface Administered {
  /** @throws StationError where it can't be used. */
  readonly file: () => AccessFile;
  /** Null while no door is open. */
  readonly visits: () => Visits | null;
}

/** Who may come in over the network, who is there, and who was. */
export function accessAdmin({ file, visits }: Administered, log: Logger): AccessAdmin {
  return {
    users: () => file().users.list(),
    addUser: async (user) => {
      const added = await file().users.add(user);
      log.info({ user: added.name, role: added.role }, 'A user was added.');
      return added;
    },
    changeUser: async (id, change) => {
      const changed = await file().users.change(id, change);
      if (changed) log.info({ user: changed.name, what: Object.keys(change) }, 'A user was changed.');
      return changed;
    },
    removeUser: (id) => {
      const isRemoved = file().users.remove(id);
      if (isRemoved) log.info({ id }, 'A user was removed.');
      return isRemoved;
    },
    machineTokens: () => file().machineTokens.list(),
    addMachineToken: (token) => {
      const added = file().machineTokens.add(token);
      log.info({ name: added.name, role: added.role }, 'A machine token was made.');
      return added;
    },
    removeMachineToken: (id) => {
      const isRemoved = file().machineTokens.remove(id);
      if (isRemoved) log.info({ id }, 'A machine token was removed.');
      return isRemoved;
    },
    present: () => visits()?.present() ?? [],
    dismiss: async (visitId) => {
      const isDismissed = (await visits()?.dismiss(visitId)) ?? false;
      if (isDismissed) log.info({ visitId }, 'Somebody who watched was sent away.');
      return isDismissed;
    },
    attendance: (span) => {
      const listed = file().attendance.list(span);
      // A killed station has left some behind as if they were there still.
      return visits() ? listed : listed.map((visit) => ({ ...visit, isPresent: false }));
    },
  };
}
