import type { LabView } from '../stores/lab.ts';
import { layouts } from '../stores/preferences.ts';
import type { View } from '../stores/wall.ts';

/** What an address of the page shows of the wall. What it says that nobody knows is passed over. */
export function viewOf({ pathname, search }: Pick<Location, 'pathname' | 'search'>): View {
  const streamId = streamIdIn(pathname);
  const wanted = new URLSearchParams(search).get('layout');
  const layout = layouts.find((known) => known === wanted) ?? null;
  if (streamId !== null && layout === null) return { kind: 'alone', streamId };
  return { kind: 'wall', layout, streamId };
}

/** The address that shows this, from the root of the station. */
export function addressOf(view: View): string {
  const path = view.streamId === null ? '/' : `/v/${encodeURIComponent(view.streamId)}`;
  return view.kind === 'alone' || view.layout === null ? path : `${path}?layout=${view.layout}`;
}

/** What an address of the page shows of the lab: `#lab`, `#lab/calendar`, `#lab/calendar/{id}` and `#lab/watch/{id}`. */
export function labViewOf({ hash }: Pick<Location, 'hash'>): LabView {
  const [place, part, encodedId = ''] = hash.slice(1).split('/');
  if (place !== 'lab') return { kind: 'closed' };
  const stationId = decoded(encodedId);
  if (part === 'calendar') return { kind: 'calendar', stationId: stationId === '' ? null : stationId };
  if (part === 'watch' && stationId !== '') return { kind: 'watching', stationId };
  return { kind: 'stations' };
}

/** The address that shows this, from the root of the station; null where the lab is closed. */
export function labAddressOf(view: LabView): string | null {
  switch (view.kind) {
    case 'closed':
      return null;
    case 'stations':
      return '/#lab';
    case 'calendar':
      return view.stationId === null ? '/#lab/calendar' : `/#lab/calendar/${encodeURIComponent(view.stationId)}`;
    case 'watching':
      return `/#lab/watch/${encodeURIComponent(view.stationId)}`;
  }
}

function streamIdIn(pathname: string): string | null {
  const encoded = /^\/v\/([^/]+)$/.exec(pathname)?.[1];
  return encoded === undefined ? null : decoded(encoded);
}

function decoded(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    // Half an escape: nothing is called so, and whoever followed the link is told.
    return encoded;
  }
}
