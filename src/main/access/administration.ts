import type { Logger } from 'pino';
import type { AccessAdmin } from '../../shared/access.ts';
import type { AccessFile } from './access-file.ts';
import type { Visits } from './visits.ts';

/** Who may come in over the network, who is there, and who was. */
export function accessAdmin(
  { users, machineTokens, attendance }: AccessFile,
  visits: Visits,
  log: Logger,
): AccessAdmin {
  return {
    users: () => users.list(),
    addUser: async (user) => {
      const added = await users.add(user);
      log.info({ user: added.name, role: added.role }, 'A user was added.');
      return added;
    },
    changeUser: async (id, change) => {
      const changed = await users.change(id, change);
      if (changed) log.info({ user: changed.name, what: Object.keys(change) }, 'A user was changed.');
      return changed;
    },
    removeUser: (id) => {
      const isRemoved = users.remove(id);
      if (isRemoved) log.info({ id }, 'A user was removed.');
      return isRemoved;
    },
    machineTokens: () => machineTokens.list(),
    addMachineToken: (token) => {
      const added = machineTokens.add(token);
      log.info({ name: added.name, role: added.role }, 'A machine token was made.');
      return added;
    },
    removeMachineToken: (id) => {
      const isRemoved = machineTokens.remove(id);
      if (isRemoved) log.info({ id }, 'A machine token was removed.');
      return isRemoved;
    },
    present: () => visits.present(),
    dismiss: async (visitId) => {
      const isDismissed = await visits.dismiss(visitId);
      if (isDismissed) log.info({ visitId }, 'Somebody who watched was sent away.');
      return isDismissed;
    },
    attendance: (span) => attendance.list(span),
  };
}
