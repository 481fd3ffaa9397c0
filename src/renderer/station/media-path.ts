import { entryById, numberIn, textIn, type PeerReport, type StatsEntry } from './peer-report.ts';

/** How this device is on the network. */
export type NetworkKind = 'wifi' | 'ethernet' | 'cellular' | 'vpn';

/** How the packets travel. */
export interface MediaPath {
  readonly way: 'direct' | 'relayed';
  /** What leaves this machine: for a relayed path the protocol to the relay. */
  readonly protocol: 'udp' | 'tcp' | 'tls' | null;
  readonly addresses: 'IPv4' | 'IPv6' | null;
  /** A router between both gives one of them another address. */
  readonly isThroughNat: boolean;
  /** Null where the browser does not tell. */
  readonly network: NetworkKind | null;
}

/** The kinds of ICE candidates (RFC 8445 §5.1.1), as statistics call them. */
export type CandidateKind = 'host' | 'srflx' | 'prflx' | 'relay';

/** What a session had to find a path with. */
export interface TriedPaths {
  readonly own: readonly CandidateKind[];
  readonly station: readonly CandidateKind[];
  /** On which the station waits for packets; null where it named none. */
  readonly stationUdpPort: number | null;
}

/** The transport that the video goes over. */
export function transportOf({ entries }: PeerReport): StatsEntry | null {
  return entries.find(({ type }) => type === 'transport') ?? null;
}

/** Where the transport does not name the pair, it is the one that was nominated. */
export function selectedPair(peer: PeerReport): StatsEntry | null {
  const named = entryById(peer, textIn(transportOf(peer), 'selectedCandidatePairId'));
  const nominated = peer.entries.find(
    ({ type, nominated, state }) => type === 'candidate-pair' && nominated === true && state === 'succeeded',
  );
  return named ?? nominated ?? null;
}

/** The path that was selected; null as long as there is none. */
export function mediaPath(peer: PeerReport): MediaPath | null {
  const pair = selectedPair(peer);
  if (!pair) return null;
  const local = entryById(peer, textIn(pair, 'localCandidateId'));
  const remote = entryById(peer, textIn(pair, 'remoteCandidateId'));
  const kinds = [local, remote].map((candidate) => textIn(candidate, 'candidateType'));
  // Browsers hide their own address from the page; the station's is known.
  const address = textIn(remote, 'address') ?? textIn(local, 'address') ?? '';
  return {
    way: kinds.includes('relay') ? 'relayed' : 'direct',
    protocol: oneOf(textIn(local, 'relayProtocol') ?? textIn(local, 'protocol'), ['udp', 'tcp', 'tls']),
    addresses: familyOf(address),
    isThroughNat: kinds.includes('srflx'),
    network: oneOf(textIn(local, 'networkType'), ['wifi', 'ethernet', 'cellular', 'vpn']),
  };
}

/** What both sides have told each other of their addresses so far. */
export function triedPaths({ entries }: PeerReport): TriedPaths {
  const own = entries.filter(({ type }) => type === 'local-candidate');
  const station = entries.filter(({ type }) => type === 'remote-candidate');
  const waiting = station.find(({ protocol, candidateType }) => protocol === 'udp' && candidateType === 'host');
  return { own: kindsOf(own), station: kindsOf(station), stationUdpPort: numberIn(waiting ?? null, 'port') };
}

const candidateKinds = ['host', 'srflx', 'prflx', 'relay'] as const;

function kindsOf(candidates: readonly StatsEntry[]): readonly CandidateKind[] {
  return candidateKinds.filter((kind) => candidates.some(({ candidateType }) => candidateType === kind));
}

function familyOf(address: string): MediaPath['addresses'] {
  if (address.includes(':')) return 'IPv6';
  return /^\d+(\.\d+){3}$/.test(address) ? 'IPv4' : null;
}

function oneOf<const T extends string>(text: string | null, known: readonly T[]): T | null {
  return known.find((option) => option === text) ?? null;
}
