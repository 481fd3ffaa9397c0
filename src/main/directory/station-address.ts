import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { StationError } from '../../shared/errors.ts';
import { isIn, specialAddresses } from '../access/special-addresses.ts';

const special = specialAddresses();

/** Whether an address means the same machine for everybody in the lab: browsers elsewhere are sent there. */
export function isLabAddress(address: string): boolean {
  return !isIn(special, address);
}

/** The host of a URL without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/**
 * The address of another station, in the one way of writing it. A name that nobody knows yet is taken: the station may be off.
 * @param isSelf Whether this is the directory's own door.
 * @throws StationError `bad_setting`.
 */
export async function checkedAddress(webrtcUrl: string, isSelf: (url: URL) => boolean): Promise<string> {
  if (!URL.canParse(webrtcUrl)) throw StationError.badSetting('That is no address of a station.');
  const url = new URL(webrtcUrl);
  if (isSelf(url)) {
    throw StationError.badSetting('That is this directory itself. Give the address of the station’s own network door.');
  }
  const host = hostOf(url);
  const addresses = isIP(host) === 0 ? await addressesOf(host) : [host];
  if (!addresses.every(isLabAddress)) {
    throw StationError.badSetting(
      'That address means another machine to everybody who asks. Give one that holds in the whole network, such as https://192.168.4.20:8081.',
    );
  }
  return url.href.replace(/\/+$/, '');
}

async function addressesOf(name: string): Promise<readonly string[]> {
  return lookup(name, { all: true }).then(
    (found) => found.map(({ address }) => address),
    () => [],
  );
}
