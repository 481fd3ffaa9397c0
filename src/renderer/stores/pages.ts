import { computed, shallowRef, type ComputedRef } from 'vue';

/** Which of so many Streams are shown where not all can be at a time. @param streamIds In their order. */
export function usePages(streamIds: ComputedRef<readonly string[]>, atATime: ComputedRef<number>) {
  /** A page by its number, from 0, or by a Stream whose number is not known before the station has spoken. */
  const wanted = shallowRef<number | string>(0);
  const count = computed(() => Math.max(1, Math.ceil(streamIds.value.length / atATime.value)));
  const page = computed(() => {
    const { value } = wanted;
    const number = typeof value === 'number' ? value : Math.floor(streamIds.value.indexOf(value) / atATime.value);
    return Math.min(Math.max(0, number), count.value - 1);
  });

  return {
    count,
    /** Place of the first Stream on the page among all, from 0. */
    first: computed(() => page.value * atATime.value),
    show: (pageOrStreamId: number | string): void => void (wanted.value = pageOrStreamId),
    /** To the next (1) or previous (-1) one, round and round. */
    step: (by: 1 | -1): void => void (wanted.value = (page.value + by + count.value) % count.value),
  };
}
