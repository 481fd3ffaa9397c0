import type { Logger } from 'pino';
import {
  ProtectionProfileAeadAes128Gcm,
  ProtectionProfileAes128CmHmacSha1_80,
  RTCDtlsFingerprint,
  RTCDtlsParameters,
  RTCDtlsTransport,
  type RTCIceTransport,
  type RtcpPacket,
} from 'werift';
import { closeNotify, openRecord, provesItsCertificate } from './dtls.ts';
import { DatagramGuard, type Guarded } from './guards.ts';
import type { Gathering } from './ice-options.ts';
import { IcePath, iceTransport } from './ice-path.ts';
import type { Fingerprint, RemoteTransport } from './remote-description.ts';
import { Sctp, type SctpNotices } from './sctp.ts';
import { srtpKeys, type SessionKeys } from './srtp-keys.ts';

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

/**
 * One Player's transport: werift's ICE and DTLS, used without its peer connection, since the station reads offers, writes answers
 * and sends RTP itself. There is one transport for everything (what browsers call max-bundle).
 */
export class Peer {
  /** What everything goes over. */
  readonly path: IcePath;
  readonly #dtls: RTCDtlsTransport;
  readonly #guard: DatagramGuard;
  readonly #log: Logger;
  /** Null until the Player's description is known. */
  #notices: PeerNotices | null = null;
  /** Null where the Player wants no data channels. */
  #sctp: Sctp | null = null;
  #isClosed = false;

  /** Opens the sockets. */
  static async open({ gathering, isControlling, waitsForServers, log }: PeerOptions): Promise<Peer> {
    // One for the life of the process: making it costs more than all the rest of a session's start.
    const certificate = await RTCDtlsTransport.SetupCertificate();
    const ice = iceTransport(gathering, isControlling);
    const dtls = new RTCDtlsTransport({}, ice, certificate, [
      ProtectionProfileAeadAes128Gcm,
      ProtectionProfileAes128CmHmacSha1_80,
    ]);
    const peer = new Peer(ice, dtls, gathering, log);
    try {
      await peer.path.listen(waitsForServers);
    } catch (error) {
      await peer.close();
      throw error;
    }
    return peer;
  }

  private constructor(ice: RTCIceTransport, dtls: RTCDtlsTransport, gathering: Gathering, log: Logger) {
    this.#dtls = dtls;
    this.#log = log;
    this.#guard = new DatagramGuard(this.#guarded());
    const failed = (what: string, error?: unknown) => this.#fail(what, error);
    this.path = new IcePath({ ice, gathering, guard: this.#guard, failed, log });
    dtls.onStateChange.subscribe((state) => this.#onDtlsState(state));
    dtls.onRtcp.subscribe((packet) => this.#notices?.rtcp(packet));
  }

  get fingerprints(): readonly Fingerprint[] {
    return this.#dtls.localParameters.fingerprints;
  }

  /** What was kept from werift: datagrams of strangers, and SCTP that nobody sends who means well. */
  get droppedDatagrams(): number {
    return this.#guard.droppedCount + (this.#sctp?.droppedPackets ?? 0);
  }

  /** Whether more may be sent over data channels now; `roomGained` tells when to look again. */
  get hasRoomForData(): boolean {
    return this.#sctp?.hasRoom ?? false;
  }

  sendReport(packets: RtcpPacket[]): void {
    this.#dtls.sendRtcp(packets).catch((error: unknown) => this.#log.debug({ err: error }, 'no report was sent'));
  }

  /**
   * Begins to look for the Player, whose description is known now.
   * @param role Passive halves the time to connect, and browsers then choose AES-GCM; active is for those who insist on waiting.
   */
  connect(remote: RemoteTransport, notices: PeerNotices, role: 'passive' | 'active' = 'passive'): void {
    const { ice, fingerprints, candidates, sctp } = remote;
    this.#notices = notices;
    if (sctp) this.#sctp = new Sctp(this.#dtls, sctp.port, notices, this.#log);
    this.path.setRemote(ice, candidates);
    const known = fingerprints.map(({ algorithm, value }) => new RTCDtlsFingerprint(algorithm, value));
    this.#dtls.role = role === 'passive' ? 'server' : 'client';
    this.#dtls.setRemoteParams(new RTCDtlsParameters(known, role === 'passive' ? 'client' : 'server'));
    const onPath = this.path.connect();
    // Not after ICE: a browser's first DTLS packet can arrive earlier, and it would repeat it only later. Our own needs a path.
    if (role === 'passive') this.#startDtls();
    else void onPath.then(() => this.#startDtls());
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.path.close();
    await this.#sctp?.close();
    await this.#sayGoodbye();
    await this.#dtls.stop();
  }

  #guarded(): Guarded {
    const dtls = this.#dtls;
    const hasSctp = () => this.#sctp !== null;
    return {
      passwordOf: (ufrag) => this.path.passwordOf(ufrag),
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
    if (socket && this.#dtls.state === 'connected') await this.path.sendLast(closeNotify(socket));
  }
}
