import type { Reach } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
import { rejectedSection } from './answer.ts';
import { offerRefusals, toAnswer, type OfferedSection } from './offer.ts';
import {
  bundledMids,
  readDescription,
  readTransport,
  sends,
  setupOf,
  type RemoteSection,
  type RemoteTransport,
} from './remote-description.ts';
import { chooseVideo, type DescribedVideo } from './video-format.ts';
import { receivingSection, sessionLines, type OwnFacts } from './video-section.ts';

/** What the station needs to know of an offer to publish. */
export interface PublishOffer extends RemoteTransport {
  readonly sections: readonly OfferedSection[];
  /** Which of the sections has the pictures. */
  readonly videoIndex: number;
  readonly video: DescribedVideo;
  /** The station's DTLS role. */
  readonly setup: 'passive' | 'active';
}

/**
 * Reads an offer to publish (RFC 9725 §4.2): one bundle, and the other end sends. Sound is passed over.
 * @throws StationError `bad_offer`, `offer_too_complex` or `no_common_codec`.
 */
export function readPublishOffer(text: string, reach: Reach): PublishOffer {
  const description = readDescription(text, offerRefusals);
  const { sections } = description;
  const { section, video } = chooseSection(sections);
  // FFmpeg names a section for sound in it that it does not have, so that no more is asked than what is used.
  if (!bundledMids(description).includes(section.mid)) {
    throw StationError.badOffer('its video is not in an a=group:BUNDLE');
  }
  const setup = setupOf(description, section);
  if (setup !== 'actpass' && setup !== 'active' && setup !== 'passive') {
    throw StationError.badOffer('it has no a=setup:actpass');
  }
  return {
    ...readTransport(description, section, reach, offerRefusals),
    sctp: null,
    sections: sections.map(toAnswer),
    videoIndex: sections.indexOf(section),
    // Plain packets come again under their own numbers; a second kind of them would gain nothing here.
    video: { ...video, rtxPayloadType: null },
    setup: setup === 'passive' ? 'active' : 'passive',
  };
}

/** Writes the answer: the pictures are taken, and every other section is rejected (RFC 3264 §6). */
export function writePublishAnswer({ sections, videoIndex, video, setup }: PublishOffer, facts: OwnFacts): string {
  const lines = sections.flatMap((section, index) =>
    index === videoIndex
      ? receivingSection({ protocol: section.protocol, setup, formats: [video] }, facts)
      : rejectedSection(section),
  );
  return [...sessionLines([video.mid], facts), ...lines, ''].join('\r\n');
}

function chooseSection(sections: readonly RemoteSection[]): { section: RemoteSection; video: DescribedVideo } {
  const videos = sections.filter((section) => section.kind === 'video' && section.port !== 0);
  if (videos.length === 0) throw StationError.badOffer('it has no video');
  const sending = videos.filter(sends);
  if (sending.length === 0) throw StationError.badOffer('its video does not send');
  for (const section of sending) {
    const video = chooseVideo(section.mid, section.formats, section.attributes);
    if (video) return { section, video };
  }
  throw StationError.cannotTake();
}
