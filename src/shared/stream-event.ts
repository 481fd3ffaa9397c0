import type { SourceFault } from './state.ts';

/** Why a Viewer has gone. */
export type ViewerEnd =
  | 'left'
  | 'closed_by_peer'
  | 'connect_timeout'
  | 'ice_failed'
  | 'silent'
  | /** It did what no Player does that means well. */ 'misbehaved'
  | 'stream_removed'
  | 'no_longer_shared'
  | 'station_closing'
  | 'internal_error';

/** Why somebody who published has gone. */
export type PublisherEnd = ViewerEnd | /** Somebody else publishes in his place. */ 'replaced';

/** What of a Stream's configuration can be set. */
export type StreamSetting = 'name' | 'source' | 'pixelSizeUm' | 'quality';

/** What can happen to a Stream. Says nothing of who watches. */
export type StreamHappening =
  /** Somebody watches, or another Source was set: it is being opened. */
  | { readonly kind: 'started' }
  /** The first picture since then. */
  | { readonly kind: 'live' }
  /** The Source is away, or still away but for another reason. */
  | ({ readonly kind: 'offline' } & SourceFault)
  /** The first picture after that. */
  | { readonly kind: 'live_again'; readonly outageMs: number }
  /** The detector, whose pictures always differed, gives the same one again and again. */
  | { readonly kind: 'frozen' }
  /** Its first new picture after that. */
  | { readonly kind: 'thawed'; readonly frozenForMs: number }
  /** Nobody watches any more. */
  | { readonly kind: 'idle' }
  /** Somebody began to connect; `viewers` is how many there are then. */
  | { readonly kind: 'viewer_came'; readonly viewers: number }
  | { readonly kind: 'viewer_gone'; readonly reason: ViewerEnd; readonly viewers: number }
  | { readonly kind: 'settings_changed'; readonly settings: readonly StreamSetting[] }
  /** Viewers were behind and missed so many pictures, all together, since this was last said. */
  | { readonly kind: 'frames_skipped'; readonly frames: number };

/** One line of a Stream's log. */
export type StreamEvent = StreamHappening & {
  /** Unix time. */
  readonly timeMs: number;
};
