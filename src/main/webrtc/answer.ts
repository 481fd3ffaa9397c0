import type { Fingerprint, IceCredentials, Offer, OfferedSection } from './offer.ts';
import { midExtension, playoutDelayExtension, type OfferedVideo } from './video-format.ts';

/** What the station's side of a session is made of. */
export interface AnswerFacts {
  readonly ice: IceCredentials;
  readonly fingerprints: readonly Fingerprint[];
  /** All of them: the station never trickles. Without `a=candidate:`. */
  readonly candidates: readonly string[];
  readonly ssrc: number;
  readonly rtxSsrc: number;
  /** The RTP timestamp of Unix time 0: an RTP timestamp is (capture time in ms × 90 + this) modulo 2^32. */
  readonly clockOffset: number;
}

/** Names the stream and its source; pages and reports use the same word. */
export const streamName = 'eyepiece';

/**
 * Writes the answer: the picture's section accepted, every other one rejected (RFC 3264 §6), so that an offer with sound or a
 * data channel gets its picture all the same.
 */
export function writeAnswer(offer: Offer, facts: AnswerFacts): string {
  const sections = offer.sections.flatMap((section, index) =>
    index === offer.videoIndex ? videoSection(section, offer.video, facts) : rejectedSection(section),
  );
  return [
    'v=0',
    // RFC 8829 §5.2.1: a number of 63 bits; the SSRC is random and new for each session.
    `o=- ${facts.ssrc} 1 IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    `a=group:BUNDLE ${offer.video.mid}`,
    `a=msid-semantic: WMS ${streamName}`,
    ...sections,
    '',
  ].join('\r\n');
}

function videoSection(section: OfferedSection, video: OfferedVideo, facts: AnswerFacts): string[] {
  return [
    `m=video 9 ${section.protocol} ${formats(video).join(' ')}`,
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    `a=ice-ufrag:${facts.ice.ufrag}`,
    `a=ice-pwd:${facts.ice.password}`,
    'a=ice-options:trickle',
    ...facts.fingerprints.map(({ algorithm, value }) => `a=fingerprint:${algorithm} ${value}`),
    'a=setup:passive',
    `a=mid:${video.mid}`,
    ...extensions(video),
    'a=sendonly',
    // Pages find their picture in `event.streams[0]`, which exists only where the answer names a stream.
    `a=msid:${streamName} picture`,
    'a=rtcp-mux',
    ...formatLines(video),
    ...clockLines(facts),
    ...sourceLines(video, facts),
    ...facts.candidates.map((candidate) => `a=candidate:${candidate}`),
    'a=end-of-candidates',
  ];
}

function rejectedSection({ kind, protocol, firstFormat, mid }: OfferedSection): string[] {
  return [`m=${kind} 0 ${protocol} ${firstFormat}`, 'c=IN IP4 0.0.0.0', 'a=inactive', `a=mid:${mid}`];
}

function formats({ payloadType, rtxPayloadType }: OfferedVideo): number[] {
  return rtxPayloadType === null ? [payloadType] : [payloadType, rtxPayloadType];
}

function extensions({ midExtensionId, playoutDelayExtensionId }: OfferedVideo): string[] {
  return [
    ...(midExtensionId === null ? [] : [`a=extmap:${midExtensionId} ${midExtension}`]),
    ...(playoutDelayExtensionId === null ? [] : [`a=extmap:${playoutDelayExtensionId} ${playoutDelayExtension}`]),
  ];
}

function formatLines({ codec, payloadType, rtxPayloadType, parameters, feedback }: OfferedVideo): string[] {
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
function clockLines({ clockOffset }: AnswerFacts): string[] {
  return ['a=ts-refclk:local', `a=mediaclk:direct=${clockOffset}`];
}

function sourceLines({ rtxPayloadType }: OfferedVideo, { ssrc, rtxSsrc }: AnswerFacts): string[] {
  const sources = rtxPayloadType === null ? [ssrc] : [ssrc, rtxSsrc];
  return [
    ...(rtxPayloadType === null ? [] : [`a=ssrc-group:FID ${ssrc} ${rtxSsrc}`]),
    ...sources.flatMap((source) => [
      `a=ssrc:${source} cname:${streamName}`,
      `a=ssrc:${source} msid:${streamName} picture`,
    ]),
  ];
}
