import type { RtcpPacket } from 'werift';
import type { VideoFrame } from '../station/frame.ts';
import { CaptureClock, type PictureClock } from './capture-clock.ts';
import { PictureAssembler } from './picture-assembler.ts';
import { ReorderBuffer, type Ordered } from './reorder-buffer.ts';
import { rtpTicksPerMs } from './rtp-clock.ts';
import { nack, pictureLoss, readSenderTime, receiverReport } from './rtcp.ts';
import { SrtpReceiver, type ReceivedPacket } from './srtp-receiver.ts';
import type { SrtpKeys } from './srtp.ts';
import type { VideoFormat } from './video-format.ts';

/** A keyframe costs as much as ten pictures: more often than this is none asked for. */
const keyframeEveryMs = 500;
/** A keyframe that has not come by then is asked for again. */
const keyframePatienceMs = 1_000;
/** What the station takes of one publisher, and tells it (REMB). */
const maxKbitPerS = 20_000;
/** Beyond this somebody floods: a link's bursts are over within a second. */
const [floodBytesPerS, floodPacketsPerS] = [8_000_000, 12_000] as const;

export interface MediaReceiverParts {
  readonly video: VideoFormat;
  readonly keys: SrtpKeys;
  /** Of the station, in its reports. */
  readonly ssrc: number;
  readonly sendReport: (packets: RtcpPacket[]) => void;
  readonly frame: (frame: VideoFrame) => void;
  /** Says when pictures were taken; without it, the publisher's reports and the way of the pictures do. */
  readonly clock?: PictureClock | undefined;
  /** Far more comes than any publisher means to send. */
  readonly flooded: () => void;
}

/** Receives the pictures of one publisher: order, repairs, reports, and whole pictures with their times. */
export class MediaReceiver {
  readonly #parts: MediaReceiverParts;
  readonly #packets: SrtpReceiver;
  readonly #order = new ReorderBuffer<ReceivedPacket>();
  readonly #pictures: PictureAssembler;
  readonly #clock: PictureClock;
  readonly #quality = new ReceptionQuality();
  /** Of the publisher; null before its first packet. */
  #mediaSsrc: number | null = null;
  #number = 0;
  #isKeyframeWanted = true;
  #askedForKeyframeMs = -Infinity;
  #second = { beganMs: -Infinity, bytes: 0, packets: 0 };

  constructor(parts: MediaReceiverParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? new CaptureClock();
    this.#packets = new SrtpReceiver(parts.keys, parts.video.payloadType);
    this.#pictures = new PictureAssembler(parts.video.codec);
  }

