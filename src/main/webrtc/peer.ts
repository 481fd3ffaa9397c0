import type { Logger } from 'pino';
import {
  IceCandidate,
  ProtectionProfileAeadAes128Gcm,
  ProtectionProfileAes128CmHmacSha1_80,
  RTCDtlsFingerprint,
  RTCDtlsParameters,
  RTCDtlsTransport,
  RTCIceGatherer,
  RTCIceParameters,
  RTCIceTransport,
  type CandidatePair,
  type RtcpPacket,
} from 'werift';
import type { ViewerPath } from '../../shared/state.ts';
import type { RemoteCandidate } from './candidate.ts';
import { closeNotify, openRecord, provesItsCertificate } from './dtls.ts';
import { assertGuarded, DatagramGuard, guardConnection, pairWithRemotes, type Guarded } from './guards.ts';
import type { Gathering } from './ice-options.ts';
import { followNominations } from './nominations.ts';
import { OwnCandidates } from './own-candidates.ts';
import { backlogOver, isFarEndClosed, sendLastOver, sendOver } from './path-out.ts';
import type { Fingerprint, IceCredentials, RemoteTransport } from './remote-description.ts';
import { Sctp, type SctpNotices } from './sctp.ts';
import { srtpKeys, type SessionKeys } from './srtp-keys.ts';
import { Ways } from './ways.ts';

export interface PeerOptions {
  /** Where to listen and whom to ask. */
  readonly gathering: Gathering;
  /** Who offers leads ICE (RFC 8445 §6.1.1). */
  readonly isControlling: boolean;
  /** Whether all servers are asked before anything is told of the Peer; else their answers come as later candidates. */
  readonly waitsForServers: boolean;
  readonly log: Logger;
}

/** How a Peer speaks up to its Viewer. */
export interface PeerNotices extends SctpNotices {
  /** DTLS has ended well: these keys encrypt the pictures. */
  connected(keys: SessionKeys): void;
  closedByPlayer(): void;
  /** The Player has checked the path, as it does every few seconds. */
  checked(): void;
  /** There is no path to the Player (any more), or it could not prove who it is. */
  failed(): void;
  /** An authentic report or wish of the Player. */
  rtcp(packet: RtcpPacket): void;
  /** An RTP packet, still encrypted. Without this nothing of the kind is taken. */
  rtp?(datagram: Buffer): void;
}

/** werift keeps the number of each check it has answered for ever; a screen that watches for weeks would fill the memory. */
const maxRememberedChecks = 256;

/**
 * One Player's transport: werift's ICE and DTLS, used without its peer connection, since the station reads offers, writes answers
 * and sends RTP itself. There is one transport for everything (what browsers call max-bundle).
 */
export class Peer {
  /** The station's candidates. */
  readonly candidates: OwnCandidates;
  readonly #ice: RTCIceTransport;
  readonly #dtls: RTCDtlsTransport;
  readonly #guard: DatagramGuard;
  readonly #ways: Ways;
  readonly #log: Logger;
  /** Null until the Player's description is known. */
  #notices: PeerNotices | null = null;
  /** Our ufrags and passwords; those of before a restart stay valid until the Player has moved. */
  readonly #passwords = new Map<string, string>();
  /** Kept over an ICE restart, so that pictures flow on the old path until there is a new one. */
  #path: CandidatePair | undefined;
  #hasRestarted = false;
  /** Null where the Player wants no data channels. */
  #sctp: Sctp | null = null;
  #isClosed = false;

  /** Opens the sockets. */
  static async open({ gathering, isControlling, waitsForServers, log }: PeerOptions): Promise<Peer> {
    // One for the life of the process: making it costs more than all the rest of a session's start.
    const certificate = await RTCDtlsTransport.SetupCertificate();
    // werift opens no sockets but that to a relay; see Ways.
    const ice = new RTCIceTransport(new RTCIceGatherer({ ...gathering.turn, useIpv4: false, useIpv6: false }));
    // An empty list of servers makes werift ask a public one; this is the only way to make it ask none.
    delete ice.connection.stunServer;
    ice.connection.iceControlling = isControlling;
    const dtls = new RTCDtlsTransport({}, ice, certificate, [
      ProtectionProfileAeadAes128Gcm,
      ProtectionProfileAes128CmHmacSha1_80,
    ]);
    const peer = new Peer(ice, dtls, gathering, log);
    try {
      await peer.#listen(waitsForServers);
    } catch (error) {
      await peer.close();
      throw error;
    }
    return peer;
  }

