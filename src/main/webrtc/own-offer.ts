import { dataSection } from './data-section.ts';
import { usedFeedback, type DescribedVideo } from './video-format.ts';
import { sessionLines, videoSection, type OwnFacts } from './video-section.ts';

/** The m-sections of each offer: the picture, and the data channels. */
export const ownMid = '0';
export const ownDataMid = '1';

const shared = {
  mid: ownMid,
  feedback: usedFeedback,
  midExtensionId: 1,
  playoutDelayExtensionId: 2,
  absSendTimeExtensionId: 3,
} as const;

/**
 * What the station can encode, the best first. The level is the one that browsers name; larger pictures are fine for them all
 * the same, since each side may name its own (level-asymmetry-allowed, RFC 6184 §8.1).
 */
export const ownFormats: readonly [DescribedVideo, ...DescribedVideo[]] = [
  {
    ...shared,
    codec: 'h264',
    payloadType: 96,
    rtxPayloadType: 97,
    parameters: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
  },
  { ...shared, codec: 'vp8', payloadType: 98, rtxPayloadType: 99, parameters: null },
];

/** Writes the station's own offer: one picture to send, in each format that it can encode, and data channels for the Player to open. */
export function writeOffer(facts: OwnFacts): string {
  return [
    ...sessionLines([ownMid, ownDataMid], facts),
    ...videoSection({ protocol: 'UDP/TLS/RTP/SAVPF', setup: 'actpass', formats: ownFormats }, facts),
    ...dataSection(ownDataMid, 'actpass', facts),
    '',
  ].join('\r\n');
}
