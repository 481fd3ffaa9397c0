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
    const standing = caller?.standing();
    if (!caller || !standing || !mayDo(standing, 'call', caller.kind)) return null;
    const party = partyOf(caller);
    // Whoever else is here is no affair of another station's users, whatever their role is there.
    return party && desk.of(party, party.kind === 'user' && mayDo(standing, 'see_present', caller.kind));
  };
}

/** Null for whoever is nobody to talk with. */
function partyOf({ kind, name, directory }: Caller): Party | null {
  if (kind === 'user') return { id: userPartyId(name), kind, name };
  if (kind !== 'colleague' || !directory) return null;
  return { id: colleaguePartyId(directory.id, name), kind, name, directory: directory.name };
}
