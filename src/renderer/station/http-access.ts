import type { MachineToken, User, Visit } from '../../shared/access.ts';
import type { AccessClient } from './access-client.ts';
import type { AccessPass } from './access-pass.ts';
import { httpAsker, orElse, queryOf, readAnswer as read, removal } from './http-asker.ts';

/** From a browser, whose user needs the rights `manage_access` and, for those who are there only, `see_present`. */
export function httpAccess(baseUrl: URL, pass: AccessPass): AccessClient {
  const ask = httpAsker(baseUrl, pass);
  const remove = removal(ask);

  return {
    users: () => read<readonly User[]>(ask('GET', 'api/users')),
    addUser: (user) => read<User>(ask('POST', 'api/users', user)),
    changeUser: (id, change) => orElse(read<User>(ask('PATCH', `api/users/${id}`, change)), null),
    removeUser: (id) => remove(`api/users/${id}`),
    machineTokens: () => read<readonly MachineToken[]>(ask('GET', 'api/machine-tokens')),
    addMachineToken: (token) =>
      read<MachineToken & { readonly token: string }>(ask('POST', 'api/machine-tokens', token)),
    removeMachineToken: (id) => remove(`api/machine-tokens/${id}`),
    present: () => read<readonly Visit[]>(ask('GET', 'api/attendance/present')),
    dismiss: (visitId) => remove(`api/attendance/present/${visitId}`),
    attendance: (span) => read<readonly Visit[]>(ask('GET', `api/attendance${queryOf(span)}`)),
    attendanceFile: async (span) => (await ask('GET', `api/attendance.csv${queryOf(span)}`)).blob(),
  };
}
