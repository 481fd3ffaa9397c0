import { randomInt, randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { IceCandidate, IceServer, Reach } from '../../shared/api.ts';
import { gatheringFor, serversFor, type MediaPlaces } from './ice-options.ts';
import type { Pacer } from './pacer.ts';
import { Peer } from './peer.ts';
import { RtpClock } from './rtp-clock.ts';
import type { OwnFacts } from './video-section.ts';

/** What all sessions of a station have in common. */
export interface SessionSettings {
  /** Asked for each session, because passwords may be good for a while only. */
  readonly iceServers: () => readonly IceServer[];
  readonly places: MediaPlaces;
  /** How long a Player may take to answer an offer, and from then to an encrypted connection. */
  readonly connectTimeoutMs: number;
  /** How long a connected Player may send no report while its browser answers. */
  readonly silenceTimeoutMs: number;
  /** How long nothing at all may come from it. */
  readonly consentTimeoutMs: number;
  /** How often a Player with a `commands` channel is pinged, unless it wishes otherwise. */
  readonly keepaliveMs: number;
  /** Over this much unsent data a Viewer is behind, and misses pictures. */
  readonly maxBacklogBytes: number;
  readonly pacer: Pacer;
  readonly log: Logger;
}

/** The station's end of a session: its sockets and numbers, which are there before anything is known of the Player. */
export interface StationEnd {
  readonly id: string;
  readonly peer: Peer;
  readonly reach: Reach;
  readonly ssrc: number;
  readonly rtxSsrc: number;
  readonly clock: RtpClock;
  readonly log: Logger;
}

export interface StationEndOptions {
  readonly reach: Reach;
  /** Used instead of the configured ones. */
  readonly iceServers?: readonly IceServer[] | undefined;
  /** Whose offer it is decides who leads ICE. */
  readonly isOfferer: boolean;
  /** Whether candidates may be told later; an offerer's may, unless told. */
  readonly trickles?: boolean;
}

export async function openStationEnd(
  { reach, iceServers, isOfferer, trickles = isOfferer }: StationEndOptions,
  settings: SessionSettings,
): Promise<StationEnd> {
  const id = randomUUID();
  const log = settings.log.child({ viewer: id.slice(0, 8) });
  const servers = serversFor(isOfferer, iceServers ?? settings.iceServers());
  const gathering = { ...gatheringFor(reach, settings.places), ...servers };
  const peer = await Peer.open({ gathering, isControlling: isOfferer, waitsForServers: !trickles, log });
  return { id, peer, reach, ssrc: randomInt(1, 2 ** 32), rtxSsrc: randomInt(1, 2 ** 32), clock: new RtpClock(), log };
}

/** What an offer or answer says of the station's end at this moment. */
export function ownFacts({ peer, ssrc, rtxSsrc, clock }: StationEnd): OwnFacts {
  return {
    ice: peer.path.credentials,
    fingerprints: peer.fingerprints,
    candidates: peer.path.candidates.lines,
    hasAllCandidates: peer.path.candidates.isComplete,
    ssrc,
    rtxSsrc,
    clockOffset: clock.offset,
  };
}

/** Where the candidates of a session belong. */
export interface SectionPlace {
  readonly mid: string;
  readonly index: number;
}

/** The station's candidates as browsers serialise them; see ViewerSession. */
export function tellCandidates(
  { peer }: StationEnd,
  { mid, index }: SectionPlace,
  listener: (candidate: IceCandidate | null) => void,
): () => void {
  return peer.path.candidates.subscribe((line) =>
    listener(line === null ? null : { candidate: `candidate:${line}`, sdpMid: mid, sdpMLineIndex: index }),
  );
}
