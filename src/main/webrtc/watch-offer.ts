import type { Reach } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
import { MediaClock } from './media-clock.ts';
import { ownFormats, ownMid } from './own-offer.ts';
import type { PublisherSide } from './publisher.ts';
import {
  readDescription,
  readTransport,
  refuseUnbundled,
  sends,
  setupOf,
  type Refusals,
  type RemoteSection,
} from './remote-description.ts';
import { values } from './sdp.ts';
import { acceptedVideo, type DescribedVideo } from './video-format.ts';
import { receivingSection, sessionLines, type OwnFacts } from './video-section.ts';

/** As when somebody publishes, lost packets come again under their own numbers. */
function plain(format: DescribedVideo): DescribedVideo {
  return {
    ...format,
    rtxPayloadType: null,
    midExtensionId: null,
    playoutDelayExtensionId: null,
    absSendTimeExtensionId: null,
  };
}

const [first, ...others] = ownFormats;
const formats = [plain(first), ...others.map(plain)] as const;

const badAnswer = (what: string) => StationError.badAnswer(what);
const refusals: Refusals = { bad: badAnswer, tooComplex: badAnswer };

/** Writes the offer with which the station watches another one (WHEP): one picture, to be received. */
export function writeWatchOffer(facts: OwnFacts): string {
  const section = { protocol: 'UDP/TLS/RTP/SAVPF', setup: 'actpass', formats } as const;
  return [...sessionLines([ownMid], facts), ...receivingSection(section, facts), ''].join('\r\n');
}

/**
 * Reads the other station's answer.
 * @param clockAheadMs How far its clock is ahead of ours at the moment of the call.
 * @throws StationError `bad_answer`.
 */
export function readWatchAnswer(text: string, reach: Reach, clockAheadMs: () => number): PublisherSide {
  const description = readDescription(text, refusals);
  const [section, ...more] = description.sections;
  if (section?.kind !== 'video' || section.mid !== ownMid || more.length > 0) {
    throw badAnswer(`it must have one m-line, a=mid:${ownMid} the video`);
  }
  if (section.port === 0 || !sends(section)) throw badAnswer('its video does not send');
  const video = acceptedVideo(formats, section.formats, section.attributes);
  if (!video) throw badAnswer('it accepts none of the offered formats');
  refuseUnbundled(description, section.mid, refusals);
  const setup = setupOf(description, section);
  if (setup !== 'passive' && setup !== 'active') throw badAnswer('it has no a=setup:passive or a=setup:active');
  const offset = mediaClockOffset(section);
  return {
    ...readTransport(description, section, reach, refusals),
    sctp: null,
    video: { ...video, rtxPayloadType: null },
    setup: setup === 'passive' ? 'active' : 'passive',
    ...(offset !== null && { clock: new MediaClock(offset, clockAheadMs) }),
  };
}

/** The RTP timestamp of Unix time 0 (RFC 7273 §5.2), or null where the other end doesn't say it. */
function mediaClockOffset({ attributes }: RemoteSection): number | null {
  const [clock] = values(attributes, 'mediaclk');
  const [, digits] = /^direct=(\d{1,10})$/.exec(clock ?? '') ?? [];
  return digits === undefined || Number(digits) >= 2 ** 32 ? null : Number(digits);
}
