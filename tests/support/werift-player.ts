import type { RtpPacket } from 'werift';
import {
  GenericNack,
  H264RtpPayload,
  PictureLossIndication,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RtcpPayloadSpecificFeedback,
  RtcpSrPacket,
  RtcpTransportLayerFeedback,
  unwrapRtx,
  useH264,
  useVP8,
  Vp8RtpPayload,
  type DtlsKeys,
  type RTCDataChannel,
  type RTCSctpTransport,
  type RtcpSenderInfo,
} from 'werift';
import { intercept } from '../../src/main/webrtc/intercept.ts';
import type { VideoCodec } from '../../src/shared/state.ts';

export interface PlayerOptions {
  /** What the offer names, in this order. */
  readonly codecs?: readonly VideoCodec[];
  /** Whether lost packets are asked for again (NACK, and RTX where both sides can). */
  readonly asksAgain?: boolean;
  /** The Player's identity; a fresh one where left out. */
  readonly keys?: DtlsKeys;
  /** Returns true for an arriving packet that the network shall lose. */
  readonly loses?: (packet: RtpPacket) => boolean;
  /** The data channels that it opens. */
  readonly channels?: readonly ChannelOptions[];
}

export interface ChannelOptions {
  readonly label: string;
  readonly ordered?: boolean;
  readonly maxRetransmits?: number;
  readonly maxPacketLifeTime?: number;
  /** Its SCTP stream; the lowest free one without it. */
  readonly id?: number;
}

/** A picture as the Player has put it together: H.264 in Annex B form with long start codes, or a VP8 frame. */
export interface ReceivedPicture {
  readonly data: Buffer;
  readonly timestamp: number;
  readonly isKeyframe: boolean;
}

/** A real WebRTC client on loopback that offers to receive video and collects what arrives. */
export class WeriftPlayer {
  readonly pc: RTCPeerConnection;
  /** All media packets that arrived, in the order of arrival, without retransmissions. */
  readonly packets: RtpPacket[] = [];
  /** Media packets that came again over the retransmission stream. */
  readonly resent: RtpPacket[] = [];
  /** Media packets that came a second time under the same number; a browser's SRTP drops them (RFC 3711 §3.3.2). */
  readonly repeated: RtpPacket[] = [];
  /** Resolves when the Player can decrypt what comes. */
  readonly connected: Promise<void>;
  /** The data channels, in the order of the options. */
  readonly channels: readonly PlayerChannel[];
  readonly #codec: VideoCodec;
  #announcesOrder = false;
  #rtx: { readonly ssrc: number; readonly mediaSsrc: number } | null = null;

  constructor({ codecs = ['h264'], asksAgain = true, keys, loses = () => false, channels = [] }: PlayerOptions = {}) {
    this.#codec = codecs[0] ?? 'h264';
    const rtcpFeedback = asksAgain ? [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }] : [];
    const formats = {
      h264: () => useH264({ parameters: 'packetization-mode=1;profile-level-id=42e01f', rtcpFeedback }),
      vp8: () => useVP8({ rtcpFeedback }),
    };
    this.pc = new RTCPeerConnection({
      iceServers: [],
      ...(keys && { dtls: { keys } }),
      bundlePolicy: 'max-bundle',
      iceUseIpv4: false,
      iceUseIpv6: false,
      iceAdditionalHostAddresses: ['127.0.0.1'],
      iceInterfaceAddresses: { udp4: '127.0.0.1' },
      codecs: {
        audio: [],
        video: codecs.flatMap((codec) => [
          formats[codec](),
          ...(asksAgain ? [new RTCRtpCodecParameters({ mimeType: 'video/rtx', clockRate: 90_000 })] : []),
        ]),
      },
    });
    this.pc.addTransceiver('video', { direction: 'recvonly' });
    this.channels = channels.map((channel) => this.openChannel(channel));
    // Else it would ask a public server for its address.
    for (const { connection } of this.pc.iceTransports) delete connection.stunServer;
    const transport = this.pc.dtlsTransports[0]!;
    this.connected = new Promise((resolve) => {
      transport.onStateChange.subscribe((state) => {
        if (state === 'connected') resolve();
      });
    });
    transport.onRtp.subscribe((packet) => this.#collect(packet));
    const deliver = transport.onRtp.execute;
    transport.onRtp.execute = (packet) => {
      if (!loses(packet)) deliver(packet);
    };
  }

