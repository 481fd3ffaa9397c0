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
  StunProtocol,
  type CandidatePair,
  type RtcpPacket,
} from 'werift';
import type { IceServer } from '../../shared/api.ts';
import type { RemoteCandidate } from './candidate.ts';
import { closeNotify, openRecord, provesItsCertificate } from './dtls.ts';
import { iceOptions, type ListenAddress } from './ice-options.ts';
import { assertGuarded, DatagramGuard, guardConnection } from './guards.ts';
import type { Fingerprint, IceCredentials } from './offer.ts';
import type { SrtpKeys } from './srtp.ts';

export interface PeerOptions {
  readonly listen: ListenAddress;
  readonly iceServers: readonly IceServer[];
  readonly remoteIce: IceCredentials;
  readonly remoteFingerprints: readonly Fingerprint[];
  readonly remoteCandidates: readonly RemoteCandidate[];
  readonly log: Logger;
}

/** How a Peer speaks up to its Viewer. */
export interface PeerNotices {
  /** DTLS has ended well: these keys encrypt what the station sends. */
  connected(keys: SrtpKeys): void;
  closedByPlayer(): void;
  /** The Player has checked the path, as it does every few seconds. */
  checked(): void;
  /** There is no path to the Player (any more), or it could not prove who it is. */
  failed(): void;
  /** An authentic report or wish of the Player. */
  rtcp(packet: RtcpPacket): void;
}

/** werift keeps the number of each check it has answered for ever; a screen that watches for weeks would fill the memory. */
const maxRememberedChecks = 256;

/**
 * One Player's transport: werift's ICE and DTLS, used without its peer connection, since the station reads offers, writes answers
 * and sends RTP itself. There is one transport for everything (what browsers call max-bundle).
 */
export class Peer {
  readonly #ice: RTCIceTransport;
  readonly #dtls: RTCDtlsTransport;
  readonly #guard: DatagramGuard;
  readonly #log: Logger;
  readonly #notices: PeerNotices;
  /** Our ufrags and passwords; those of before a restart stay valid until the Player has moved. */
  readonly #passwords = new Map<string, string>();
  /** Kept over an ICE restart, so that pictures flow on the old path until there is a new one. */
  #path: CandidatePair | undefined;
  #hasRestarted = false;
  #isClosed = false;

  /** Opens the sockets and starts to listen for the Player. */
  static async open(options: PeerOptions, notices: PeerNotices): Promise<Peer> {
    // One for the life of the process: making it costs more than all the rest of a session's start.
    const certificate = await RTCDtlsTransport.SetupCertificate();
    const gathering = iceOptions(options.listen, options.iceServers);
    const ice = new RTCIceTransport(new RTCIceGatherer(gathering));
    // An empty list of servers makes werift ask a public one; this is the only way to make it ask none.
    if (!gathering.stunServer) delete ice.connection.stunServer;
    const dtls = new RTCDtlsTransport({}, ice, certificate, [
      ProtectionProfileAeadAes128Gcm,
      ProtectionProfileAes128CmHmacSha1_80,
    ]);
    const peer = new Peer(ice, dtls, options.log, notices);
    try {
      await peer.#start(options);
    } catch (error) {
      await peer.close();
      throw error;
    }
    return peer;
  }

