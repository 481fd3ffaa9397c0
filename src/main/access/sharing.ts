import type { Logger } from 'pino';
import { StationError } from '../../shared/errors.ts';
import type { Sharing } from '../../shared/settings.ts';
import { networkHosts } from './addresses.ts';
import { GuestAccess } from './guest-access.ts';
import { GuestLink } from './guest-link.ts';
import type { Access } from './rights.ts';
import type { Tokens } from './tokens.ts';

/** Often enough to end a link in time on a machine that slept meanwhile. */
const checkEachMs = 30_000;

/** The door that guests come through. */
export interface GuestDoor {
  readonly port: number;
  close(): Promise<void>;
}

export interface NetworkSharingParts {
  /** @param host Stands for all addresses of the machine. @throws The system's error where it can't be listened on. */
  readonly openDoor: (host: string, access: Access) => Promise<GuestDoor>;
  /** Lets sessions of the station reach the network, or ends those that do. */
  readonly setShared: (isShared: boolean) => Promise<void>;
  readonly tokens: Tokens;
  readonly log: Logger;
}

interface Shared {
  readonly link: GuestLink;
  readonly hosts: readonly string[];
  readonly door: GuestDoor;
  readonly timer: NodeJS.Timeout;
}

/** Lets colleagues on the network watch with a guest link: off at first, and off again when the link has run out. */
export class NetworkSharing {
  readonly #parts: NetworkSharingParts;
  #shared: Shared | null = null;
  /** What was begun last: two at a time would open two doors. */
  #last: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(parts: NetworkSharingParts) {
    this.#parts = parts;
  }

  state(): Sharing {
    if (!this.#shared) return { kind: 'off' };
    const { link, hosts, door } = this.#shared;
    return { kind: 'on', links: hosts.map((host) => link.urlAt(host, door.port)), expiresAtMs: link.expiresAtMs };
  }

  /**
   * Makes a guest link and opens the door for it. A link that there was ends.
   * @throws StationError `cannot_share`; nothing is shared then.
   */
  start(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#end('A new guest link takes the place of the one before.');
      if (this.#isClosed) throw StationError.closing();
      const hosts = networkHosts();
      if (hosts.length === 0) throw StationError.cannotShare('This machine is on no network.');
      await this.#begin(hosts);
    });
  }

  /** Closes the door and ends what is watched through it. Idempotent. */
  stop(): Promise<void> {
    return this.#inTurn(() => this.#end('The station is no longer shared on the network.'));
  }

  /** As stop; it can't be started again. */
  close(): Promise<void> {
    this.#isClosed = true;
    return this.stop();
  }

  async #begin(hosts: readonly string[]): Promise<void> {
    const { openDoor, setShared, tokens, log } = this.#parts;
    const link = new GuestLink();
    const access = new GuestAccess(link, tokens, log);
    const door = await onAllAddresses((host) => openDoor(host, access)).catch((error: unknown) => {
      throw refusalOf(error);
    });
    const timer = setInterval(() => this.#endInTime(link), checkEachMs).unref();
    this.#shared = { link, hosts, door, timer };
    await setShared(true);
    log.info({ port: door.port, until: new Date(link.expiresAtMs) }, 'The station is shared on the network.');
  }

  async #end(sentence: string): Promise<void> {
    if (!this.#shared) return;
    const { door, timer } = this.#shared;
    this.#shared = null;
    clearInterval(timer);
    try {
      // The door first, so that nobody comes in again.
      await door.close();
    } finally {
      await this.#parts.setShared(false);
    }
    this.#parts.log.info(sentence);
  }

  #endInTime(link: GuestLink): void {
    if (link.remainingMs > 0) return;
    this.#inTurn(async () => {
      if (this.#shared?.link === link) await this.#end('The guest link has run out; the station is no longer shared.');
    }).catch((error: unknown) => this.#parts.log.error({ err: error }, 'Sharing did not end as it should.'));
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(step);
    // Whoever asked is told of a failure; the next one's turn comes in any case.
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

/** The IPv6 one takes IPv4 as well; where IPv6 is switched off it does not exist. */
async function onAllAddresses(open: (host: string) => Promise<GuestDoor>): Promise<GuestDoor> {
  try {
    return await open('::');
  } catch (error) {
    if (!['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL'].includes(codeOf(error))) throw error;
    return open('0.0.0.0');
  }
}

function refusalOf(error: unknown): unknown {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return StationError.cannotShare(
        'The port for sharing is taken by another program. Name another as http.sharePort in station.json.',
      );
    case 'EACCES':
      return StationError.cannotShare(
        'The port for sharing may not be used by this user. Name one from 1024 up as http.sharePort in station.json.',
      );
    default:
      return error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
