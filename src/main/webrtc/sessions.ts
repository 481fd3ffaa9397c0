import type { Logger } from 'pino';
import type { IceServer } from '../../shared/api.ts';
import type { AcceptViewer, OfferViewer } from '../station/ports.ts';
import { writeAnswer } from './answer.ts';
import { loopbackAddress } from './ice-options.ts';
import { readOffer } from './offer.ts';
import { PeerOfferedViewer } from './offered-viewer.ts';
import { Pacer } from './pacer.ts';
import { openStationEnd, ownFacts, type SessionSettings } from './station-end.ts';
import { PeerViewer } from './viewer.ts';

export interface WebrtcOptions {
  /** Servers that help through firewalls. Without them no packet goes to any, and no name is looked up. */
  readonly iceServers?: readonly IceServer[];
  /** The loopback host of the HTTP door. Sessions that stay on this machine use its address, and nobody else can reach them. */
  readonly loopbackHost: string;
  /** How long a Player may take to answer an offer, and from then to an encrypted connection. */
  readonly connectTimeoutMs?: number;
  /** How long a connected Player may send no report. */
  readonly silenceTimeoutMs?: number;
  /** How often a Player with a `commands` channel is pinged, unless it wishes otherwise; 5 s without it. */
  readonly keepaliveMs?: number;
  /** How much may wait to be sent to one Viewer before it misses pictures; 4 MB without it. */
  readonly maxBacklogBytes?: number;
  readonly log: Logger;
}

/** The two ways to a Viewer: the Player offers, or the station does. */
export interface WebrtcSessions {
  readonly acceptViewer: AcceptViewer;
  readonly offerViewer: OfferViewer;
}

/** Makes Viewers of WebRTC peers. */
export function webrtcSessions(options: WebrtcOptions): WebrtcSessions {
  const settings: SessionSettings = {
    iceServers: options.iceServers ?? [],
    loopbackAddress: loopbackAddress(options.loopbackHost),
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    silenceTimeoutMs: options.silenceTimeoutMs ?? 10_000,
    keepaliveMs: options.keepaliveMs ?? 5_000,
    maxBacklogBytes: options.maxBacklogBytes ?? 4 * 1024 * 1024,
    pacer: new Pacer(),
    log: options.log,
  };
  return {
    acceptViewer: async (offerSdp, reach, notices) => {
      const offer = readOffer(offerSdp, reach);
      const end = await openStationEnd({ reach, isOfferer: false }, settings);
      const answerSdp = writeAnswer(offer, ownFacts(end));
      const player = { video: offer.video, sectionIndex: offer.videoIndex, remote: offer };
      return { viewer: new PeerViewer(end, player, settings, notices), answerSdp };
    },
    offerViewer: (iceServers, reach, notices) => PeerOfferedViewer.open(iceServers, reach, settings, notices),
  };
}
