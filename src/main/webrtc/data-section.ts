import { maxMessageBytes, ownSctpPort } from './sctp.ts';
import { transportLines, type OwnFacts, type Setup } from './video-section.ts';

/** The data channels' section of an offer or answer of the station (RFC 8841); they share the picture's transport. */
export function dataSection(mid: string, setup: Setup, facts: OwnFacts): string[] {
  return [
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    ...transportLines(setup, facts),
    `a=mid:${mid}`,
    `a=sctp-port:${ownSctpPort}`,
    `a=max-message-size:${maxMessageBytes}`,
  ];
}
