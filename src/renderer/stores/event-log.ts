import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import type { Words } from '../locales/en.ts';
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
  | { readonly kind: 'quality'; readonly atMs: number; readonly quality: Quality };

const eventsKept = 200;

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
