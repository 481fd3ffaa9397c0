import { layouts } from '../stores/preferences.ts';
import type { View } from '../stores/wall.ts';

/** What an address of the page shows. What it says that nobody knows is passed over. */
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

function streamIdIn(pathname: string): string | null {
  const encoded = /^\/v\/([^/]+)$/.exec(pathname)?.[1];
  try {
    return encoded === undefined ? null : decodeURIComponent(encoded);
  } catch {
    // Half an escape: no Stream is called so, and whoever followed the link is told.
    return encoded ?? null;
  }
}
