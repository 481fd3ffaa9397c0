import type { VideoCodec } from '../../shared/state.ts';
import { values, type SdpAttribute } from './sdp.ts';

/** The format that the station sends to a Player, with the numbers that both have agreed on. */
export interface VideoFormat {
  readonly mid: string;
  readonly codec: VideoCodec;
  readonly payloadType: number;
  /** RFC 4588; null where the Player knows no retransmission format for this codec. */
  readonly rtxPayloadType: number | null;
  readonly midExtensionId: number | null;
  readonly playoutDelayExtensionId: number | null;
  readonly absSendTimeExtensionId: number | null;
}

/** A format with all that an offer or answer of the station says of it. */
export interface DescribedVideo extends VideoFormat {
  /** The format parameters; null for none. In an answer they are rebuilt from what was understood of the offer. */
  readonly parameters: string | null;
  /** The feedback that the station acts on; in an answer, out of what was offered. */
  readonly feedback: readonly string[];
}

interface Format {
  readonly payloadType: number;
  /** Upper case, with the clock rate: `H264/90000`. */
  readonly encoding: string;
  readonly parameters: ReadonlyMap<string, string>;
}

export const midExtension = 'urn:ietf:params:rtp-hdrext:sdes:mid';
export const playoutDelayExtension = 'http://www.webrtc.org/experiments/rtp-hdrext/playout-delay';
export const absSendTimeExtension = 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time';

/**
 * With `goog-remb` a Player tells what its link could carry; browsers work that out from the send times of the packets, so it takes
 * the header extension too. It is not told where `transport-cc` is agreed, which would leave the work to the station.
 */
export const usedFeedback: readonly string[] = ['nack', 'nack pli', 'ccm fir', 'goog-remb'];

/** Picks H.264 where the other end knows constrained baseline, else VP8, else null; VP8 first where that is preferred. */
export function chooseVideo(
  mid: string,
  payloadTypes: readonly string[],
  attributes: readonly SdpAttribute[],
  preferred: VideoCodec = 'h264',
): DescribedVideo | null {
  const formats = readFormats(payloadTypes, attributes);
  const h264 = formats.filter((format) => h264Rank(format) !== null);
  h264.sort((a, b) => (h264Rank(a) ?? 0) - (h264Rank(b) ?? 0));
  const vp8 = formats.find((format) => format.encoding === 'VP8/90000');
  const chosen = preferred === 'vp8' ? (vp8 ?? h264[0]) : (h264[0] ?? vp8);
  if (!chosen) return null;
  return {
    mid,
    codec: chosen.encoding === 'VP8/90000' ? 'vp8' : 'h264',
    payloadType: chosen.payloadType,
    rtxPayloadType: rtxPayloadType(formats, chosen),
    parameters: chosen.encoding === 'VP8/90000' ? null : h264Parameters(chosen),
    feedback: readFeedback(chosen.payloadType, attributes),
    midExtensionId: extensionId(midExtension, attributes),
    playoutDelayExtensionId: extensionId(playoutDelayExtension, attributes),
    absSendTimeExtensionId: extensionId(absSendTimeExtension, attributes),
  };
}

/** The first format of an answer that was offered under the same number, or null. */
export function acceptedVideo(
  offered: readonly VideoFormat[],
  payloadTypes: readonly string[],
  attributes: readonly SdpAttribute[],
): VideoFormat | null {
  const formats = readFormats(payloadTypes, attributes);
  // What counts is the order of the m-line (RFC 3264 §6.1), not that of the a=rtpmap lines.
  for (const payloadType of payloadTypes) {
    const format = formats.find((each) => String(each.payloadType) === payloadType);
    const match = format && offered.find((each) => each.payloadType === format.payloadType && isCodec(format, each));
    if (!match) continue;
    return {
      mid: match.mid,
      codec: match.codec,
      payloadType: match.payloadType,
      rtxPayloadType: rtxPayloadType(formats, format),
      midExtensionId: extensionId(midExtension, attributes),
      playoutDelayExtensionId: extensionId(playoutDelayExtension, attributes),
      absSendTimeExtensionId: extensionId(absSendTimeExtension, attributes),
    };
  }
  return null;
}

function isCodec(format: Format, { codec }: VideoFormat): boolean {
  return codec === 'h264' ? h264Rank(format) !== null : format.encoding === 'VP8/90000';
}

function rtxPayloadType(formats: readonly Format[], { payloadType }: Format): number | null {
  const rtx = formats.find(
    ({ encoding, parameters }) => encoding === 'RTX/90000' && parameters.get('apt') === String(payloadType),
  );
  return rtx?.payloadType ?? null;
}

function readFormats(payloadTypes: readonly string[], attributes: readonly SdpAttribute[]): Format[] {
  const parameters = new Map(values(attributes, 'fmtp').map((text) => cut(text, ' ')));
  return values(attributes, 'rtpmap').flatMap((text) => {
    const [type, encoding] = cut(text, ' ');
    const payloadType = Number(type);
    if (!/^\d{1,3}$/.test(type) || payloadType > 127 || !payloadTypes.includes(type)) return [];
    const fields = (parameters.get(type) ?? '').split(';').map((field) => cut(field.trim(), '='));
    return [{ payloadType, encoding: encoding.toUpperCase(), parameters: new Map(fields) }];
  });
}

function cut(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1).trim()];
}

/**
 * How well a format says what the station sends, 0 is best; null where it can't play it. Constrained baseline is a subset of
 * the other three profiles (RFC 6184 §8.1), but the closest one must be named: Safari shows black where SDP and bitstream differ.
 * Packetization mode 0 has no way to carry a picture that is larger than a packet.
 */
function h264Rank({ encoding, parameters }: Format): number | null {
  if (encoding !== 'H264/90000' || parameters.get('packetization-mode') !== '1') return null;
  const profile = parameters.get('profile-level-id') ?? '42000a';
  if (!/^[0-9a-f]{6}$/i.test(profile)) return null;
  const isConstrained = (Number.parseInt(profile.slice(2, 4), 16) & 0x40) !== 0;
  const rank = ['42', '4d', '64'].indexOf(profile.slice(0, 2).toLowerCase());
  if (rank < 0) return null;
  return rank === 0 && isConstrained ? 0 : rank + 1;
}

function h264Parameters({ parameters }: Format): string {
  const profile = parameters.get('profile-level-id');
  return [
    ...(parameters.get('level-asymmetry-allowed') === '1' ? ['level-asymmetry-allowed=1'] : []),
    'packetization-mode=1',
    ...(profile === undefined ? [] : [`profile-level-id=${profile}`]),
  ].join(';');
}

function readFeedback(payloadType: number, attributes: readonly SdpAttribute[]): string[] {
  const offered = values(attributes, 'rtcp-fb').map((text) => cut(text, ' '));
  return usedFeedback.filter((feedback) =>
    offered.some(([type, kind]) => kind === feedback && (type === '*' || type === String(payloadType))),
  );
}

/** Only 1 to 14 fit into the one-byte header form (RFC 8285 §4.2), which is the one that the station writes. */
function extensionId(uri: string, attributes: readonly SdpAttribute[]): number | null {
  for (const text of values(attributes, 'extmap')) {
    const match = /^(\d{1,2})(?:\/\S+)? (\S+)/.exec(text);
    const id = Number(match?.[1]);
    if (match?.[2] === uri && id >= 1 && id <= 14) return id;
  }
  return null;
}