  private constructor(ice: RTCIceTransport, dtls: RTCDtlsTransport, gathering: Gathering, log: Logger) {
    this.candidates = new OwnCandidates(ice);
    this.#ice = ice;
    this.#dtls = dtls;
    this.#log = log;
    this.#guard = new DatagramGuard(this.#guarded());
    guardConnection(ice.connection, this.#guard);
    followNominations(ice.connection);
    this.#ways = new Ways(ice.connection, gathering, (ufrag) => this.#passwordOf(ufrag), log);
    ice.connection.send = (datagram) => {
      this.send(datagram);
      return Promise.resolve();
    };
    dtls.onStateChange.subscribe((state) => this.#onDtlsState(state));
    dtls.onRtcp.subscribe((packet) => this.#notices?.rtcp(packet));
    // werift leaves it at that where a server's answer comes after the Player's candidates.
    ice.onIceCandidate.subscribe(() => pairWithRemotes(ice.connection));
    ice.onStateChange.subscribe((state) => {
      // During a restart the old path still carries the pictures; whether it does is seen from the Player's reports.
      if (state === 'failed' && !this.#isRestarting) this.#fail('no path to the Player');
    });
  }

  get iceCredentials(): IceCredentials {
    const { localUsername, localPassword } = this.#ice.connection;
    return { ufrag: localUsername, password: localPassword };
  }

  get fingerprints(): readonly Fingerprint[] {
    return this.#dtls.localParameters.fingerprints;
  }

  /** What was kept from werift: datagrams of strangers, and SCTP that nobody sends who means well. */
  get droppedDatagrams(): number {
    return this.#guard.droppedCount + (this.#sctp?.droppedPackets ?? 0);
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

  /** Whether more may be sent over data channels now; `roomGained` tells when to look again. */
  get hasRoomForData(): boolean {
    return this.#sctp?.hasRoom ?? false;
  }

  /** Whether the machine at the Player's end of the path says that nobody listens there. */
  async isFarPortClosed(): Promise<boolean> {
    const path = this.#currentPath();
    return path !== undefined && isFarEndClosed(path);
  }

  /** Sends one datagram on the path that ICE has chosen at this moment. Drops it where there is none. */
  send(datagram: Buffer): void {
    const path = this.#currentPath();
    if (path && !this.#isClosed) sendOver(path, datagram, this.#log);
  }

  sendReport(packets: RtcpPacket[]): void {
    this.#dtls.sendRtcp(packets).catch((error: unknown) => this.#log.debug({ err: error }, 'no report was sent'));
  }

  /**
   * Begins to look for the Player, whose description is known now. Its checks of before were dropped; it repeats them.
   * @param role Passive halves the time to connect, and browsers then choose AES-GCM; active is for those who insist on waiting.
   */
  connect(remote: RemoteTransport, notices: PeerNotices, role: 'passive' | 'active' = 'passive'): void {
    const { ice, fingerprints, candidates, sctp } = remote;
    assertGuarded(this.#ice.connection);
    this.#notices = notices;
    if (sctp) this.#sctp = new Sctp(this.#dtls, sctp.port, notices, this.#log);
    this.#setRemote(ice);
    this.addCandidates(candidates);
    const known = fingerprints.map(({ algorithm, value }) => new RTCDtlsFingerprint(algorithm, value));
    this.#dtls.role = role === 'passive' ? 'server' : 'client';
    this.#dtls.setRemoteParams(new RTCDtlsParameters(known, role === 'passive' ? 'client' : 'server'));
    const onPath = this.#connectIce();
    // Not after ICE: a browser's first DTLS packet can arrive earlier, and it would repeat it only later. Our own needs a path.
    if (role === 'passive') this.#startDtls();
    else void onPath.then(() => this.#startDtls());
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
    this.#setRemote(remoteIce);
    this.addCandidates(candidates);
    await this.#gather();
    void this.#connectIce();
  }

  /** What has to be done now and then, about once a second. */
  tidy(): void {
    for (const pair of this.#ice.connection.candidatePairs) {
      const checks: unknown = Reflect.get(pair, 'requestTransactionIds');
      if (checks instanceof Set && checks.size > maxRememberedChecks) checks.clear();
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.candidates.complete();
    await this.#sctp?.close();
    await this.#sayGoodbye();
    await this.#dtls.stop();
  }

  #guarded(): Guarded {
    const dtls = this.#dtls;
    const hasSctp = () => this.#sctp !== null;
    return {
      passwordOf: (ufrag) => this.#passwords.get(ufrag),
      get isDtlsConnected() {
        return dtls.state === 'connected';
      },
      get takesData() {
        return hasSctp();
      },
      openRecord: (record) => (dtls.dtls ? openRecord(dtls.dtls, record) : null),
      closedByPlayer: () => this.#notices?.closedByPlayer(),
      checked: () => this.#notices?.checked(),
      data: (content) => this.#sctp?.receive(content),
      rtp: (datagram) => {
        this.#notices?.rtp?.(datagram);
        return this.#notices?.rtp !== undefined;
      },
    };
  }

  /** Over TCP a Player may come before its description; whoever is sent away there does not come again. */
  #passwordOf(ufrag: string): string | undefined {
    const own = this.iceCredentials;
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

  async #listen(waitsForServers: boolean): Promise<void> {
    const first = new Promise<void>((known) => void this.candidates.subscribe(() => known()));
    const gathered = this.#gather();
    await (waitsForServers ? gathered : Promise.race([first, gathered]));
    gathered.catch((error: unknown) => this.#fail('the station has no candidates', error));
    assertGuarded(this.#ice.connection);
    if (this.#ice.localCandidates.length === 0) throw new Error('This machine has no network address to listen on.');
  }

  #setRemote({ ufrag, password }: IceCredentials): void {
    this.#ice.setRemoteParams(new RTCIceParameters({ iceLite: false, usernameFragment: ufrag, password }));
    const own = this.iceCredentials;
    this.#passwords.set(own.ufrag, own.password);
    const [oldest] = this.#passwords.keys();
    if (this.#passwords.size > 2 && oldest !== undefined) this.#passwords.delete(oldest);
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

  #connectIce(): Promise<void> {
    return this.#ice.start().catch((error: unknown) => {
      if (!this.#isClosed) this.#log.debug({ err: error }, 'ICE found no path');
    });
  }

  #startDtls(): void {
    if (this.#isClosed) return;
    this.#dtls.start().catch((error: unknown) => this.#fail('the DTLS handshake failed', error));
  }

  #onDtlsState(state: string): void {
    if (this.#isClosed) return;
    if (state === 'connected') this.#onHandshake();
    else if (state === 'closed') this.#notices?.closedByPlayer();
    else if (state === 'failed') this.#fail('the DTLS handshake failed');
  }

  #onHandshake(): void {
    const socket = this.#dtls.dtls;
    if (socket && provesItsCertificate(socket)) {
      this.#notices?.connected(srtpKeys(this.#dtls));
      this.#sctp?.start();
    } else this.#fail('the Player showed a certificate that is not its own');
  }

  #fail(what: string, error?: unknown): void {
    if (this.#isClosed) return;
    this.#log.debug({ err: error }, what);
    this.#notices?.failed();
  }

  /** werift ends a session without a word; with a close_notify (RFC 5246 §7.2.1) the Player needs no timeout to notice. */
  async #sayGoodbye(): Promise<void> {
    const socket = this.#dtls.dtls;
    const path = this.#currentPath();
    if (!socket || !path || this.#dtls.state !== 'connected') return;
    await sendLastOver(path, closeNotify(socket));
  }
}
