import type { RenditionState, StationState, StreamState, ViewerState } from '../../shared/state.ts';
import type { SizePx } from './stats-sample.ts';

/** What the station says of one session, of its Stream, and of itself. Null where it says nothing. */
export interface StationFacts {
  readonly viewer: ViewerState | null;
  /** What this session is sent. */
  readonly rendition: RenditionState | null;
  /** The whole picture. */
  readonly detectorPx: SizePx | null;
  /** What the detector announces, or less where it exposes for longer. */
  readonly nominalFps: number | null;
  /** How late the station comes to its work. */
  readonly eventLoopLagMs: number | null;
}

export const noStationFacts: StationFacts = {
  viewer: null,
  rendition: null,
  detectorPx: null,
  nominalFps: null,
  eventLoopLagMs: null,
};

/** @param viewerId Of this page's session, of which the state shows the beginning only. */
export function stationFacts(state: StationState, stream: StreamState, viewerId: string | null): StationFacts {
  const viewer = viewerId ? (state.viewers.find(({ id }) => viewerId.startsWith(id)) ?? null) : null;
  const { detector, reading } = stream;
  const exposureFps = reading?.exposureMs ? 1_000 / reading.exposureMs : Number.POSITIVE_INFINITY;
  return {
    viewer,
    rendition: stream.renditions.find(({ codec, scale }) => codec === viewer?.codec && scale === viewer.scale) ?? null,
    detectorPx: detector && { widthPx: detector.widthPx, heightPx: detector.heightPx },
    nominalFps: detector?.nominalFps ? Math.min(detector.nominalFps, exposureFps) : null,
    eventLoopLagMs: state.station.load.eventLoopLagMs,
  };
}

/** Why a session gets the size that it gets: it is the whole, as much as its Tile can show, or what its link carries. */
export type SizeReason = 'whole' | 'tile' | 'link';

/** A picture that is shown by so much larger than it is looks the same, and is what a Tile of that size gets. */
const shownTolerance = 1.05;

/** Null where the station does not say what it sends. @param shownPx Null where the station was not told either. */
export function sizeReason({ viewer, detectorPx }: StationFacts, shownPx: SizePx | null): SizeReason | null {
  if (!viewer || !detectorPx) return null;
  if (viewer.scale === 1) return 'whole';
  if (!shownPx) return 'link';
  const shownShare = Math.min(shownPx.widthPx / detectorPx.widthPx, shownPx.heightPx / detectorPx.heightPx);
  return shownTolerance / viewer.scale >= shownShare ? 'tile' : 'link';
}
