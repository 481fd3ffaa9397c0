import {
  GenericNack,
  PictureLossIndication,
  ReceiverEstimatedMaxBitrate,
  RtcpPayloadSpecificFeedback,
  RtcpReceiverInfo,
  RtcpRrPacket,
  RtcpSenderInfo,
  RtcpSourceDescriptionPacket,
  RtcpSrPacket,
  RtcpTransportLayerFeedback,
  SourceDescriptionChunk,
  SourceDescriptionItem,
  type RtcpPacket,
} from 'werift';
import type { ReceptionReport } from './reception.ts';
import type { SenderTotals } from './srtp-sender.ts';

/** What a Player asks for. */
export type Feedback =
  { readonly kind: 'resend'; readonly lost: readonly number[] } | { readonly kind: 'keyframe' } | null;

/** A full intra request; werift does not export its class. */
const firFormat = 4;

/** Reads a Player's wish about the stream of this SSRC (NACK, PLI: RFC 4585; FIR: RFC 5104); null for anything else. */
export function readFeedback(packet: RtcpPacket, ssrc: number): Feedback {
  if (packet instanceof RtcpTransportLayerFeedback) {
    const { feedback } = packet;
    const isOurs = feedback instanceof GenericNack && feedback.mediaSourceSsrc === ssrc;
    return isOurs ? { kind: 'resend', lost: feedback.lost } : null;
  }
  if (!(packet instanceof RtcpPayloadSpecificFeedback)) return null;
  const { feedback } = packet;
  if (feedback instanceof PictureLossIndication) return feedback.mediaSsrc === ssrc ? { kind: 'keyframe' } : null;
  if (feedback?.count !== firFormat || !('fir' in feedback)) return null;
  return feedback.fir.some((request) => request.ssrc === ssrc) ? { kind: 'keyframe' } : null;
}

/** What a Player reports of the stream of this SSRC (RFC 3550 §6.4); null where the packet says nothing of it. */
export function readReception(packet: RtcpPacket, ssrc: number): ReceptionReport | null {
  // A Player that sends something itself reports in its sender reports.
  const isReport = packet instanceof RtcpRrPacket || packet instanceof RtcpSrPacket;
  return (isReport && packet.reports.find((report) => report.ssrc === ssrc)) || null;
}

/** What a Player says that its link could carry (REMB: draft-alvestrand-rmcat-remb-03 §2), in kbit/s; null for anything else. */
export function readEstimate(packet: RtcpPacket, ssrc: number): number | null {
  if (!(packet instanceof RtcpPayloadSpecificFeedback)) return null;
  const { feedback } = packet;
  if (!(feedback instanceof ReceiverEstimatedMaxBitrate)) return null;
  const isOurs = feedback.uniqueID === 'REMB' && feedback.ssrcFeedbacks.includes(ssrc);
  return isOurs ? Math.round(Number(feedback.bitrate) / 1_000) : null;
}

/** A sender report with its name (RFC 3550 §6.1): tells which capture time belongs to which RTP timestamp. */
export function senderReport(
  ssrc: number,
  cname: string,
  time: { readonly ntp: bigint; readonly rtp: number },
  totals: SenderTotals,
): RtcpPacket[] {
  const senderInfo = new RtcpSenderInfo({
    ntpTimestamp: time.ntp,
    rtpTimestamp: time.rtp,
    packetCount: totals.packets % 2 ** 32,
    octetCount: totals.payloadBytes % 2 ** 32,
  });
  const items = [new SourceDescriptionItem({ type: 1, text: cname })];
  return [
    new RtcpSrPacket({ ssrc, senderInfo }),
    new RtcpSourceDescriptionPacket({ chunks: [new SourceDescriptionChunk({ source: ssrc, items })] }),
  ];
}

/** When the other end took the picture of an RTP timestamp, by its own clock; null where the packet says nothing of it. */
export function readSenderTime(packet: RtcpPacket, ssrc: number): SenderTime | null {
  if (!(packet instanceof RtcpSrPacket) || packet.ssrc !== ssrc) return null;
  const { ntpTimestamp, rtpTimestamp } = packet.senderInfo;
  return { ntp: ntpTimestamp, timestamp: rtpTimestamp };
}

export interface SenderTime {
  readonly ntp: bigint;
  readonly timestamp: number;
}

/** How the station receives somebody's pictures (RFC 3550 §6.4.2), and what it can take at most (REMB). */
export function receiverReport(
  ssrc: number,
  report: ReceptionReport & { readonly ssrc: number; readonly packetsLost: number },
  maxKbitPerS: number,
): RtcpPacket[] {
  return [
    new RtcpRrPacket({ ssrc, reports: [new RtcpReceiverInfo(report)] }),
    new RtcpPayloadSpecificFeedback({ feedback: estimate(ssrc, report.ssrc, maxKbitPerS) }),
  ];
}

/** Asks for packets again (RFC 4585 §6.2.1). @param lost The low 16 bits of their numbers, in order. */
export function nack(ssrc: number, mediaSsrc: number, lost: number[]): RtcpPacket {
  const feedback = new GenericNack({ senderSsrc: ssrc, mediaSourceSsrc: mediaSsrc, lost });
  return new RtcpTransportLayerFeedback({ feedback });
}

/** Asks for a keyframe (RFC 4585 §6.3.1). */
export function pictureLoss(ssrc: number, mediaSsrc: number): RtcpPacket {
  return new RtcpPayloadSpecificFeedback({ feedback: new PictureLossIndication({ senderSsrc: ssrc, mediaSsrc }) });
}

function estimate(ssrc: number, mediaSsrc: number, kbitPerS: number): ReceiverEstimatedMaxBitrate {
  const bits = kbitPerS * 1_000;
  const brExp = Math.max(0, Math.ceil(Math.log2(bits)) - 18);
  const brMantissa = Math.floor(bits / 2 ** brExp);
  const [ssrcNum, ssrcFeedbacks] = [1, [mediaSsrc]];
  return new ReceiverEstimatedMaxBitrate({ senderSsrc: ssrc, mediaSsrc: 0, ssrcNum, brExp, brMantissa, ssrcFeedbacks });
}
