import type { Reach, SessionDescription } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
import { ownDataMid, ownFormats, ownMid } from './own-offer.ts';
import {
  readDescription,
  readTransport,
  receives,
  refuseUnbundled,
  setupOf,
  type Refusals,
  type RemoteTransport,
} from './remote-description.ts';
import { acceptedVideo, type VideoFormat } from './video-format.ts';

/** What the station needs to know of a Player's answer to its offer. */
export interface Answer extends RemoteTransport {
  readonly video: VideoFormat;
}

const badAnswer = (what: string) => StationError.badAnswer(what);
const refusals: Refusals = { bad: badAnswer, tooComplex: badAnswer };

/**
 * Reads the answer to an offer of the station (RFC 8829 §5.3).
 * @throws StationError `not_an_answer` or `bad_answer`.
 */
export function readAnswer({ type, sdp }: SessionDescription, reach: Reach): Answer {
  if (type !== 'answer') throw StationError.notAnAnswer();
  if (sdp.trim() === '') throw badAnswer('it is empty');
  const description = readDescription(sdp, refusals);
  const [section, data, ...others] = description.sections;
  const isVideo = section?.kind === 'video' && section.mid === ownMid;
  // Rejected or not, it has to be there (RFC 3264 §6).
  const isData = data?.kind === 'application' && data.mid === ownDataMid;
  if (!isVideo || !isData || others.length > 0) {
    throw badAnswer(`it must have two m-lines, a=mid:${ownMid} the video and a=mid:${ownDataMid} the data channels`);
  }
  if (section.port === 0) throw badAnswer('it rejects the video');
  if (!receives(section)) throw badAnswer('its video does not receive');
  const video = acceptedVideo(ownFormats, section.formats, section.attributes);
  if (!video) throw badAnswer('it accepts none of the offered formats');
  refuseUnbundled(description, section.mid, refusals);
  // The offer leaves it open only because RFC 8842 §5.2 wants that of offers.
  if (setupOf(description, section) !== 'active') {
    throw badAnswer('the station waits for the DTLS handshake, so it must have a=setup:active');
  }
  return { ...readTransport(description, section, reach, refusals), video };
}
