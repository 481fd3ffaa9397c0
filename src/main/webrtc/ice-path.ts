import type { Logger } from 'pino';
import { IceCandidate, RTCIceGatherer, RTCIceParameters, RTCIceTransport, type CandidatePair } from 'werift';
import type { ViewerPath } from '../../shared/state.ts';
import type { RemoteCandidate } from './candidate.ts';
import { assertGuarded, guardConnection, pairWithRemotes, type DatagramGuard } from './guards.ts';
import type { Gathering } from './ice-options.ts';
import { followNominations } from './nominations.ts';
import { OwnCandidates } from './own-candidates.ts';
import { backlogOver, isFarEndClosed, sendLastOver, sendOver } from './path-out.ts';
import type { IceCredentials } from './remote-description.ts';
import { Ways } from './ways.ts';

export interface IcePathParts {
  readonly ice: RTCIceTransport;
  /** Where to listen and whom to ask. */
  readonly gathering: Gathering;
  readonly guard: DatagramGuard;
  /** There is no path to the Player (any more). @param what Says why. */
  readonly failed: (what: string, error?: unknown) => void;
  readonly log: Logger;
}

/** werift keeps the number of each check it has answered for ever; a screen that watches for weeks would fill the memory. */
const maxRememberedChecks = 256;

/** @param isControlling Who offers leads ICE (RFC 8445 §6.1.1). */
export function iceTransport({ turn }: Gathering, isControlling: boolean): RTCIceTransport {
  // werift opens no sockets but that to a relay; see Ways.
  const ice = new RTCIceTransport(new RTCIceGatherer({ ...turn, useIpv4: false, useIpv6: false }));
  // An empty list of servers makes werift ask a public one; this is the only way to make it ask none.
  delete ice.connection.stunServer;
  ice.connection.iceControlling = isControlling;
  return ice;
}

/** How datagrams get to one Player: the sockets, addresses and credentials of ICE, and the pair that it has chosen at each moment. */
export class IcePath {
  /** The station's candidates. */
  readonly candidates: OwnCandidates;
  readonly #ice: RTCIceTransport;
  readonly #guard: DatagramGuard;
  readonly #ways: Ways;
  readonly #failed: IcePathParts['failed'];
  readonly #log: Logger;
  /** Our ufrags and passwords; those of before a restart stay valid until the Player has moved. */
  readonly #passwords = new Map<string, string>();
  /** Kept over an ICE restart, so that pictures flow on the old path until there is a new one. */
  #path: CandidatePair | undefined;
  #hasRestarted = false;
  #isClosed = false;

