import type { Logger } from 'pino';
import * as v from 'valibot';
import type { FoundStation } from '../../shared/directory.ts';
import { plainText } from '../../shared/plain-text.ts';
import { openMulticast, serviceType } from './multicast.ts';
import { isLabAddress } from './station-address.ts';

/** Stations answer within a fifth of a second (RFC 6762 §6); on a wireless network a question or an answer may be lost. */
const searchMs = 2_000;
const maxFound = 64;

/** What a station says of itself, from whomever it may be. */
const announcementSchema = v.object({
  port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
  txt: v.object({ name: plainText({ min: 1, max: 200 }), scheme: v.picklist(['http', 'https']) }),
  /** Where the message came from. */
  referer: v.object({ address: v.pipe(v.string(), v.ipv4(), v.check(isLabAddress)) }),
});

export type Found = Omit<FoundStation, 'isListed'>;

/**
 * Looks for stations that say on networks of the machine that they are there. Whoever asks meanwhile gets the same ones.
 * @param addresses The machine's own on those networks, IPv4.
 */
export function stationFinder(addresses: () => readonly string[], log: Logger): () => Promise<readonly Found[]> {
  let search: Promise<readonly Found[]> | null = null;
  return () => (search ??= find(addresses(), log).finally(() => (search = null)));
}

async function find(addresses: readonly string[], log: Logger): Promise<readonly Found[]> {
  const found = new Map<string, Found>();
  const ends = addresses.map((address) => {
    const multicast = openMulticast(address, log);
    const browser = multicast.find({ type: serviceType }, (service) => {
      const { success, output } = v.safeParse(announcementSchema, service);
      if (!success) return;
      const webrtc_url = `${output.txt.scheme}://${output.referer.address}:${output.port}`;
      found.set(webrtc_url, { name: output.txt.name.slice(0, 80), webrtc_url });
      if (found.size >= maxFound) browser.stop();
    });
    // A question that got lost is asked once more.
    const again = setTimeout(() => browser.update(), searchMs / 2);
    return () => {
      clearTimeout(again);
      browser.stop();
      multicast.destroy();
    };
  });
  await new Promise((resolve) => setTimeout(resolve, searchMs));
  for (const end of ends) end();
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}
