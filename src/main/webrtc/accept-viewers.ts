import type { Logger } from 'pino';
import type { IceServer } from '../../shared/api.ts';
import type { AcceptViewer } from '../station/ports.ts';
import { readOffer } from './offer.ts';
import { listenAddress } from './ice-options.ts';
import { PeerViewer } from './viewer.ts';

export interface AcceptViewersOptions {
  /** Servers that help through firewalls. Without them no packet goes to any, and no name is looked up. */
  readonly iceServers?: readonly IceServer[];
  /** Where the HTTP door listens. Media sockets listen on the same address: on loopback nobody else can reach them. */
  readonly listenAddress: string;
  /** How long a Player may take from its offer to an encrypted connection. */
  readonly connectTimeoutMs?: number;
  /** How long a connected Player may send no report. */
  readonly silenceTimeoutMs?: number;
  readonly log: Logger;
}

/** Makes Viewers out of WebRTC offers. */
export function acceptViewers(options: AcceptViewersOptions): AcceptViewer {
  const settings = {
    listen: listenAddress(options.listenAddress),
    iceServers: options.iceServers ?? [],
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    silenceTimeoutMs: options.silenceTimeoutMs ?? 10_000,
    log: options.log,
  };
  return async (offerSdp, notices) => PeerViewer.open(readOffer(offerSdp, settings.listen.reach), settings, notices);
}
