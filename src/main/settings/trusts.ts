import { StationError } from '../../shared/errors.ts';
import { maxTrusts, type NewTrust, type TrustedDirectory, type TrustedLab } from '../../shared/joining.ts';
import { directoryIdOf } from '../access/ticket-claims.ts';

type Trusts = readonly TrustedDirectory[];

/** The directories with this one, in the place of that with the same key. It is called as its address until somebody writes another name. */
export function withTrust(trusts: Trusts, added: NewTrust): Trusts {
  const id = directoryIdOf(added.publicKey);
  const same = trusts.find(({ publicKey }) => directoryIdOf(publicKey) === id);
  if (same) {
    const moved = { ...same, url: added.url, station: added.station };
    return trusts.map((trust) => (trust === same ? moved : trust));
  }
  if (trusts.length >= maxTrusts) throw StationError.badSetting(`A station is in at most ${maxTrusts} labs.`);
  return [...trusts, { name: added.url.replace(/^https?:\/\//, '').slice(0, 80), ...added }];
}

/** The directories without the one of that id. */
export function withoutTrust(trusts: Trusts, directoryId: string): Trusts {
  return trusts.filter(({ publicKey }) => directoryIdOf(publicKey) !== directoryId);
}

/** As it is shown. */
export function trustedLab({ name, url, station, publicKey }: TrustedDirectory): TrustedLab {
  return { id: directoryIdOf(publicKey), name, url, station };
}
