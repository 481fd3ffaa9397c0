import type { ClientRequestArgs } from 'node:http';
import { Agent } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';

/** What answers has another certificate than the one that was told. */
export class WrongCertificate extends Error {
  override readonly name = 'WrongCertificate';
  /** Of what it showed; SHA-256 as certificates write it. */
  readonly shown: string;

  constructor(shown: string) {
    super('The certificate is another one.');
    this.shown = shown;
  }
}

/** Connects to one certificate and no other, whoever has signed it. Not a byte is sent before it was compared. */
export class PinnedAgent extends Agent {
  readonly #fingerprint: string;
  readonly #timeoutMs: number;
  /** Those whose handshake has not ended, of which the base class knows nothing. */
  readonly #opening = new Set<TLSSocket>();

  /** @param fingerprint SHA-256, with colons or without. @param timeoutMs How long a handshake may take. */
  constructor(fingerprint: string, timeoutMs: number) {
    super({ keepAlive: true, maxSockets: 1 });
    this.#fingerprint = plain(fingerprint);
    this.#timeoutMs = timeoutMs;
  }

  override createConnection(
    { host, port }: ClientRequestArgs,
    created?: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    const name = host ?? 'localhost';
    // RFC 6066 §3 allows no addresses as server names. Nothing is resumed, so that each handshake shows a certificate.
    const servername = isIP(name) === 0 ? name : '';
    const socket = connect({ host: name, port: Number(port), servername, rejectUnauthorized: false });
    this.#opening.add(socket);
    socket.once('close', () => this.#opening.delete(socket));
    const fail = (error: Error): void => {
      socket.destroy();
      created?.(error, socket);
    };
    const late = (): void => fail(new Error('The handshake took too long.'));
    socket.once('error', fail).setTimeout(this.#timeoutMs, late);
    socket.once('secureConnect', () => {
      this.#opening.delete(socket);
      socket.off('error', fail).off('timeout', late).setTimeout(0);
      const shown = socket.getPeerX509Certificate()?.fingerprint256 ?? '';
      if (plain(shown) === this.#fingerprint) created?.(null, socket);
      else fail(new WrongCertificate(shown));
    });
    return undefined;
  }

  override destroy(): void {
    for (const socket of this.#opening) socket.destroy(new Error('The connection is not needed any more.'));
    super.destroy();
  }
}

function plain(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}
