import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { MachineToken, NewMachineToken, NewUser, TimeSpan, User, UserChange, Visit } from '../../shared/access.ts';
import type { AccessClient } from '../station/access-client.ts';
import { useAttempts } from './attempts.ts';
import { useConnection } from './connection.ts';
import { useMe } from './me.ts';

/** Who may come in over the network, who is there, and who was; known only while somebody looks at it. */
export const useAccess = defineStore('access', () => {
  const { access: client, place } = useConnection();
  const me = useMe();
  const users = shallowRef<readonly User[] | null>(null);
  const machineTokens = shallowRef<readonly MachineToken[] | null>(null);
  const present = shallowRef<readonly Visit[] | null>(null);
  const attendance = shallowRef<readonly Visit[] | null>(null);
  const { refusal, attempt } = useAttempts(client);

  // A door that asks nobody, on the station's own machine, has nobody to decide about either.
  const hasRight = (right: 'manage_access' | 'see_present'): boolean =>
    client !== null && (place.kiosk !== null || (me.me?.rights.includes(right) ?? false));

  const readUsers = () => attempt(async (asked) => void (users.value = await asked.users()));
  const readMachineTokens = () => attempt(async (asked) => void (machineTokens.value = await asked.machineTokens()));
  const readPresent = () => attempt(async (asked) => void (present.value = await asked.present()));
  const readAttendance = (span: TimeSpan) =>
    attempt(async (asked) => void (attendance.value = await asked.attendance(span)));

  /** Makes a change and reads what holds then. @returns What the change came to, or undefined where it did not happen. */
  async function change<T>(
    ask: (client: AccessClient) => Promise<T>,
    read: () => Promise<unknown>,
  ): Promise<T | undefined> {
    refusal.value = null;
    const result = await attempt(ask);
    if (result !== undefined) await read();
    return result;
  }

  function forget(): void {
    users.value = machineTokens.value = present.value = attendance.value = null;
    refusal.value = null;
  }

  return {
    users,
    machineTokens,
    present,
    attendance,
    refusal,
    mayManage: computed(() => hasRight('manage_access')),
    maySeePresent: computed(() => hasRight('see_present')),
    /** Whether the attendance can be kept as a file here. */
    keepsFiles: client !== null && client.attendanceFile !== null,
    readUsers,
    readMachineTokens,
    readPresent,
    readAttendance,
    addUser: (user: NewUser) => change((asked) => asked.addUser(user), readUsers),
    changeUser: (id: number, what: UserChange) => change((asked) => asked.changeUser(id, what), readUsers),
    removeUser: (id: number) => change((asked) => asked.removeUser(id), readUsers),
    addMachineToken: (token: NewMachineToken) => change((asked) => asked.addMachineToken(token), readMachineTokens),
    removeMachineToken: (id: number) => change((asked) => asked.removeMachineToken(id), readMachineTokens),
    dismiss: (visitId: number) => change((asked) => asked.dismiss(visitId), readPresent),
    attendanceFile: (span: TimeSpan) => attempt(async (asked) => asked.attendanceFile?.(span)),
    forget,
  };
});
