import { lookup } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { CameraInfo } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
import type { AddableSource } from '../../shared/source.ts';
import { isIn, specialAddresses } from './special-addresses.ts';

/** What a Source that was named over the network is compared with. */
export interface KnownPlaces {
  readonly cameras: () => Promise<readonly CameraInfo[]>;
  /** Every address of a name; rejects where there is none. */
  readonly addressesOf: (name: string) => Promise<readonly string[]>;
  /** The addresses of this machine itself. */
  readonly ownAddresses: () => readonly string[];
}

/** As this machine's system knows them. */
export const systemPlaces: Omit<KnownPlaces, 'cameras'> = {
  addressesOf: async (name) => (await lookup(name, { all: true, order: 'ipv4first' })).map(({ address }) => address),
  ownAddresses: () => Object.values(networkInterfaces()).flatMap((own = []) => own.map(({ address }) => address)),
};

/**
 * A Source that somebody elsewhere may set: the station is not to open devices that are no cameras, and not to ask services for them
 * that only this machine reaches. Where an address has a name, the number that was judged stands in its place from now on, so that
 * the name can't mean another machine by the time that it is opened (DNS rebinding).
 * @throws StationError `bad_setting`.
 */
export async function allowedSource(source: AddableSource, known: KnownPlaces): Promise<AddableSource> {
  switch (source.kind) {
    case 'simulated':
    case 'published':
      return source;
    case 'camera':
      return { ...source, device: await listedCamera(source.device, known) };
    case 'url':
      return { ...source, url: await allowedUrl(source.url, known) };
  }
}

/** Neither a path nor a number, which would be another camera after the next start: only what the list calls it. */
async function listedCamera(device: string | number, { cameras }: KnownPlaces): Promise<string> {
  const camera = (await cameras()).find(({ id, path }) => id === device || path === device);
  if (!camera) throw StationError.badSetting('That is not a camera of this station.');
  return camera.id;
}

/** One host only, whoever reads it: whatever could be read in two ways (a second `@`, a backslash, `%` in a name) is refused. */
const urlParts = /^([a-z]+:\/\/(?:[^\s/?#@\\]*@)?)(\[[\da-f:.]+\]|[a-z\d._-]+)((?::\d{1,5})?(?:[/?#][^\s\\]*)?)$/i;

/**
 * The address of a camera with a number in the place of its name.
 * @param refusal What is said of one that only this machine reaches.
 * @throws StationError `bad_setting`.
 */
export async function allowedUrl(
  url: string,
  known: Omit<KnownPlaces, 'cameras'>,
  refusal = 'Over the network only cameras of the network can be added. Use the kiosk for others.',
): Promise<string> {
  const [, before = '', host, after = ''] = urlParts.exec(url) ?? [];
  if (host === undefined) throw StationError.badSetting('That is not the address of a camera.');
  const addresses = await known.addressesOf(host.replace(/^\[|\]$/g, '')).catch(() => []);
  const [first] = addresses;
  if (first === undefined) throw StationError.badSetting('Nothing of that name is found from the station.');
  const refused = specialAddresses(known.ownAddresses());
  if (addresses.some((address) => isIn(refused, address))) {
    throw StationError.badSetting(refusal);
  }
  return before + (isIPv6(first) ? `[${first}]` : first) + after;
}
