import type { Fingerprint, IceCredentials } from './remote-description.ts';
import { absSendTimeExtension, midExtension, playoutDelayExtension, type DescribedVideo } from './video-format.ts';

/** What the station's side of a session is made of. */
export interface OwnFacts {
  readonly ice: IceCredentials;
  readonly fingerprints: readonly Fingerprint[];
  /** Those that are known so far, without `a=candidate:`. */
  readonly candidates: readonly string[];
  /** False while servers are still asked for more. */
  readonly hasAllCandidates: boolean;
  readonly ssrc: number;
  readonly rtxSsrc: number;
  /** The RTP timestamp of Unix time 0: an RTP timestamp is (capture time in ms × 90 + this) modulo 2^32. */
  readonly clockOffset: number;
}

/** The station's DTLS role (RFC 8842 §5): left open in its offers, decided in its answers. */
export type Setup = 'actpass' | 'passive' | 'active';

/** The picture's section of an offer or answer of the station. */
export interface VideoSection {
  readonly protocol: string;
  readonly setup: Setup;
  /** The best first; all have the same `mid` and header extensions. */
  readonly formats: readonly [DescribedVideo, ...DescribedVideo[]];
}

/** Names the stream and its source; pages and reports use the same word. */
export const streamName = 'eyepiece';

/** The lines before the first section. @param mids Of the sections that are in use; they share one transport. */
export function sessionLines(mids: readonly string[], { ssrc }: OwnFacts): string[] {
  return [
    'v=0',
    // RFC 8829 §5.2.1: a number of 63 bits; the SSRC is random and new for each session.
    `o=- ${ssrc} 1 IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    `a=group:BUNDLE ${mids.join(' ')}`,
    `a=msid-semantic: WMS ${streamName}`,
  ];
}

export function videoSection({ protocol, setup, formats }: VideoSection, facts: OwnFacts): string[] {
  const [video] = formats;
  return [
    `m=video 9 ${protocol} ${formats.flatMap(payloadTypes).join(' ')}`,
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    ...transportLines(setup, facts),
    `a=mid:${video.mid}`,
    ...extensions(video),
    'a=sendonly',
    // Pages find their picture in `event.streams[0]`, which exists only where the description names a stream.
    `a=msid:${streamName} picture`,
    'a=rtcp-mux',
    ...formats.flatMap(formatLines),
    ...clockLines(facts),
    ...sourceLines(video, facts),
    ...candidateLines(facts),
  ];
}

/** The section of a picture that comes to the station: in its answer to somebody who publishes, and in its offer to another station. */
export function receivingSection({ protocol, setup, formats }: VideoSection, facts: OwnFacts): string[] {
  const [video] = formats;
  return [
    `m=video 9 ${protocol} ${formats.flatMap(payloadTypes).join(' ')}`,
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    ...transportLines(setup, facts),
    `a=mid:${video.mid}`,
    'a=recvonly',
    'a=rtcp-mux',
    ...formats.flatMap(formatLines),
    ...candidateLines(facts),
  ];
}

/** What each section in use says of the one transport. */
export function transportLines(setup: Setup, { ice, fingerprints }: OwnFacts): string[] {
  return [
    `a=ice-ufrag:${ice.ufrag}`,
    `a=ice-pwd:${ice.password}`,
    'a=ice-options:trickle',
    ...fingerprints.map(({ algorithm, value }) => `a=fingerprint:${algorithm} ${value}`),
    `a=setup:${setup}`,
  ];
}

function candidateLines({ candidates, hasAllCandidates }: OwnFacts): string[] {
  return [
    ...candidates.map((candidate) => `a=candidate:${candidate}`),
    ...(hasAllCandidates ? ['a=end-of-candidates'] : []),
  ];
}

function payloadTypes({ payloadType, rtxPayloadType }: DescribedVideo): number[] {
  return rtxPayloadType === null ? [payloadType] : [payloadType, rtxPayloadType];
}

function extensions(video: DescribedVideo): string[] {
  const ids = [
    [video.midExtensionId, midExtension],
    [video.playoutDelayExtensionId, playoutDelayExtension],
    [video.absSendTimeExtensionId, absSendTimeExtension],
  ] as const;
  return ids.flatMap(([id, uri]) => (id === null ? [] : [`a=extmap:${id} ${uri}`]));
}

function formatLines({ codec, payloadType, rtxPayloadType, parameters, feedback }: DescribedVideo): string[] {
  return [
    `a=rtpmap:${payloadType} ${codec === 'h264' ? 'H264' : 'VP8'}/90000`,
    ...feedback.map((kind) => `a=rtcp-fb:${payloadType} ${kind}`),
    ...(parameters === null ? [] : [`a=fmtp:${payloadType} ${parameters}`]),
    ...(rtxPayloadType === null
      ? []
      : [`a=rtpmap:${rtxPayloadType} rtx/90000`, `a=fmtp:${rtxPayloadType} apt=${payloadType}`]),
  ];
}

/** RFC 7273: lets a Player turn a picture's RTP timestamp into the capture time on the station's clock. */
function clockLines({ clockOffset }: OwnFacts): string[] {
  return ['a=ts-refclk:local', `a=mediaclk:direct=${clockOffset}`];
}

function sourceLines({ rtxPayloadType }: DescribedVideo, { ssrc, rtxSsrc }: OwnFacts): string[] {
  const sources = rtxPayloadType === null ? [ssrc] : [ssrc, rtxSsrc];
  return [
    ...(rtxPayloadType === null ? [] : [`a=ssrc-group:FID ${ssrc} ${rtxSsrc}`]),
    ...sources.flatMap((source) => [
      `a=ssrc:${source} cname:${streamName}`,
      `a=ssrc:${source} msid:${streamName} picture`,
    ]),
  ];
}
