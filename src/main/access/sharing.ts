import type { Logger } from 'pino';
import type { AccessAdmin, GuestWish } from '../../shared/access.ts';
import type { StationApi } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
import type { Sharing } from '../../shared/settings.ts';
import type { AccessFile } from './access-file.ts';
import { networkHosts } from './addresses.ts';
import { accessAdmin } from './administration.ts';
import { Callers } from './callers.ts';
import type { Certificate } from './certificates.ts';
import type { Colleagues } from './colleagues.ts';
import { DoorAccess } from './door-access.ts';
import { GuestAccess } from './guest-access.ts';
import { GuestLink } from './guest-link.ts';
import { networkStation } from './network-station.ts';
import type { Access } from './rights.ts';
import type { Tokens } from './tokens.ts';
import { Visits } from './visits.ts';

/** Often enough to end a link in time on a machine that slept meanwhile, and to open a door soon after the network has come. */
const checkEachMs = 30_000;
/** A certificate that is replaced in good time is used in good time. */
const certificateCheckEachMs = 3_600_000;

/** What callers from the network meet behind the door. */
export interface BehindDoor {
  readonly access: Access;
  readonly admin: AccessAdmin;
  readonly station: StationApi;
  /** Null for a door that is not encrypted. */
  readonly certificate: Certificate | null;
}

/** The door that colleagues and their programs come through. */
export interface NetworkDoor {
  readonly port: number;
  /** For connections from now on. */
  useCertificate(certificate: Certificate): void;
  close(): Promise<void>;
}

export interface NetworkSharingParts {
  readonly station: StationApi;
  /** Without it, no Streams are ever lent. */
  readonly lent?: StationApi | null;
  /** @param host Where to listen. @throws The system's error where it can't be listened on. */
  readonly openDoor: (host: string, behind: BehindDoor) => Promise<NetworkDoor>;
  /** Lets sessions of the station reach the network, or ends those that do. */
  readonly setShared: (isShared: boolean) => Promise<void>;
  /** @throws StationError `cannot_share`. */
  readonly openFile: () => AccessFile;
  /** @throws StationError `cannot_share`. */
  readonly certificate: () => Promise<Certificate | null>;
  readonly tokens: Tokens;
  /** Without it, tickets of no directory are taken. */
  readonly colleagues?: Colleagues;
  readonly log: Logger;
}

interface Shared {
  /** Null where the door is for users and programs only. */
  readonly link: GuestLink | null;
  readonly hosts: readonly string[];
  readonly door: NetworkDoor;
  readonly visits: Visits;
  readonly timer: NodeJS.Timeout;
  certificate: Certificate | null;
  certificateReadAtMs: number;
}

/**
 * Lets colleagues on the network in: with a guest link that is made on the station's own screen, and as long as it lasts or, where the
 * door is kept open, in any case with a name and password or a machine token.
 */