  openChannel({ label, ...options }: ChannelOptions): PlayerChannel {
    const channel = this.pc.createDataChannel(label, options);
    if (!this.#announcesOrder) announceOrder(channel.sctp);
    this.#announcesOrder = true;
    return new PlayerChannel(channel);
  }

  /** Reads nothing more of what comes over data channels. @returns What reads the next `count` packets of it; all where left out. */
  holdData(): (count?: number) => void {
    const dtls = this.pc.dtlsTransports[0]!;
    const read = dtls.dataReceiver;
    const held: Buffer[] = [];
    dtls.dataReceiver = (packet) => void held.push(packet);
    return (count) => {
      if (count === undefined) dtls.dataReceiver = read;
      for (const packet of held.splice(0, count ?? held.length)) read(packet);
    };
  }

  /** Offers with all candidates in the text. */
  async offer(): Promise<string> {
    await this.pc.setLocalDescription(await this.pc.createOffer());
    return this.pc.localDescription!.sdp;
  }

  /** Answers an offer of the station, with all candidates in the text. */
  async answer(offerSdp: string): Promise<string> {
    this.#learnRtx(offerSdp);
    await this.pc.setRemoteDescription({ type: 'offer', sdp: offerSdp });
    await this.pc.setLocalDescription(await this.pc.createAnswer());
    return this.pc.localDescription!.sdp;
  }

  async accept(answerSdp: string): Promise<void> {
    this.#learnRtx(answerSdp);
    await this.pc.setRemoteDescription({ type: 'answer', sdp: answerSdp });
  }

  /** The SSRCs of everything that arrived. */
  get ssrcs(): number[] {
    return [...new Set(this.packets.map((packet) => packet.header.ssrc))];
  }

  /** Complete pictures, in order of their sequence numbers, with resent packets in their places. */
  get pictures(): ReceivedPicture[] {
    const ordered = [...this.packets, ...this.resent].sort((a, b) => a.header.sequenceNumber - b.header.sequenceNumber);
    const pictures: ReceivedPicture[] = [];
    let parts: RtpPacket[] = [];
    let isBroken = false;
    let expected = ordered[0]?.header.sequenceNumber;
    for (const packet of ordered) {
      isBroken ||= packet.header.sequenceNumber !== expected;
      expected = (packet.header.sequenceNumber + 1) & 0xffff;
      parts.push(packet);
      if (!packet.header.marker) continue;
      const picture = isBroken ? null : this.#codec === 'h264' ? h264Picture(parts) : vp8Picture(parts);
      if (picture) pictures.push(picture);
      parts = [];
      isBroken = false;
    }
    return pictures;
  }

  /** Tells the sender what is missing or wanted. */
  async sendFeedback(wish: { readonly lost: number[] } | 'keyframe'): Promise<void> {
    const mediaSsrc = this.packets[0]?.header.ssrc ?? 0;
    const packet =
      wish === 'keyframe'
        ? new RtcpPayloadSpecificFeedback({ feedback: new PictureLossIndication({ senderSsrc: 1, mediaSsrc }) })
        : new RtcpTransportLayerFeedback({
            feedback: new GenericNack({ senderSsrc: 1, mediaSourceSsrc: mediaSsrc, lost: wish.lost }),
          });
    await this.pc.dtlsTransports[0]!.sendRtcp([packet]);
  }

  /** The next report of the station about its clock. */
  async nextSenderReport(): Promise<RtcpSenderInfo> {
    for (;;) {
      const [packet] = await this.pc.dtlsTransports[0]!.onRtcp.asPromise();
      if (packet instanceof RtcpSrPacket) return packet.senderInfo;
    }
  }

  /** Sends datagrams from the very address that the session uses. */
  sendRaw(datagram: Buffer): void {
    const pair = this.pc.iceTransports[0]!.connection.nominated!;
    void pair.protocol.sendData(datagram, pair.remoteAddr);
  }

  /** Ends the session as browsers do, with an encrypted close_notify, which werift itself never sends. */
  sayGoodbye(): void {
    const { cipher, dtls, sessionType } = this.pc.dtlsTransports[0]!.dtls!;
    const header = { type: 21, version: 0xfefd, epoch: 1, sequenceNumber: ++dtls.recordSequenceNumber };
    const alert = cipher.cipher.encrypt(sessionType, Buffer.from([1, 0]), header);
    this.sendRaw(dtlsRecord(header.type, header.epoch, alert, header.sequenceNumber));
  }

  /** Goes without a word, as when a cable is pulled. */
  async vanish(): Promise<void> {
    const { protocol } = this.pc.iceTransports[0]!.connection.nominated!;
    await protocol.close();
  }

  async close(): Promise<void> {
    await this.pc.close();
  }

  #learnRtx(sdp: string): void {
    const group = /a=ssrc-group:FID (\d+) (\d+)/.exec(sdp);
    if (group) this.#rtx = { mediaSsrc: Number(group[1]), ssrc: Number(group[2]) };
  }

