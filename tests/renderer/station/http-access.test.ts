import { describe, expect, test } from 'vitest';
import type { AccessClient } from '../../../src/renderer/station/access-client.ts';
import { AccessPass } from '../../../src/renderer/station/access-pass.ts';
import { httpAccess } from '../../../src/renderer/station/http-access.ts';
import type { Role } from '../../../src/shared/access.ts';
import { openNetworkDoor } from '../../http/network-door.ts';

const password = 'a long password';
const always = { fromMs: null, untilMs: null };

/** The administration in the browser of somebody who has signed in at a real door. */
async function openAs(role: Role): Promise<AccessClient> {
  const { door, guard } = await openNetworkDoor();
  await guard.admin.addUser({ name: 'Eve', password, role, streams: 'all' });
  const baseUrl = new URL(door.url);
  const pass = new AccessPass(baseUrl);
  await pass.signIn('Eve', password);
  return httpAccess(baseUrl, pass);
}

describe('The administration over HTTP', () => {
  test('adds, changes and removes users', async () => {
    const access = await openAs('admin');
    const { id } = await access.addUser({ name: 'Ada', password, role: 'viewer', streams: ['bench'] });
    expect(await access.changeUser(id, { role: 'operator', isDisabled: true })).toMatchObject({ role: 'operator' });
    expect(await access.users()).toMatchObject([{ name: 'Ada', isDisabled: true }, { name: 'Eve' }]);
    expect(await access.removeUser(id)).toBe(true);
  });

  test('says of what is not there that it is not there', async () => {
    const access = await openAs('admin');
    expect(await access.changeUser(999, { role: 'admin' })).toBeNull();
    expect(await access.removeUser(999)).toBe(false);
    expect(await access.removeMachineToken(999)).toBe(false);
    expect(await access.dismiss(999)).toBe(false);
  });

  test('makes tokens, and tells who is there and who was', async () => {
    const access = await openAs('admin');
    const made = await access.addMachineToken({ name: 'logger', role: 'viewer', streams: 'all', expiresInDays: 1 });
    expect(made.token).toMatch(/^eym_/);
    expect(await access.machineTokens()).toMatchObject([{ id: made.id, name: 'logger' }]);
    expect(await access.removeMachineToken(made.id)).toBe(true);
    expect(await access.present()).toEqual([]);
    expect(await access.attendance({ fromMs: 1, untilMs: 2 })).toEqual([]);
    expect(await (await access.attendanceFile?.(always))?.text()).toContain('"from","until"');
  });

  test('says in words what the station refuses', async () => {
    const access = await openAs('admin');
    const again = access.addUser({ name: 'eve', password, role: 'viewer', streams: 'all' });
    const message = expect.stringContaining('There is a user of that name already.') as string;
    await expect(again).rejects.toMatchObject({ reason: 'bad_setting', message });
  });

  test('lets an operator see who is there, and nothing else', async () => {
    const access = await openAs('operator');
    expect(await access.present()).toEqual([]);
    await expect(access.users()).rejects.toMatchObject({ reason: 'not_allowed' });
    await expect(access.attendance(always)).rejects.toMatchObject({ reason: 'not_allowed' });
  });
});
