import type { Reach } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
import type { VideoCodec } from '../../shared/state.ts';
import {
  dataSectionOf,
  readDescription,
  readTransport,
  receives,
  refuseUnbundled,
  setupOf,
  type Refusals,
  type RemoteSection,
  type RemoteTransport,
} from './remote-description.ts';
import { chooseVideo, type DescribedVideo } from './video-format.ts';

/** What the answer must repeat of each m-section. */
export interface OfferedSection {
  readonly mid: string;
  readonly kind: string;
  readonly protocol: string;
  readonly firstFormat: string;
}

/** What the station needs to know of an offer; nothing else of the text goes any further. */
export interface Offer extends RemoteTransport {
  readonly sections: readonly OfferedSection[];
  /** Which of the sections gets the picture. */
  readonly videoIndex: number;
  readonly video: DescribedVideo;
  /** Which of the sections gets the data channels; null for none. */
  readonly dataIndex: number | null;
}

/** How an offer is refused. */
export const offerRefusals: Refusals = {
  bad: (what) => StationError.badOffer(what),
  tooComplex: (what) => StationError.offerTooComplex(what),
};

/**
 * Reads an offer for watching (RFC 8829, RFC 8843; WHEP: one bundle, the Player receives).
 * @param preferred Is chosen where the Player can play both.
 * @throws StationError `bad_offer`, `offer_too_complex` or `no_common_codec`.
 */
export function readOffer(text: string, reach: Reach, preferred?: VideoCodec): Offer {
  const description = readDescription(text, offerRefusals);
  const { sections } = description;
  const { section, video } = chooseSection(sections, preferred);
  refuseUnbundled(description, section.mid, offerRefusals);
  const setup = setupOf(description, section);
  // The station answers passive: it halves the time to connect and is what makes browsers choose AES-GCM.
  if (setup !== 'actpass' && setup !== 'active') throw StationError.badOffer('it has no a=setup:actpass');
  const data = dataSectionOf(description);
  return {
    ...readTransport(description, section, reach, offerRefusals),
    sections: sections.map(toAnswer),
    videoIndex: sections.indexOf(section),
    video,
    dataIndex: data ? sections.indexOf(data) : null,
  };
}

/** What the answer must repeat of a section. */
export function toAnswer({ mid, kind, protocol, formats: [firstFormat = ''] }: RemoteSection): OfferedSection {
  return { mid, kind, protocol, firstFormat };
}

/** The first video section that wants pictures and has a format in common with the station. */
function chooseSection(
  sections: readonly RemoteSection[],
  preferred?: VideoCodec,
): { section: RemoteSection; video: DescribedVideo } {
  const videos = sections.filter((section) => section.kind === 'video' && section.port !== 0);
  if (videos.length === 0) throw StationError.badOffer('it has no video');
  const receiving = videos.filter(receives);
  if (receiving.length === 0) throw StationError.badOffer('its video does not receive');
  for (const section of receiving) {
    const video = chooseVideo(section.mid, section.formats, section.attributes, preferred);
    if (video) return { section, video };
  }
  throw StationError.noCommonCodec();
}
