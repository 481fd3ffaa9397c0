import type { Reach } from '../../shared/api.ts';
import type { StationError } from '../../shared/errors.ts';
import { maxCandidateLines, readCandidates, type RemoteCandidate } from './candidate.ts';
import { scanSdp, sdpExcess, values, type SdpAttribute, type SdpMedia } from './sdp.ts';

export interface IceCredentials {
  readonly ufrag: string;
  readonly password: string;
}

export interface Fingerprint {
  readonly algorithm: string;
  readonly value: string;
}

/** The Player's end of the transport: what it takes to reach it and to know it. */
export interface RemoteTransport {
  readonly ice: IceCredentials;
  readonly fingerprints: readonly Fingerprint[];
  readonly candidates: readonly RemoteCandidate[];
  /** Null where the Player wants no data channels. */
  readonly sctp: RemoteSctp | null;
}

/** The Player's end of the data channels (RFC 8841). */
export interface RemoteSctp {
  /** Within DTLS. */
  readonly port: number;
  /** The longest message that it takes; Infinity where any will do. */
  readonly maxMessageBytes: number;
}

export interface RemoteSection {
  readonly mid: string;
  readonly kind: string;
  readonly protocol: string;
  readonly port: number;
  /** At least one. */
  readonly formats: readonly string[];
  readonly attributes: readonly SdpAttribute[];
}

/** A Player's offer or answer, split up; nothing of it is believed yet but its form. */
export interface RemoteDescription {
  readonly session: readonly SdpAttribute[];
  readonly sections: readonly RemoteSection[];
}

/** The words of a refusal: those of an offer are others than those of an answer. */
export interface Refusals {
  readonly bad: (what: string) => StationError;
  readonly tooComplex: (what: string) => StationError;
}

const maxSections = 4;
const maxFormats = 64;
/** Where a Player doesn't say how long a message may be (RFC 8841 §6.1). */
const usualMessageBytes = 64 * 1024;
/** All that the station says on `commands` fits into this, and so does some of a picture. Players that take less get no channels. */
const leastMessageBytes = 4 * 1024;
const digestBytes = new Map([
  ['sha-256', 32],
  ['sha-384', 48],
  ['sha-512', 64],
]);

/** Splits a text up, or refuses one that no browser could have written (RFC 8829, RFC 8866). */
export function readDescription(text: string, refusals: Refusals): RemoteDescription {
  const excess = sdpExcess(text);
  if (excess) throw refusals.tooComplex(excess);
  const sdp = text.startsWith('v=0') ? scanSdp(text) : null;
  if (!sdp) throw refusals.bad('it is not SDP');
  const sections = sdp.media.map((media) => readSection(media, refusals));
  refuseExcess(sections, refusals);
  return { session: sdp.session, sections };
}

/** Refuses a description that would want a transport of its own for the picture (RFC 8843). */
export function refuseUnbundled(description: RemoteDescription, mid: string, { bad }: Refusals): void {
  const bundle = bundledMids(description);
  if (!bundle.includes(mid)) throw bad('its video is not in an a=group:BUNDLE');
  const mids = new Set(description.sections.map((section) => section.mid));
  if (bundle.some((each) => !mids.has(each))) throw bad('its a=group:BUNDLE names no m-line');
}

/** The section for data channels that shares the picture's transport (RFC 8841), or undefined. */
export function dataSectionOf(description: RemoteDescription): RemoteSection | undefined {
  const bundle = bundledMids(description);
  return description.sections.find((section) => bundle.includes(section.mid) && sctpOf(section) !== null);
}

/** The sections that share one transport (RFC 8843), by their mids. */
export function bundledMids({ session }: RemoteDescription): readonly string[] {
  const [, ...mids] =
    values(session, 'group')
      .map((group) => group.split(' '))
      .find(([semantics]) => semantics === 'BUNDLE') ?? [];
  return mids;
}

function sctpOf({ kind, protocol, port, formats: [format], attributes }: RemoteSection): RemoteSctp | null {
  const isForChannels = kind === 'application' && protocol === 'UDP/DTLS/SCTP' && format === 'webrtc-datachannel';
  const sctpPort = Number(values(attributes, 'sctp-port')[0]);
  const isPort = Number.isInteger(sctpPort) && sctpPort > 0 && sctpPort < 65_536;
  const saidBytes = Number(values(attributes, 'max-message-size')[0] ?? usualMessageBytes);
  const maxMessageBytes = saidBytes === 0 ? Infinity : saidBytes;
  const isUsable = isForChannels && port !== 0 && isPort && maxMessageBytes >= leastMessageBytes;
  return isUsable ? { port: sctpPort, maxMessageBytes } : null;
}

