import { lookup as systemLookup } from 'node:dns';
import { request as requestOver, type IncomingMessage } from 'node:http';
import { connect as connectPlain, isIP, type LookupFunction, type Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { hostOf, isLabAddress } from './station-address.ts';
import { OtherCertificate, takenCertificate, type KnownCertificate } from './station-certificate.ts';

/** Where a station is, as the directory knows it. */
export interface StationPlace {
  /** What the addresses of its door begin with, without a last slash. */
  readonly url: string;
  /** Null before it was asked the first time, and where it needs none. */
  readonly certificate: KnownCertificate | null;
  /** @returns False where the station is known in another way by now. */
  remember(certificate: KnownCertificate): boolean;
}

export interface StationQuestion {
  readonly place: StationPlace;
  readonly method: string;
  /** What follows the station's address, with its first slash and its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Ends it, at whatever point it is, and the answer too. */
  readonly signal: AbortSignal;
  /** Whether an address may be asked, whatever the name says that leads to it. */
  readonly mayAsk?: (address: string) => boolean;
}

/** What may not be asked: it means another machine to everybody who asks, or is not below the station's address. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';

  constructor() {
    super('No address of that name may be asked.');
  }
}

/**
 * Asks a station of the lab something, over a connection of its own; not a byte is sent before its certificate was judged. Redirections are
 * not followed.
 * @throws AddressRefused, OtherCertificate, or what the network says.
 */
export async function askStation(question: StationQuestion): Promise<IncomingMessage> {
  const { place, method, path, headers, body } = question;
  const url = urlWithin(place.url, path);
  const socket = await connectTo(url, question);
  return new Promise((resolve, reject) => {
    const request = requestOver({
      createConnection: () => socket,
      method,
      path: url.pathname + url.search,
      headers: { ...headers, host: url.host },
    });
    request.once('response', resolve).on('error', reject).end(body);
    // Of an answer that changes the protocol, Node tells nothing but this.
    socket.once('close', () => reject(new Error('The connection has ended without an answer.')));
  });
}

function urlWithin(base: string, path: string): URL {
  const [within, url] = [new URL(`${base}/`), new URL(base + path)];
  if (url.origin !== within.origin || !url.pathname.startsWith(within.pathname)) throw new AddressRefused();
  return url;
}

function connectTo(
  url: URL,
  { place, signal, mayAsk = isLabAddress }: Pick<StationQuestion, 'place' | 'signal' | 'mayAsk'>,
): Promise<Socket> {
  const host = hostOf(url);
  if (isIP(host) !== 0 && !mayAsk(host)) return Promise.reject(new AddressRefused());
  const isTls = url.protocol === 'https:';
  const to = { host, port: Number(url.port || (isTls ? 443 : 80)), lookup: lookupWithin(mayAsk) };
  return new Promise((resolve, reject) => {
    if (!isTls) {
      const socket = connectPlain(to, () => resolve(socket));
      addAbortSignal(signal, socket.on('error', reject));
      return;
    }
    // RFC 6066 §3 allows no addresses as server names. Most stations have a certificate that nobody vouches for, so it is judged here.
    const servername = isIP(host) === 0 ? host : '';
    const socket = connectTls({ ...to, servername, rejectUnauthorized: false }, () => {
      try {
        if (!place.remember(takenCertificate(socket, place.certificate))) throw new OtherCertificate();
        resolve(socket);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
        socket.destroy();
      }
    });
    addAbortSignal(signal, socket.on('error', reject));
  });
}

/** The system's way of finding names, without the addresses that may not be asked: a name can mean another machine each time. */
function lookupWithin(mayAsk: (address: string) => boolean): LookupFunction {
  return (name, options, done) => {
    systemLookup(name, { ...options, all: true }, (error, found) => {
      const allowed = error ? [] : found.filter(({ address }) => mayAsk(address));
      const [first] = allowed;
      if (!first) done(error ?? new AddressRefused(), '');
      else if (options.all) done(null, allowed);
      else done(null, first.address, first.family);
    });
  };
}