export class NetworkSharing {
  /** Works also while the door is closed. */
  readonly admin: AccessAdmin;
  readonly #parts: NetworkSharingParts;
  #file: AccessFile | null = null;
  #shared: Shared | null = null;
  /** Where the door is kept open: the address to listen on, or undefined for all of them. */
  #keptOpen: { readonly host: string | undefined } | null = null;
  #retry: NodeJS.Timeout | undefined;
  /** What was begun last: two at a time would open two doors. */
  #last: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(parts: NetworkSharingParts) {
    this.#parts = parts;
    this.admin = accessAdmin({ file: () => this.#openFile(), visits: () => this.#shared?.visits ?? null }, parts.log);
  }

  state(): Sharing {
    if (!this.#shared) return { kind: 'off' };
    const { link, hosts, door, certificate } = this.#shared;
    const origins = hosts.map((host) => `${certificate ? 'https' : 'http'}://${host}:${door.port}`);
    const fingerprint = certificate && { fingerprint: certificate.fingerprint };
    if (!link) return { kind: 'without_link', addresses: origins.map((origin) => `${origin}/`), ...fingerprint };
    return {
      kind: 'on',
      links: origins.map((origin) => link.urlAt(origin)),
      code: link.shownCode,
      streams: link.streams,
      expiresAtMs: link.expiresAtMs,
      ...fingerprint,
    };
  }

  /**
   * Makes a guest link and opens the door for it. A link that there was ends.
   * @throws StationError `cannot_share`; nothing is shared then.
   */
  start(wish: GuestWish): Promise<void> {
    return this.#inTurn(async () => {
      await this.#end('A new guest link takes the place of the one before.');
      if (this.#isClosed) throw StationError.closing();
      try {
        await this.#begin(new GuestLink(wish));
      } catch (error) {
        this.#tryAgain();
        throw error;
      }
    });
  }

  /**
   * Opens the door for users and programs, without a link, and keeps it open until somebody stops it. What is in the way may pass, such as
   * a network that comes up after the station, so it is tried again and again.
   * @param host Where to listen; on all addresses without it.
   */
  keepOpen(host?: string): Promise<void> {
    this.#keptOpen = { host };
    return this.#inTurn(() => this.#reopen());
  }

  /** Closes the door and ends what is watched through it. Idempotent. */
  stop(): Promise<void> {
    this.#keptOpen = null;
    clearTimeout(this.#retry);
    return this.#inTurn(() => this.#end('The station is no longer shared on the network.'));
  }

  /** As stop; it can't be started again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.stop();
    this.#file?.close();
    this.#file = null;
  }

  async #begin(link: GuestLink | null): Promise<void> {
    const hosts = networkHosts();
    if (hosts.length === 0) throw StationError.cannotShare('This machine is on no network.');
    const { openDoor, setShared, tokens, colleagues, log, station, lent = null } = this.#parts;
    const file = this.#openFile();
    const certificate = await this.#parts.certificate();
    const visits = new Visits({ station, lent }, file.attendance, log);
    const callers = new Callers();
    const guests = link && new GuestAccess(link, tokens, log);
    const behind: BehindDoor = {
      access: new DoorAccess({ guests, file, tokens, callers, ...(colleagues && { colleagues }), log }),
      admin: this.admin,
      station: networkStation({ station, lent }, callers, visits),
      certificate,
    };
    const door = await this.#listen((host) => openDoor(host, behind)).catch((error: unknown) => {
      visits.close();
      throw refusalOf(error);
    });
    const timer = setInterval(() => this.#check(), checkEachMs).unref();
    const certificateReadAtMs = performance.now();
    this.#shared = { link, hosts, door, visits, timer, certificate, certificateReadAtMs };
    await setShared(true);
    const until = link && new Date(link.expiresAtMs);
    // The fingerprint is for whoever has no screen of the station to look at.
    const fingerprint = certificate?.fingerprint ?? null;
    log.info({ port: door.port, until, fingerprint }, 'The station is shared on the network.');
  }

  async #end(sentence: string): Promise<void> {
    if (!this.#shared) return;
    const { door, visits, timer } = this.#shared;
    this.#shared = null;
    clearInterval(timer);
    try {
      // The door first, so that nobody comes in again.
      await door.close();
    } finally {
      await this.#parts.setShared(false);
      visits.close();
    }
    this.#parts.log.info(sentence);
  }

  /** Opens a door that is to be kept open, where it is not. */
  async #reopen(): Promise<void> {
    if (!this.#keptOpen || this.#shared || this.#isClosed) return;
    try {
      await this.#begin(null);
    } catch (error) {
      this.#parts.log.warn({ err: error }, 'The station cannot be shared on the network now; it is tried again.');
      this.#tryAgain();
    }
  }

  #tryAgain(): void {
    if (!this.#keptOpen) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#byItself(() => this.#reopen()), checkEachMs).unref();
  }

  #check(): void {
    const shared = this.#shared;
    if (!shared) return;
    if (shared.link && shared.link.remainingMs <= 0) {
      this.#byItself(async () => {
        if (this.#shared !== shared) return;
        await this.#end('The guest link has run out.');
        await this.#reopen();
      });
    } else if (performance.now() - shared.certificateReadAtMs >= certificateCheckEachMs) {
      shared.certificateReadAtMs = performance.now();
      this.#byItself(() => this.#renewCertificate(shared));
    }
  }

  async #renewCertificate(shared: Shared): Promise<void> {
    const certificate = await this.#parts.certificate();
    if (!certificate || certificate.fingerprint === shared.certificate?.fingerprint || this.#shared !== shared) return;
    shared.certificate = certificate;
    shared.door.useCertificate(certificate);
    this.#parts.log.info({ fingerprint: certificate.fingerprint }, 'The network door has another certificate.');
  }

  #byItself(step: () => Promise<void>): void {
    this.#inTurn(step).catch((error: unknown) =>
      this.#parts.log.error({ err: error }, 'Sharing did not go on as it should.'),
    );
  }

  #listen(open: (host: string) => Promise<NetworkDoor>): Promise<NetworkDoor> {
    const host = this.#keptOpen?.host;
    return host === undefined ? onAllAddresses(open) : open(host);
  }

  /** Opened when it is needed first, and for as long as the station runs. */
  #openFile(): AccessFile {
    if (this.#isClosed) throw StationError.closing();
    return (this.#file ??= this.#parts.openFile());
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(step);
    // Whoever asked is told of a failure; the next one's turn comes in any case.
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

/** The IPv6 one takes IPv4 as well; where IPv6 is switched off it does not exist. */
async function onAllAddresses(open: (host: string) => Promise<NetworkDoor>): Promise<NetworkDoor> {
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
