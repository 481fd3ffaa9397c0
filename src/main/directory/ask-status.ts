import { lookup as systemLookup } from 'node:dns';
import { request as requestPlain, type IncomingMessage } from 'node:http';
import { request as requestTls } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { hostOf, isLabAddress } from './station-address.ts';

/** A station in the same lab answers at once; the others wait meanwhile. */
const timeoutMs = 5_000;
const maxAnswerBytes = 64 * 1024;

/** What came of the question: a station's own answer, any other answer, or none. */
export type Asked = 'online' | 'refused' | 'offline';

/**
 * Asks a station how it is (`GET {webrtc_url}/status`). Redirections are not followed.
 * @param ticket Of the directory itself, for this station.
 * @param mayAsk Whether an address may be asked, whatever the name says that leads to it.
 */
export async function askStatus(webrtcUrl: string, ticket: string, mayAsk = isLabAddress): Promise<Asked> {
  const url = new URL(`${webrtcUrl}/status`);
  const host = hostOf(url);
  if (isIP(host) !== 0 && !mayAsk(host)) return 'refused';
  try {
    const answer = await send(url, ticket, lookupWithin(mayAsk));
    const body = await bodyOf(answer);
    return answer.statusCode === 200 && body !== null && isStatus(body) ? 'online' : 'refused';
  } catch {
    // Whatever the network said: nobody answered.
    return 'offline';
  }
}

function send(url: URL, ticket: string, lookup: LookupFunction): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = {
      lookup,
      agent: false,
      headers: { authorization: `Bearer ${ticket}`, accept: 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
      // Most stations have a certificate of their own. The ticket opens no Stream, and the answer decides nothing but a word on a page.
      rejectUnauthorized: false,
    };
    const request = url.protocol === 'https:' ? requestTls(url, options) : requestPlain(url, options);
    request.once('response', resolve).once('error', reject).end();
  });
}

/** Null where it is too long. */
async function bodyOf(answer: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop ends the connection.
    if (size > maxAnswerBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
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

/** The system's way of finding names, without the addresses that may not be asked: a name can mean another machine each time. */
function lookupWithin(mayAsk: (address: string) => boolean): LookupFunction {
  return (name, options, done) => {
    systemLookup(name, { ...options, all: true }, (error, found) => {
      const allowed = error ? [] : found.filter(({ address }) => mayAsk(address));
      const [first] = allowed;
      if (!first) done(error ?? new Error('No address of that name may be asked.'), '');
      else if (options.all) done(null, allowed);
      else done(null, first.address, first.family);
    });
  };
}
