import type { Right } from '../../shared/access.ts';
import { colleaguePartyId, userPartyId, type CallsApi, type CallsDesk, type Party } from '../../shared/calls.ts';
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
    if (!caller) return null;
    const may = (right: Right): boolean => {
      const standing = caller.standing();
      return standing !== null && mayDo(standing, right, caller.kind);
    };
    const party = partyOf(caller);
    if (!party || !may('call')) return null;
    // Whoever else is here is no affair of another station's users, whatever their role is there.
    return desk.of(party, party.kind === 'user' && may('see_present'), () => may('call'));
  };
}

/** Null for whoever is nobody to talk with. */
function partyOf({ kind, name, directory }: Caller): Party | null {
  if (kind === 'user') return { id: userPartyId(name), kind, name };
  if (kind !== 'colleague' || !directory) return null;
  return { id: colleaguePartyId(directory.id, name), kind, name, directory: directory.name };
}
