/** One entry of a browser's statistics, with the names that webrtc-internals shows. */
export type StatsEntry = Readonly<Record<string, unknown>>;

/** What the browser knows of a session at one instant. */
export interface PeerReport {
  /** The session that it is of: counters of two sessions can't be subtracted. */
  readonly session: object;
  readonly connection: RTCPeerConnectionState;
  readonly iceConnection: RTCIceConnectionState;
  readonly entries: readonly StatsEntry[];
}

export async function readPeer(peer: RTCPeerConnection): Promise<PeerReport> {
  const stats = await peer.getStats();
  const entries: StatsEntry[] = [];
  stats.forEach((entry: StatsEntry) => entries.push(entry));
  return { session: peer, connection: peer.connectionState, iceConnection: peer.iceConnectionState, entries };
}

export function entryById({ entries }: PeerReport, id: string | null): StatsEntry | null {
  return (id !== null && entries.find((entry) => entry['id'] === id)) || null;
}

/** Null where the browser does not tell. */
export function numberIn(entry: StatsEntry | null, name: string): number | null {
  const value = entry?.[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Null where the browser does not tell. */
export function textIn(entry: StatsEntry | null, name: string): string | null {
  const value = entry?.[name];
  return typeof value === 'string' && value !== '' ? value : null;
}