/** Whether the Player wants to be sent pictures in a section. */
export function receives({ attributes }: RemoteSection): boolean {
  return attributes.every(({ name }) => name !== 'sendonly' && name !== 'inactive');
}

/** Whether pictures come from the other end in a section. */
export function sends({ attributes }: RemoteSection): boolean {
  return attributes.every(({ name }) => name !== 'recvonly' && name !== 'inactive');
}

/** How the Player's DTLS role is written (RFC 8842 §5). */
export function setupOf({ session }: RemoteDescription, { attributes }: RemoteSection): string | undefined {
  return values([...session, ...attributes], 'setup').at(-1);
}

/** Reads the transport that a section uses. */
export function readTransport(
  description: RemoteDescription,
  section: RemoteSection,
  reach: Reach,
  { bad }: Refusals,
): RemoteTransport {
  const { session, sections } = description;
  const attributes = [...session, ...section.attributes];
  if (!attributes.some(({ name }) => name === 'rtcp-mux')) throw bad('it has no a=rtcp-mux');
  if (attributes.some(({ name }) => name === 'ice-lite')) throw bad('it comes from an ICE-lite agent');
  const ice = iceCredentials(attributes);
  if (!ice) throw bad('it has no usable a=ice-ufrag and a=ice-pwd');
  const fingerprints = readFingerprints(attributes);
  // RFC 8122 §5 lets a peer name weak digests beside strong ones; what counts is that a strong one is there.
  if (fingerprints.length === 0 || fingerprints.length > 4) throw bad('it has no usable a=fingerprint (sha-256)');
  const data = dataSectionOf(description);
  const sctp = data ? sctpOf(data) : null;
  return { ice, fingerprints, candidates: readCandidates(candidateLines(sections), reach), sctp };
}

/** The one pair of ICE credentials in a list of attributes as RFC 8839 §5.4 wants them, or null. */
export function iceCredentials(attributes: readonly SdpAttribute[]): IceCredentials | null {
  const ufrags = new Set(values(attributes, 'ice-ufrag'));
  const passwords = new Set(values(attributes, 'ice-pwd'));
  const [ufrag = ''] = ufrags;
  const [password = ''] = passwords;
  if (ufrags.size !== 1 || passwords.size !== 1) return null;
  return /^[\w+/-]{4,256}$/.test(ufrag) && /^[\w+/-]{22,256}$/.test(password) ? { ufrag, password } : null;
}

function readSection({ line, attributes }: SdpMedia, { bad }: Refusals): RemoteSection {
  const match = /^([a-z]{1,16}) (\d{1,5})(?:\/\d+)? ([A-Z/]{1,32}) ([\x21-\x7e]+(?: [\x21-\x7e]+)*) ?$/.exec(line);
  if (!match) throw bad('an m-line cannot be read');
  const [, kind = '', port = '', protocol = '', formats = ''] = match;
  const mid = values(attributes, 'mid')[0] ?? '';
  if (!/^[\w!#$%&'*+.^`{|}~-]{1,32}$/.test(mid)) throw bad('an m-line has no usable a=mid');
  return { mid, kind, protocol, port: Number(port), formats: formats.split(' '), attributes };
}

function refuseExcess(sections: readonly RemoteSection[], { bad, tooComplex }: Refusals): void {
  if (sections.length > maxSections) throw tooComplex(`it has more than ${maxSections} m-lines`);
  for (const { formats, attributes } of sections) {
    const formatCount = Math.max(formats.length, values(attributes, 'rtpmap').length);
    if (formatCount > maxFormats) throw tooComplex(`an m-line has more than ${maxFormats} formats`);
    const ridCount = values(attributes, 'rid').length;
    if (ridCount > maxFormats) throw tooComplex(`an m-line has more than ${maxFormats} a=rid`);
  }
  if (candidateLines(sections).length > maxCandidateLines) {
    throw tooComplex(`it has more than ${maxCandidateLines} candidates`);
  }
  if (new Set(sections.map((section) => section.mid)).size < sections.length) {
    throw bad('two m-lines have the same a=mid');
  }
}

function candidateLines(sections: readonly RemoteSection[]): string[] {
  return sections.flatMap((section) => values(section.attributes, 'candidate'));
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
  return fingerprints.filter((fingerprint) => fingerprint !== null);
}