  #isKnown({ header }: RtpPacket): boolean {
    return this.packets.some((known) => known.header.sequenceNumber === header.sequenceNumber);
  }

  #collect(packet: RtpPacket): void {
    if (packet.header.ssrc === this.#rtx?.ssrc) this.resent.push(unwrapRtx(packet, 0, this.#rtx.mediaSsrc));
    else if (this.#isKnown(packet)) this.repeated.push(packet);
    else this.packets.push(packet);
  }
}

/** What RFC 8832 §5.1 calls a message about its channel, the opening of one, and one without order. */
const aboutChannel = 50;
const channelOpen = 3;
const unordered = 0x80;

/** Has channels without order announced as such, like browsers do; werift forgets it where it says how often to send again. */
function announceOrder(transport: RTCSctpTransport): void {
  intercept(transport, 'dataChannelFlush', (flush) => () => {
    const queue = Reflect.get(transport, 'dataChannelQueue') as [RTCDataChannel, number, Buffer][];
    for (const [channel, kind, message] of queue) {
      const isOpening = kind === aboutChannel && message.readUInt8(0) === channelOpen;
      if (isOpening && !channel.ordered) message.writeUInt8(message.readUInt8(1) | unordered, 1);
    }
    return flush();
  });
}

/** A data channel with everything that came over it. */
export class PlayerChannel {
  readonly channel: RTCDataChannel;
  readonly received: (string | Buffer)[] = [];
  readonly opened: Promise<void>;
  readonly closed: Promise<void>;

  constructor(channel: RTCDataChannel) {
    this.channel = channel;
    channel.onMessage.subscribe((message) => this.received.push(message));
    const reaches = (wanted: string) =>
      new Promise<void>((resolve) => {
        channel.stateChanged.subscribe((state) => {
          if (state === wanted) resolve();
        });
      });
    this.opened = reaches('open');
    this.closed = reaches('closed');
  }

  send(message: string | Buffer): void {
    this.channel.send(message);
  }
}

/** One DTLS record (RFC 6347 §4.1). */
export function dtlsRecord(type: number, epoch: number, content: Buffer, sequenceNumber = 0): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt8(type, 0);
  header.writeUInt16BE(0xfefd, 1);
  header.writeUInt16BE(epoch, 3);
  header.writeUIntBE(sequenceNumber, 5, 6);
  header.writeUInt16BE(content.length, 11);
  return Buffer.concat([header, content]);
}

function h264Picture(parts: readonly RtpPacket[]): ReceivedPicture | null {
  let fragment: Buffer | undefined;
  const units: Buffer[] = [];
  let isKeyframe = false;
  for (const { payload } of parts) {
    const unit = H264RtpPayload.deSerialize(payload, fragment);
    fragment = unit.fragment;
    isKeyframe ||= unit.isKeyframe;
    if (unit.payload) units.push(unit.payload);
  }
  if (!parts[0] || units.length === 0 || fragment) return null;
  return { data: Buffer.concat(units), timestamp: parts[0].header.timestamp, isKeyframe };
}

function vp8Picture(parts: readonly RtpPacket[]): ReceivedPicture | null {
  const first = parts[0] && Vp8RtpPayload.deSerialize(parts[0].payload);
  if (!parts[0] || !first?.isPartitionHead) return null;
  const data = Buffer.concat(parts.map(({ payload }) => Vp8RtpPayload.deSerialize(payload).payload));
  return { data, timestamp: parts[0].header.timestamp, isKeyframe: first.isKeyframe };
}