  /** Takes one datagram, whatever it holds. @returns Whether it was the publisher's. */
  take(datagram: Buffer, nowMs: number): boolean {
    const packet = this.#packets.open(datagram);
    // What a stranger sends under the publisher's address counts for nothing, or anybody could end the session.
    if (!packet || this.#isFlooded(datagram, nowMs)) return false;
    const isFirst = this.#mediaSsrc === null;
    this.#mediaSsrc ??= packet.ssrc;
    if (packet.ssrc !== this.#mediaSsrc) return false;
    this.#quality.arrived(packet, nowMs);
    this.#handOn(this.#order.add(packet, nowMs), nowMs);
    // How much may be sent is told at once: until then browsers send next to nothing.
    if (isFirst) this.report(nowMs);
    this.#askAgain(nowMs);
    return true;
  }

  reported(packet: RtcpPacket, nowMs: number): void {
    const time = this.#mediaSsrc === null ? null : readSenderTime(packet, this.#mediaSsrc);
    if (!time) return;
    this.#clock.reported(time);
    this.#quality.reported(time.ntp, nowMs);
  }

  /** Asks the publisher for a keyframe, at once or as soon as that is allowed. */
  requestKeyframe(nowMs: number): void {
    this.#isKeyframeWanted = true;
    this.#askForKeyframe(nowMs, keyframeEveryMs);
  }

  /** What has to be done now and then, many times a second. */
  tick(nowMs: number): void {
    this.#handOn(this.#order.tick(nowMs), nowMs);
    this.#askAgain(nowMs);
    if (this.#isKeyframeWanted) this.#askForKeyframe(nowMs, keyframePatienceMs);
  }

  /** Tells the publisher how it is received, about once a second. */
  report(nowMs: number): void {
    const ssrc = this.#mediaSsrc;
    if (ssrc === null) return;
    const report = { ssrc, ...this.#quality.report(this.#order.newest, this.#order.lostPackets, nowMs) };
    this.#parts.sendReport(receiverReport(this.#parts.ssrc, report, maxKbitPerS));
  }

  #handOn(packets: readonly Ordered<ReceivedPacket>[], nowMs: number): void {
    for (const packet of packets) {
      for (const { data, isKeyframe, isReordered, timestamp } of this.#pictures.add(packet)) {
        if (isKeyframe) this.#isKeyframeWanted = false;
        const captureTimeMs = this.#clock.captureTimeMs(timestamp, Date.now());
        const { codec } = this.#parts.video;
        this.#parts.frame({ number: ++this.#number, captureTimeMs, data, codec, isKeyframe, isReordered });
      }
    }
    const isStuck = this.#pictures.needsKeyframe && !this.#isKeyframeWanted;
    if (isStuck || packets.includes('gap')) this.requestKeyframe(nowMs);
  }

  #askAgain(nowMs: number): void {
    const numbers = this.#order.toAskFor(nowMs);
    if (numbers.length === 0 || this.#mediaSsrc === null) return;
    this.#parts.sendReport([
      nack(
        this.#parts.ssrc,
        this.#mediaSsrc,
        numbers.map((number) => number & 0xffff),
      ),
    ]);
  }

  #askForKeyframe(nowMs: number, waitMs: number): void {
    if (this.#mediaSsrc === null || nowMs - this.#askedForKeyframeMs < waitMs) return;
    this.#askedForKeyframeMs = nowMs;
    this.#parts.sendReport([pictureLoss(this.#parts.ssrc, this.#mediaSsrc)]);
  }

  #isFlooded({ length }: Buffer, nowMs: number): boolean {
    if (nowMs - this.#second.beganMs >= 1_000) this.#second = { beganMs: nowMs, bytes: 0, packets: 0 };
    this.#second.bytes += length;
    this.#second.packets++;
    const isFlooded = this.#second.bytes > floodBytesPerS || this.#second.packets > floodPacketsPerS;
    if (isFlooded) this.#parts.flooded();
    return isFlooded;
  }
}

/** What a receiver report says (RFC 3550 §6.4.1, §A.3, §A.8). */
class ReceptionQuality {
  #jitterTicks = 0;
  #lastTransitTicks: number | null = null;
  #heard: { readonly lsr: number; readonly atMs: number } | null = null;
  #before = { newest: -1, lost: 0 };

  arrived({ timestamp }: ReceivedPacket, nowMs: number): void {
    const transit = nowMs * rtpTicksPerMs - timestamp;
    const difference = this.#lastTransitTicks === null ? 0 : Math.abs(transit - this.#lastTransitTicks);
    this.#lastTransitTicks = transit;
    // Another timestamp's beginning, or its wrap, is no jitter.
    if (difference < 90_000) this.#jitterTicks += (difference - this.#jitterTicks) / 16;
  }

  reported(ntp: bigint, nowMs: number): void {
    this.#heard = { lsr: Number((ntp >> 16n) & 0xffff_ffffn), atMs: nowMs };
  }

  report(newest: number, packetsLost: number, nowMs: number) {
    const expected = newest - this.#before.newest;
    const lost = packetsLost - this.#before.lost;
    const fractionLost = expected > 0 && lost > 0 ? Math.min(255, Math.floor((256 * lost) / expected)) : 0;
    this.#before = { newest, lost: packetsLost };
    return {
      fractionLost,
      packetsLost: Math.min(packetsLost, 0x7f_ffff),
      highestSequence: newest % 2 ** 32,
      jitter: Math.round(this.#jitterTicks),
      lsr: this.#heard?.lsr ?? 0,
      // 32 bits hold 18 hours; whoever has not reported for so long must not keep its reports from being written.
      dlsr: this.#heard ? Math.min(0xffff_ffff, Math.round((nowMs - this.#heard.atMs) * 65.536)) : 0,
    };
  }
}
