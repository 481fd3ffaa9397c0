import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import type { StreamEvent } from '../../shared/stream-event.ts';
import type { Words } from '../locales/en.ts';
import type { NoWebRtc } from '../station/fallback.ts';
import type { Quality } from '../station/quality.ts';

/** What changed on one Tile, kept as data, so that it can be read in any language. */
export type ViewEvent =
  | {
      readonly kind: 'state';
      /** Unix time. */
      readonly atMs: number;
      readonly state: keyof Words['state'];
      readonly cause: keyof Words['cause'] | null;
      /** What the station found, in English. */
      readonly detail: string | null;
    }
  | { readonly kind: 'quality'; readonly atMs: number; readonly quality: Quality }
  /** From now on pictures come over HTTP, or over WebRTC again where `why` is null. */
  | { readonly kind: 'way'; readonly atMs: number; readonly why: NoWebRtc | null };

/** One line of what happened to a Stream, and where it was seen. */
export type LogLine =
  | { readonly seenBy: 'page'; readonly atMs: number; readonly event: ViewEvent }
  /** `atMs` is of this page's clock, whatever the station's says. */
  | { readonly seenBy: 'station'; readonly atMs: number; readonly event: StreamEvent };

const eventsKept = 200;

/**
 * Both logs as one, newest first, as many lines as one of them keeps. @param own Newest first. @param station Oldest first.
 * @param stationAheadMs By how much the station's clock is ahead of this page's.
 */
export function mergedLog(
  own: readonly ViewEvent[],
  station: readonly StreamEvent[],
  stationAheadMs: number,
): readonly LogLine[] {
  const lines: readonly LogLine[] = [
    ...own.map((event) => ({ seenBy: 'page', atMs: event.atMs, event }) as const),
    ...station
      .toReversed()
      .map((event) => ({ seenBy: 'station', atMs: event.timeMs - stationAheadMs, event }) as const),
  ];
  return lines.toSorted((one, other) => other.atMs - one.atMs).slice(0, eventsKept);
}

/** What happened to each Stream on this screen since the page was opened. */
export const useEventLog = defineStore('event-log', () => {
  const byStream = shallowReactive(new Map<string, readonly ViewEvent[]>());

  /** Newest first. */
  function of(streamId: string): readonly ViewEvent[] {
    return byStream.get(streamId) ?? [];
  }

  return {
    of,
    note: (streamId: string, event: ViewEvent): void => {
      byStream.set(streamId, [event, ...of(streamId)].slice(0, eventsKept));
    },
  };
});
