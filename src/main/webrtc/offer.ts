import { StationError } from '../../shared/errors.ts';
import { maxCandidateLines, readCandidates, type Reach, type RemoteCandidate } from './candidate.ts';
import { scanSdp, sdpExcess, values, type SdpAttribute, type SdpMedia } from './sdp.ts';
import { chooseVideo, type OfferedVideo } from './video-format.ts';

export interface IceCredentials {
  readonly ufrag: string;
  readonly password: string;
}

export interface Fingerprint {
  readonly algorithm: string;
  readonly value: string;
}

/** What the answer must repeat of each m-section. */
export interface OfferedSection {
  readonly mid: string;
  readonly kind: string;
  readonly protocol: string;
  readonly firstFormat: string;
}

/** What the station needs to know of a Player's offer; nothing else of the text goes any further. */
export interface Offer {
  readonly sections: readonly OfferedSection[];
  /** Which of the sections gets the picture. */
  readonly videoIndex: number;
  readonly video: OfferedVideo;
  readonly ice: IceCredentials;
  readonly fingerprints: readonly Fingerprint[];
  readonly candidates: readonly RemoteCandidate[];
}

interface Section extends OfferedSection {
  readonly port: number;
  readonly formats: readonly string[];
  readonly attributes: readonly SdpAttribute[];
}

const maxSections = 4;
const maxFormats = 64;
const digestBytes = new Map([
  ['sha-256', 32],
  ['sha-384', 48],
  ['sha-512', 64],
]);

/**
 * Reads an offer for watching (RFC 8829, RFC 8843; WHEP: one bundle, the Player receives).
 * @throws StationError `bad_offer`, `offer_too_complex` or `no_common_codec`.
 */
export function readOffer(text: string, reach: Reach): Offer {
  const excess = sdpExcess(text);
  if (excess) throw StationError.offerTooComplex(excess);
  const sdp = text.startsWith('v=0') ? scanSdp(text) : null;
  if (!sdp) throw StationError.badOffer('it is not SDP');
  const sections = sdp.media.map(readSection);
  refuseExcess(sections);
  const video = chooseSection(sections);
  refuseUnbundled(sdp.session, sections, video);
  const attributes = [...sdp.session, ...video.section.attributes];
  refuseTransport(attributes);
  return {
    sections,
    videoIndex: sections.indexOf(video.section),
    video: video.format,
    ice: readIce(attributes),
    fingerprints: readFingerprints(attributes),
    candidates: readCandidates(
      sections.flatMap((section) => values(section.attributes, 'candidate')),
      reach,
    ),
  };
}

