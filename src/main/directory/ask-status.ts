import { textOf } from './answer-text.ts';
import { AddressRefused, askStation, type StationPlace } from './ask-station.ts';
import { OtherCertificate } from './station-certificate.ts';

/** A station in the same lab answers at once; the others wait meanwhile. */
const timeoutMs = 5_000;

/** What came of the question: a station's own answer, any other answer, none, or another certificate than before. */
export type Asked = 'online' | 'refused' | 'offline' | 'untrusted';

/**
 * Asks a station how it is (`GET {webrtc_url}/status`).
 * @param ticket Of the directory itself, for this station.
 * @param mayAsk As askStation's.
 */
export async function askStatus(
  place: StationPlace,
  ticket: string,
  mayAsk?: (address: string) => boolean,
): Promise<Asked> {
  try {
    const answer = await askStation({
      place,
      method: 'GET',
      path: '/status',
      headers: { authorization: `Bearer ${ticket}`, accept: 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
      ...(mayAsk && { mayAsk }),
    });
    const body = await textOf(answer);
    return answer.statusCode === 200 && body !== null && isStatus(body) ? 'online' : 'refused';
  } catch (error) {
    if (error instanceof OtherCertificate) return 'untrusted';
    if (error instanceof AddressRefused) return 'refused';
    // Whatever the network said: nobody answered.
    return 'offline';
  }
}

function isStatus(body: string): boolean {
  try {
    const status: unknown = JSON.parse(body);
    return typeof status === 'object' && status !== null && 'status' in status && status.status === 'running';
  } catch {
    // No JSON, so no station.
    return false;
  }
}
