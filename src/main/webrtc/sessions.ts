import type { Logger } from 'pino';
import type { IceServer } from '../../shared/api.ts';
import type { AcceptPublisher, AcceptViewer, OfferToWatch, OfferViewer } from '../station/ports.ts';
import { writeAnswer } from './answer.ts';
import { hostAddresses } from './host-addresses.ts';
import { loopbackAddress, type MediaPlaces } from './ice-options.ts';
import { readOffer } from './offer.ts';
import { PeerOfferedViewer } from './offered-viewer.ts';
import { Pacer } from './pacer.ts';
import { openStationEnd, ownFacts, type SessionSettings } from './station-end.ts';
import { readPublishOffer, writePublishAnswer } from './publish-offer.ts';
import { PeerPublisher } from './publisher.ts';
import { TcpPorts } from './tcp-ports.ts';
import type { PortRange } from './udp-socket.ts';
import { PeerViewer } from './viewer.ts';
import { PeerWatchSession } from './watch-session.ts';

/** Where pictures leave the machine; the keys of `media` in station.json. */
export interface MediaOptions {
  /** Any free ones without it. */
  readonly udpPorts?: PortRange;
  /** False for none; any free one without it. */
  readonly tcpPort?: number | false;
  /** Names or addresses; see `hostAddresses`. */
  readonly networks?: readonly string[];
}

export interface WebrtcOptions {
  /** Servers that help through firewalls, for each session anew. Without them no packet goes to any, and no name is looked up. */
  readonly iceServers?: () => readonly IceServer[];
  /** The loopback host of the HTTP door. Sessions that stay on this machine use its address, and nobody else can reach them. */
  readonly loopbackHost: string;
  readonly media?: MediaOptions;
  /** How long a Player may take to answer an offer, and from then to an encrypted connection. */
  readonly connectTimeoutMs?: number;
  /** How long a connected Player may send no report while its browser answers. */
  readonly silenceTimeoutMs?: number;
  /** How long nothing at all may come from a connected Player; 30 s without it (RFC 7675 §5.1). */
  readonly consentTimeoutMs?: number;
  /** How often a Player with a `commands` channel is pinged, unless it wishes otherwise; 5 s without it. */
  readonly keepaliveMs?: number;
  /** How much may wait to be sent to one Viewer before it misses pictures; 4 MB without it. */
  readonly maxBacklogBytes?: number;
  readonly log: Logger;
}

/** The two ways to a Viewer (the Player offers, or the station does), and the two to a Publisher. */
export interface WebrtcSessions {
  readonly acceptViewer: AcceptViewer;
  readonly offerViewer: OfferViewer;
  readonly acceptPublisher: AcceptPublisher;
  readonly offerToWatch: OfferToWatch;
}

/** Makes Viewers and Publishers of WebRTC peers. */
export function webrtcSessions(options: WebrtcOptions): WebrtcSessions {
  const settings: SessionSettings = {
    iceServers: options.iceServers ?? (() => []),
    places: placesOf(options),
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    silenceTimeoutMs: options.silenceTimeoutMs ?? 10_000,
    consentTimeoutMs: options.consentTimeoutMs ?? 30_000,
    keepaliveMs: options.keepaliveMs ?? 5_000,
    maxBacklogBytes: options.maxBacklogBytes ?? 4 * 1024 * 1024,
    pacer: new Pacer(),
    log: options.log,
  };
  return {
    acceptViewer: async (offerSdp, reach, notices, preferred) => {
      const offer = readOffer(offerSdp, reach, preferred);
      const end = await openStationEnd({ reach, isOfferer: false }, settings);
      const answerSdp = writeAnswer(offer, ownFacts(end));
      const player = { video: offer.video, sectionIndex: offer.videoIndex, remote: offer };
      return { viewer: new PeerViewer(end, player, settings, notices), answerSdp };
    },
    offerViewer: (iceServers, reach, notices) => PeerOfferedViewer.open(iceServers, reach, settings, notices),
    acceptPublisher: async (offerSdp, reach, notices) => {
      const offer = readPublishOffer(offerSdp, reach);
      const end = await openStationEnd({ reach, isOfferer: false }, settings);
      const answerSdp = writePublishAnswer(offer, ownFacts(end));
      return { publisher: new PeerPublisher(end, offer, settings, notices), answerSdp };
    },
    offerToWatch: (reach, notices) => PeerWatchSession.open(reach, settings, notices),
  };
}

function placesOf({ loopbackHost, media: { udpPorts, tcpPort = 0, networks } = {}, log }: WebrtcOptions): MediaPlaces {
  if (networks && hostAddresses(networks).length === 0) {
    log.warn({ networks }, 'This machine has none of the networks that media.networks names.');
  }
  const tcp = tcpPort === false ? null : new TcpPorts(tcpPort, log);
  return { loopbackAddress: loopbackAddress(loopbackHost), networks, udpPorts, tcp };
}
