import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import { usePages } from './pages.ts';
import { layouts, usePreferences, type Layout } from './preferences.ts';
import { useStation } from './station.ts';

const tilesOfLayout = { auto: 9, one: 1, four: 4, nine: 9 } as const;

/** What of the station is on the screen, as an address can say it. */
export type View =
  | { readonly kind: 'alone'; readonly streamId: string }
  /** `layout` is null where the device's own preference holds; `streamId` is on the page that is shown, null on the first one. */
  | { readonly kind: 'wall'; readonly layout: Layout | null; readonly streamId: string | null };

/** Which Streams are on the wall, and which of them alone. */
export const useWall = defineStore('wall', () => {
  const station = useStation();
  const preferences = usePreferences();
  const wantedFocus = shallowRef<string | null>(null);
  /** By a link or by hand in this tab. A link leaves the device's own preference alone. */
  const chosenLayout = shallowRef<Layout | null>(null);
  /** The Stream that a link named, until somebody goes elsewhere. */
  const linked = shallowRef<string | null>(null);

  const streamIds = computed(() => station.streams.map(({ id }) => id));
  /** Among all Streams, from 0; -1 where there is none. */
  const placeOf = (streamId: string | null): number => streamIds.value.indexOf(streamId ?? '');
  const layout = computed(() => chosenLayout.value ?? preferences.layout);
  const tilesAtATime = computed(() => tilesOfLayout[layout.value]);
  const pages = usePages(streamIds, tilesAtATime);
  /** Null as well where the station no longer has the Stream. */
  const focused = computed(() => station.streams[placeOf(wantedFocus.value)] ?? null);
  const { first } = pages;
  const visible = computed(() =>
    focused.value ? [focused.value] : station.streams.slice(first.value, first.value + tilesAtATime.value),
  );
  const view = computed<View>(() => {
    if (focused.value) return { kind: 'alone', streamId: focused.value.id };
    const streamId = first.value > 0 ? (visible.value[0]?.id ?? null) : null;
    return { kind: 'wall', layout: streamId === null ? chosenLayout.value : layout.value, streamId };
  });

  function focus(streamId: string | null): void {
    linked.value = null;
    wantedFocus.value = streamId;
  }

  /** To the next (1) or previous (-1) Stream or page, round and round. */
  function step(by: 1 | -1): void {
    const { streams } = station;
    const { value: current } = focused;
    focus(current && (streams.at((streams.indexOf(current) + by) % streams.length)?.id ?? null));
    if (!current) pages.step(by);
  }

  function setLayout(newLayout: Layout): void {
    focus(null);
    pages.show(0);
    chosenLayout.value = preferences.layout = newLayout;
  }

  /** Shows what a link names. */
  function show(wanted: View): void {
    linked.value = wanted.streamId;
    wantedFocus.value = wanted.kind === 'alone' ? wanted.streamId : null;
    if (wanted.kind === 'alone') return;
    pages.show(wanted.streamId ?? 0);
    chosenLayout.value = wanted.layout;
  }

  return {
    focused,
    /** The Streams on the screen now, in their order. */
    visible,
    pages: pages.count,
    /** Place of the first visible Stream among all, from 0. */
    first,
    layout,
    view,
    linked,
    /** A link names a Stream that the station does not show to whoever is here. */
    isLinkBroken: computed(() => linked.value !== null && station.state !== null && placeOf(linked.value) < 0),
    focus,
    focusNth: (index: number) => focus(station.streams[index]?.id ?? wantedFocus.value),
    step,
    setLayout,
    show,
    nextLayout: () => setLayout(layouts[(layouts.indexOf(layout.value) + 1) % layouts.length] ?? 'auto'),
  };
});
