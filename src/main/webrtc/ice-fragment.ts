import type { Reach } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
import { maxCandidateLines, readCandidates, type RemoteCandidate } from './candidate.ts';
import { iceCredentials, type IceCredentials } from './remote-description.ts';
import { scanSdp, sdpExcess, values } from './sdp.ts';

/** A Player's trickled candidates, or its new credentials (RFC 8840 §9, RFC 9725 §4.3). */
export interface IceFragment {
  /** Null where the fragment names none: it is about the credentials that are in use. */
  readonly ice: IceCredentials | null;
  readonly candidates: readonly RemoteCandidate[];
}

/** @throws StationError `bad_candidate` where it can't be read. */
export function readIceFragment(text: string, reach: Reach): IceFragment {
  const excess = sdpExcess(text);
  if (excess) throw StationError.badCandidate(excess);
  const sdp = scanSdp(text);
  if (!sdp) throw StationError.badCandidate('that is not an SDP fragment');
  const attributes = [...sdp.session, ...sdp.media.flatMap((media) => media.attributes)];
  const candidates = values(attributes, 'candidate');
  if (candidates.length > maxCandidateLines) {
    throw StationError.badCandidate(`there are more than ${maxCandidateLines} of them`);
  }
  const ice = iceCredentials(attributes);
  const namesIce = attributes.some(({ name }) => name === 'ice-ufrag' || name === 'ice-pwd');
  if (namesIce && !ice) throw StationError.badCandidate('a=ice-ufrag and a=ice-pwd are not usable');
  const endsList = attributes.some(({ name }) => name === 'end-of-candidates');
  if (!namesIce && !endsList && candidates.length === 0) throw StationError.badCandidate('there are none');
  return { ice, candidates: readCandidates(candidates, reach) };
}

/** The station's side of a restart: its new credentials and all its candidates. */
export function writeIceFragment(mid: string, ice: IceCredentials, candidates: readonly string[]): string {
  return [
    `a=ice-ufrag:${ice.ufrag}`,
    `a=ice-pwd:${ice.password}`,
    'm=video 9 UDP/TLS/RTP/SAVPF 0',
    `a=mid:${mid}`,
    ...candidates.map((candidate) => `a=candidate:${candidate}`),
    'a=end-of-candidates',
    '',
  ].join('\r\n');
}
