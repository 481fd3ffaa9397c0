import { dataSection } from './data-section.ts';
import type { Offer, OfferedSection } from './offer.ts';
import { sessionLines, videoSection, type OwnFacts } from './video-section.ts';

/**
 * Writes the answer: the sections of the picture and of the data channels accepted, every other one rejected (RFC 3264 §6), so
 * that an offer with sound gets its picture all the same.
 */
export function writeAnswer({ sections, videoIndex, video, dataIndex }: Offer, facts: OwnFacts): string {
  const accepted = sections.filter((_, index) => index === videoIndex || index === dataIndex);
  const sectionLines = sections.flatMap((section, index) => {
    if (index === videoIndex) {
      return videoSection({ protocol: section.protocol, setup: 'passive', formats: [video] }, facts);
    }
    return index === dataIndex ? dataSection(section.mid, 'passive', facts) : rejectedSection(section);
  });
  const mids = accepted.map(({ mid }) => mid);
  return [...sessionLines(mids, facts), ...sectionLines, ''].join('\r\n');
}

/** A section that the station has no use for. */
export function rejectedSection({ kind, protocol, firstFormat, mid }: OfferedSection): string[] {
  return [`m=${kind} 0 ${protocol} ${firstFormat}`, 'c=IN IP4 0.0.0.0', 'a=inactive', `a=mid:${mid}`];
}