  private constructor(ice: RTCIceTransport, dtls: RTCDtlsTransport, log: Logger, notices: PeerNotices) {
    this.#ice = ice;
    this.#dtls = dtls;
    this.#log = log;
    this.#notices = notices;
    this.#guard = new DatagramGuard({
      passwordOf: (ufrag) => this.#passwords.get(ufrag),
      get isDtlsConnected() {
        return dtls.state === 'connected';
      },
      openRecord: (record) => (dtls.dtls ? openRecord(dtls.dtls, record) : null),
      closedByPlayer: () => notices.closedByPlayer(),
      checked: () => notices.checked(),
    });
    guardConnection(ice.connection, this.#guard);
    ice.connection.send = (datagram) => {
      this.send(datagram);
      return Promise.resolve();
    };
    dtls.onStateChange.subscribe((state) => this.#onDtlsState(state));
    dtls.onRtcp.subscribe((packet) => notices.rtcp(packet));
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

  /** All of the station's candidates as SDP writes them, without `a=candidate:`. */
  get candidates(): readonly string[] {
    return this.#ice.localCandidates.map((candidate) => {
      const { foundation, component, protocol, priority, ip, port, type, relatedAddress, relatedPort } = candidate;
      const related = relatedAddress === undefined ? '' : ` raddr ${relatedAddress} rport ${relatedPort ?? 9}`;
      return `${foundation} ${component} ${protocol} ${priority} ${ip} ${port} typ ${type}${related}`;
    });
  }

  /** Datagrams of strangers that were kept from werift. */
  get droppedDatagrams(): number {
    return this.#guard.droppedCount;
  }

  /** What the system has not taken off our hands yet. */
  get backlogBytes(): number {
    const protocol = this.#currentPath()?.protocol;
    return protocol instanceof StunProtocol && !protocol.transport.closed
      ? protocol.transport.socket.getSendQueueSize()
      : 0;
  }

  /** Sends one datagram on the path that ICE has chosen at this moment. Drops it where there is none. */
  send(datagram: Buffer): void {
    const path = this.#currentPath();
    if (!path || this.#isClosed) return;
    const { protocol, remoteAddr } = path;
    if (protocol instanceof StunProtocol) {
      if (!protocol.transport.closed) protocol.transport.socket.send(datagram, remoteAddr[1], remoteAddr[0]);
      return;
    }
    protocol.sendData(datagram, remoteAddr).catch((error: unknown) => {
      this.#log.debug({ err: error }, 'a packet could not be sent over the relay');
    });
  }

  sendReport(packets: RtcpPacket[]): void {
    this.#dtls.sendRtcp(packets).catch((error: unknown) => this.#log.debug({ err: error }, 'no report was sent'));
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
    this.#connectIce();
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
    await this.#sayGoodbye();
    await this.#dtls.stop();
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

  async #start({ remoteIce, remoteFingerprints, remoteCandidates }: PeerOptions): Promise<void> {
    this.#setRemote(remoteIce);
    this.addCandidates(remoteCandidates);
    await this.#gather();
    if (this.#ice.localCandidates.length === 0) throw new Error('This machine has no network address to listen on.');
    // Passive halves the time to connect, and browsers then choose AES-GCM.
    this.#dtls.role = 'server';
    const fingerprints = remoteFingerprints.map(({ algorithm, value }) => new RTCDtlsFingerprint(algorithm, value));
    this.#dtls.setRemoteParams(new RTCDtlsParameters(fingerprints, 'client'));
    this.#connectIce();
    // Not after ICE: a browser's first DTLS packet can arrive earlier, and it would repeat it only later.
    this.#dtls.start().catch((error: unknown) => this.#fail('the DTLS handshake failed', error));
  }

  #setRemote({ ufrag, password }: IceCredentials): void {
    this.#ice.setRemoteParams(new RTCIceParameters({ iceLite: false, usernameFragment: ufrag, password }));
    const own = this.iceCredentials;
    this.#passwords.set(own.ufrag, own.password);
    const [oldest] = this.#passwords.keys();
    if (this.#passwords.size > 2 && oldest !== undefined) this.#passwords.delete(oldest);
  }

  async #gather(): Promise<void> {
    await this.#ice.gather();
    assertGuarded(this.#ice.connection);
  }

  #connectIce(): void {
    this.#ice.start().catch((error: unknown) => {
      if (!this.#isClosed) this.#log.debug({ err: error }, 'ICE found no path');
    });
  }

  #onDtlsState(state: string): void {
    if (this.#isClosed) return;
    if (state === 'connected') this.#onHandshake();
    else if (state === 'closed') this.#notices.closedByPlayer();
    else if (state === 'failed') this.#fail('the DTLS handshake failed');
  }

  #onHandshake(): void {
    const socket = this.#dtls.dtls;
    if (socket && provesItsCertificate(socket)) this.#notices.connected(srtpKeys(this.#dtls));
    else this.#fail('the Player showed a certificate that is not its own');
  }

  #fail(what: string, error?: unknown): void {
    if (this.#isClosed) return;
    this.#log.debug({ err: error }, what);
    this.#notices.failed();
  }

  /** werift ends a session without a word; with a close_notify (RFC 5246 §7.2.1) the Player needs no timeout to notice. */
  async #sayGoodbye(): Promise<void> {
    const socket = this.#dtls.dtls;
    const path = this.#currentPath();
    if (!socket || !path || this.#dtls.state !== 'connected') return;
    const record = closeNotify(socket);
    const { protocol, remoteAddr } = path;
    if (!(protocol instanceof StunProtocol)) return protocol.sendData(record, remoteAddr);
    // The socket must not be closed under it: Node sends only after a turn of its own.
    await new Promise<void>((sent) => {
      protocol.transport.socket.send(record, remoteAddr[1], remoteAddr[0], () => sent());
    });
  }
}

function srtpKeys({ srtp }: RTCDtlsTransport): SrtpKeys {
  const { profile, srtpSessionKey, srtpSessionSalt, srtpSessionAuthTag } = srtp.localContext;
  return {
    profile: profile === ProtectionProfileAeadAes128Gcm ? 'aes-128-gcm' : 'aes-128-cm-sha1-80',
    key: srtpSessionKey,
    salt: srtpSessionSalt,
    authKey: srtpSessionAuthTag,
  };
}