  constructor({ ice, gathering, guard, failed, log }: IcePathParts) {
    this.candidates = new OwnCandidates(ice);
    this.#ice = ice;
    this.#guard = guard;
    this.#failed = failed;
    this.#log = log;
    guardConnection(ice.connection, guard);
    followNominations(ice.connection);
    this.#ways = new Ways(ice.connection, gathering, (ufrag) => this.#ownPasswordOf(ufrag), log);
    ice.connection.send = (datagram) => {
      this.send(datagram);
      return Promise.resolve();
    };
    // werift leaves it at that where a server's answer comes after the Player's candidates.
    ice.onIceCandidate.subscribe(() => pairWithRemotes(ice.connection));
    ice.onStateChange.subscribe((state) => {
      // During a restart the old path still carries the pictures; whether it does is seen from the Player's reports.
      if (state === 'failed' && !this.#isRestarting) failed('no path to the Player');
    });
  }

  get credentials(): IceCredentials {
    const { localUsername, localPassword } = this.#ice.connection;
    return { ufrag: localUsername, password: localPassword };
  }

  /** How the Player is reached; null where no way is known. */
  get way(): ViewerPath | null {
    const path = this.#currentPath();
    if (!path) return null;
    const isRelayed = path.localCandidate.type === 'relay' || path.remoteCandidate.type === 'relay';
    return isRelayed ? 'relayed' : 'direct';
  }

  /** What the system has not taken off our hands yet. */
  get backlogBytes(): number {
    const path = this.#currentPath();
    return path ? backlogOver(path) : 0;
  }

  /** Whether the machine at the Player's end of the path says that nobody listens there. */
  async isFarPortClosed(): Promise<boolean> {
    const path = this.#currentPath();
    return path !== undefined && isFarEndClosed(path);
  }

  /** Our password for one of our ufrags that the Player may use by now. */
  passwordOf(ufrag: string): string | undefined {
    return this.#passwords.get(ufrag);
  }

  /** Opens the sockets. @param waitsForServers Until all of them have answered; else until there is any candidate. */
  async listen(waitsForServers: boolean): Promise<void> {
    const first = new Promise<void>((known) => void this.candidates.subscribe(() => known()));
    const gathered = this.#gather();
    await (waitsForServers ? gathered : Promise.race([first, gathered]));
    gathered.catch((error: unknown) => this.#failed('the station has no candidates', error));
    assertGuarded(this.#ice.connection);
    if (this.#ice.localCandidates.length === 0) throw new Error('This machine has no network address to listen on.');
  }

  /** Takes what is known of the Player. Its checks of before were dropped; it repeats them. */
  setRemote({ ufrag, password }: IceCredentials, candidates: readonly RemoteCandidate[]): void {
    assertGuarded(this.#ice.connection);
    this.#ice.setRemoteParams(new RTCIceParameters({ iceLite: false, usernameFragment: ufrag, password }));
    const own = this.credentials;
    this.#passwords.set(own.ufrag, own.password);
    const [oldest] = this.#passwords.keys();
    if (this.#passwords.size > 2 && oldest !== undefined) this.#passwords.delete(oldest);
    this.addCandidates(candidates);
  }

  /** Looks for the Player. Resolves when it is found, or not. */
  connect(): Promise<void> {
    return this.#ice.start().catch((error: unknown) => {
      if (!this.#isClosed) this.#log.debug({ err: error }, 'ICE found no path');
    });
  }

  addCandidates(candidates: readonly RemoteCandidate[]): void {
    for (const { foundation, priority, address, port, type } of candidates) {
      const candidate = new IceCandidate(1, foundation, address, port, priority, 'udp', type);
      this.#ice.addRemoteCandidate(candidate)?.catch((error: unknown) => {
        this.#log.debug({ err: error }, 'a candidate was not taken');
      });
    }
  }

  /** Takes the Player's new ICE credentials and makes new ones of our own (RFC 8445 §9). DTLS and SRTP go on as they are. */
  async restart(remoteIce: IceCredentials, candidates: readonly RemoteCandidate[]): Promise<void> {
    this.#currentPath();
    this.#hasRestarted = true;
    this.setRemote(remoteIce, candidates);
    await this.#gather();
    void this.connect();
  }

  /** Sends one datagram on the path that ICE has chosen at this moment. Drops it where there is none. */
  send(datagram: Buffer): void {
    const path = this.#currentPath();
    if (path && !this.#isClosed) sendOver(path, datagram, this.#log);
  }

  /** The same once it is closed. Resolves when the datagram is on its way. */
  async sendLast(datagram: Buffer): Promise<void> {
    const path = this.#currentPath();
    if (path) await sendLastOver(path, datagram);
  }

  /** What has to be done now and then, about once a second. */
  tidy(): void {
    for (const pair of this.#ice.connection.candidatePairs) {
      const checks: unknown = Reflect.get(pair, 'requestTransactionIds');
      if (checks instanceof Set && checks.size > maxRememberedChecks) checks.clear();
    }
  }

  /** From now on nothing is told or sent. The sockets end with the DTLS transport over them. */
  close(): void {
    this.#isClosed = true;
    this.candidates.complete();
  }

  /** Over TCP a Player may come before its description; whoever is sent away there does not come again. */
  #ownPasswordOf(ufrag: string): string | undefined {
    const own = this.credentials;
    return this.#passwords.get(ufrag) ?? (ufrag === own.ufrag ? own.password : undefined);
  }

  get #isRestarting(): boolean {
    return this.#hasRestarted && this.#ice.connection.nominated === undefined;
  }

  /**
   * The nominated pair, else the one of before a restart, else any whose far end has signed a check: a browser sends its first DTLS
   * packet before it nominates, and where that finds no answer it waits 50 ms before it repeats it.
   */
  #currentPath(): CandidatePair | undefined {
    const { nominated, candidatePairs } = this.#ice.connection;
    this.#path = nominated ?? this.#path ?? candidatePairs.find((pair) => this.#guard.knows(pair.remoteAddr));
    return this.#path;
  }

  async #gather(): Promise<void> {
    try {
      await this.#ways.open();
      await Promise.all([this.#ice.gather(), this.#ways.askStunServer()]);
    } finally {
      this.candidates.complete();
    }
    // What werift has opened after the end, because a server was slow, must not stay.
    if (this.#isClosed) await this.#ice.connection.close();
    else assertGuarded(this.#ice.connection);
  }
}