function readSection({ line, attributes }: SdpMedia): Section {
  const match = /^([a-z]{1,16}) (\d{1,5})(?:\/\d+)? ([A-Z/]{1,32}) ([\x21-\x7e]+(?: [\x21-\x7e]+)*) ?$/.exec(line);
  if (!match) throw StationError.badOffer('an m-line cannot be read');
  const [, kind = '', port = '', protocol = '', formats = ''] = match;
  const mid = values(attributes, 'mid')[0] ?? '';
  if (!/^[\w!#$%&'*+.^`{|}~-]{1,32}$/.test(mid)) throw StationError.badOffer('an m-line has no usable a=mid');
  const all = formats.split(' ');
  return { mid, kind, protocol, port: Number(port), firstFormat: all[0] ?? '', formats: all, attributes };
}

function refuseExcess(sections: readonly Section[]): void {
  if (sections.length > maxSections) throw StationError.offerTooComplex(`it has more than ${maxSections} m-lines`);
  for (const { formats, attributes } of sections) {
    const formatCount = Math.max(formats.length, values(attributes, 'rtpmap').length);
    if (formatCount > maxFormats) throw StationError.offerTooComplex(`an m-line has more than ${maxFormats} formats`);
    const ridCount = values(attributes, 'rid').length;
    if (ridCount > maxFormats) throw StationError.offerTooComplex(`an m-line has more than ${maxFormats} a=rid`);
  }
  const candidates = sections.flatMap((section) => values(section.attributes, 'candidate'));
  if (candidates.length > maxCandidateLines) {
    throw StationError.offerTooComplex(`it has more than ${maxCandidateLines} candidates`);
  }
  if (new Set(sections.map((section) => section.mid)).size < sections.length) {
    throw StationError.badOffer('two m-lines have the same a=mid');
  }
}

/** The first video section that wants pictures and has a format in common with the station. */
function chooseSection(sections: readonly Section[]): { section: Section; format: OfferedVideo } {
  const videos = sections.filter((section) => section.kind === 'video' && section.port !== 0);
  if (videos.length === 0) throw StationError.badOffer('it has no video');
  const receiving = videos.filter(({ attributes }) =>
    attributes.every(({ name }) => name !== 'sendonly' && name !== 'inactive'),
  );
  if (receiving.length === 0) throw StationError.badOffer('its video does not receive');
  for (const section of receiving) {
    const format = chooseVideo(section.mid, section.formats, section.attributes);
    if (format) return { section, format };
  }
  throw StationError.noCommonCodec();
}

function refuseUnbundled(
  session: readonly SdpAttribute[],
  sections: readonly Section[],
  video: { section: Section },
): void {
  const bundle = values(session, 'group')
    .map((group) => group.split(' '))
    .find(([semantics]) => semantics === 'BUNDLE');
  if (!bundle?.includes(video.section.mid)) throw StationError.badOffer('its video is not in an a=group:BUNDLE');
  const mids = new Set(sections.map((section) => section.mid));
  if (bundle.slice(1).some((mid) => !mids.has(mid))) throw StationError.badOffer('its a=group:BUNDLE names no m-line');
}

function refuseTransport(attributes: readonly SdpAttribute[]): void {
  if (!attributes.some(({ name }) => name === 'rtcp-mux')) throw StationError.badOffer('it has no a=rtcp-mux');
  if (attributes.some(({ name }) => name === 'ice-lite')) {
    throw StationError.badOffer('it comes from an ICE-lite agent');
  }
  const setup = values(attributes, 'setup').at(-1);
  // The station answers passive: it halves the time to connect and is what makes browsers choose AES-GCM.
  if (setup !== 'actpass' && setup !== 'active') throw StationError.badOffer('it has no a=setup:actpass');
}

/** @throws StationError `bad_offer` unless there is exactly one pair of credentials as RFC 8839 §5.4 wants them. */
function readIce(attributes: readonly SdpAttribute[]): IceCredentials {
  const ice = iceCredentials(attributes);
  if (!ice) throw StationError.badOffer('it has no usable a=ice-ufrag and a=ice-pwd');
  return ice;
}

/** The one pair of ICE credentials in a list of attributes, or null. */
export function iceCredentials(attributes: readonly SdpAttribute[]): IceCredentials | null {
  const ufrags = new Set(values(attributes, 'ice-ufrag'));
  const passwords = new Set(values(attributes, 'ice-pwd'));
  const [ufrag = ''] = ufrags;
  const [password = ''] = passwords;
  if (ufrags.size !== 1 || passwords.size !== 1) return null;
  return /^[\w+/-]{4,256}$/.test(ufrag) && /^[\w+/-]{22,256}$/.test(password) ? { ufrag, password } : null;
}

function readFingerprints(attributes: readonly SdpAttribute[]): Fingerprint[] {
  const fingerprints = values(attributes, 'fingerprint').map((text) => {
    const [algorithm = '', value = '', ...rest] = text.split(/ +/);
    const bytes = digestBytes.get(algorithm.toLowerCase());
    const isHex = /^[0-9a-f]{2}(?::[0-9a-f]{2})*$/i.test(value);
    return bytes !== undefined && rest.length === 0 && isHex && value.length === bytes * 3 - 1
      ? { algorithm: algorithm.toLowerCase(), value: value.toUpperCase() }
      : null;
  });
  // RFC 8122 §5 lets a peer name weak digests beside strong ones; what counts is that a strong one is there.
  const usable = fingerprints.filter((fingerprint) => fingerprint !== null);
  if (usable.length === 0 || usable.length > 4) throw StationError.badOffer('it has no usable a=fingerprint (sha-256)');
  return usable;
}
