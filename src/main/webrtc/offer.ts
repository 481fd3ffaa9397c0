import type { Reach } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
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

/** What the station needs to know of a Player's offer; nothing else of the text goes any further. */
export interface Offer extends RemoteTransport {
  readonly sections: readonly OfferedSection[];
  /** Which of the sections gets the picture. */
  readonly videoIndex: number;
  readonly video: DescribedVideo;
  /** Which of the sections gets the data channels; null for none. */
  readonly dataIndex: number | null;
}

const refusals: Refusals = {
  bad: (what) => StationError.badOffer(what),
  tooComplex: (what) => StationError.offerTooComplex(what),
};

/**
 * Reads an offer for watching (RFC 8829, RFC 8843; WHEP: one bundle, the Player receives).
 * @throws StationError `bad_offer`, `offer_too_complex` or `no_common_codec`.
 */
export function readOffer(text: string, reach: Reach): Offer {
  const description = readDescription(text, refusals);
  const { sections } = description;
  const { section, video } = chooseSection(sections);
  refuseUnbundled(description, section.mid, refusals);
  const setup = setupOf(description, section);
  // The station answers passive: it halves the time to connect and is what makes browsers choose AES-GCM.
  if (setup !== 'actpass' && setup !== 'active') throw StationError.badOffer('it has no a=setup:actpass');
  const data = dataSectionOf(description);
  return {
    ...readTransport(description, section, reach, refusals),
    sections: sections.map(({ mid, kind, protocol, formats: [firstFormat = ''] }) => {
      return { mid, kind, protocol, firstFormat };
    }),
    videoIndex: sections.indexOf(section),
    video,
    dataIndex: data ? sections.indexOf(data) : null,
  };
}

/** The first video section that wants pictures and has a format in common with the station. */
function chooseSection(sections: readonly RemoteSection[]): { section: RemoteSection; video: DescribedVideo } {
  const videos = sections.filter((section) => section.kind === 'video' && section.port !== 0);
  if (videos.length === 0) throw StationError.badOffer('it has no video');
  const receiving = videos.filter(receives);
  if (receiving.length === 0) throw StationError.badOffer('its video does not receive');
  for (const section of receiving) {
    const video = chooseVideo(section.mid, section.formats, section.attributes);
    if (video) return { section, video };
  }
  throw StationError.noCommonCodec();
}
