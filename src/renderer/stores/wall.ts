import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import { layouts, usePreferences, type Layout } from './preferences.ts';
import { useStation } from './station.ts';

const tilesOfLayout = { auto: 9, one: 1, four: 4, nine: 9 } as const;

/** Which Streams are on the wall, and which of them alone. */
export const useWall = defineStore('wall', () => {
  const station = useStation();
  const preferences = usePreferences();
  const wantedFocus = shallowRef<string | null>(null);
  const wantedPage = shallowRef(0);

  const tilesAtATime = computed(() => tilesOfLayout[preferences.layout]);
  const pages = computed(() => Math.max(1, Math.ceil(station.streams.length / tilesAtATime.value)));
  const page = computed(() => Math.min(wantedPage.value, pages.value - 1));
  /** Null as well where the station no longer has the Stream. */
  const focused = computed(() => station.streams.find((stream) => stream.id === wantedFocus.value) ?? null);
  const first = computed(() => page.value * tilesAtATime.value);
  const visible = computed(() =>
    focused.value ? [focused.value] : station.streams.slice(first.value, first.value + tilesAtATime.value),
  );

  function focus(streamId: string | null): void {
    wantedFocus.value = streamId;
  }

  /** To the next (1) or previous (-1) Stream or page, round and round. */
  function step(by: 1 | -1): void {
    const { streams } = station;
    const { value: current } = focused;
    if (current) focus(streams.at((streams.indexOf(current) + by) % streams.length)?.id ?? null);
    else wantedPage.value = (page.value + by + pages.value) % pages.value;
  }

  function setLayout(layout: Layout): void {
    focus(null);
    wantedPage.value = 0;
    preferences.layout = layout;
  }

  return {
    focused,
    /** The Streams on the screen now, in their order. */
    visible,
    pages,
    /** Place of the first visible Stream among all, from 0. */
    first,
    focus,
    focusNth: (index: number) => focus(station.streams[index]?.id ?? wantedFocus.value),
    step,
    setLayout,
    nextLayout: () => setLayout(layouts[(layouts.indexOf(preferences.layout) + 1) % layouts.length] ?? 'auto'),
  };
});
