import * as v from 'valibot';
import { publicKeySchema, type PublicKey } from '../../shared/directory.ts';
import { StationError } from '../../shared/errors.ts';
import type { ToldKey } from '../../shared/joining.ts';
import { textOf } from './answer-text.ts';
import { AddressRefused, askStation } from './ask-station.ts';

/** A person waits for the answer. */
const timeoutMs = 5_000;

/**
 * Asks the directory at an address for its key (`GET {url}/api/directory/key`). Whatever certificate it shows is taken: only the key counts,
 * and a person compares that.
 * @param address As somebody has typed it.
 * @param mayAsk As askStation's. An address that means another machine to everybody would let in pages of everybody's own.
 * @throws StationError `bad_setting`, `no_directory_there`.
 */
export async function askKey(
  address: string,
  mayAsk?: (address: string) => boolean,
): Promise<Pick<ToldKey, 'url' | 'publicKey'>> {
  const url = originOf(address);
  const publicKey = keyIn(await answerOf(url, mayAsk));
  if (!publicKey) throw StationError.noDirectoryThere(`What answers at ${url} is no directory of a lab.`);
  return { url, publicKey };
}

function originOf(address: string): string {
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(address) ? address : `https://${address}`;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw StationError.badSetting('That is no address of a directory, such as https://192.168.4.2:8081.');
  }
  return url.origin;
}

/** Null where it is any but the one that was asked for. */
async function answerOf(url: string, mayAsk?: (address: string) => boolean): Promise<string | null> {
  try {
    const answer = await askStation({
      place: { url, certificate: null, remember: () => true },
      method: 'GET',
      path: '/api/directory/key',
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
      ...(mayAsk && { mayAsk }),
    });
    const text = await textOf(answer);
    return answer.statusCode === 200 ? text : null;
  } catch (error) {
    if (error instanceof AddressRefused) {
      throw StationError.badSetting(
        'That address means another machine to everybody who asks. Give one that holds in the whole network, such as https://192.168.4.2:8081.',
      );
    }
    // Whatever the network said.
    throw StationError.noDirectoryThere(
      `Nothing answers at ${url}. Look whether the directory is shared on the network, and whether its address begins with http or with https.`,
    );
  }
}

function keyIn(text: string | null): PublicKey | null {
  try {
    const { success, output } = v.safeParse(publicKeySchema, JSON.parse(text ?? ''));
    return success ? output : null;
  } catch {
    // No JSON, so no directory.
    return null;
  }
}
