import { userPartyId, type CallsApi, type CallsDesk } from '../../shared/calls.ts';
import { mayDo, type Caller } from '../access/rights.ts';

/**
 * The calls of whoever comes through a door, or null where that one can't call.
 * @param caller Null where nobody is known to ask.
 */
export type CallsOf = (caller: Caller | null) => CallsApi | null;

/**
 * @param asks Whether the door asks everybody who comes. Through one that does not, which only this machine reaches, comes whoever is at
 * the station itself.
 */
export function callsThrough(desk: CallsDesk, asks: boolean): CallsOf {
  return (caller) => {
    if (!asks) return desk.station;
    const standing = caller?.standing();
    if (!caller || !standing || !mayDo(standing, 'call', caller.kind)) return null;
    const { kind, name } = caller;
    return desk.of({ id: userPartyId(name), kind: 'user', name }, mayDo(standing, 'see_present', kind));
  };
}
