import { useIntervalFn } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed, shallowRef, watch } from 'vue';
import { markEndsAtMs, type PicturePoint, type PointerMark } from '../station/calls/pointers.ts';
import { useCall } from './call.ts';

/** Marks fade in steps of this. */
const fadeEachMs = 250;
/** Ids of lines need to differ from those of this page before it was loaded anew. */
const maxStrokeId = 1e9;

/** Pointing and drawing on the pictures, which both ends of a call see. */
export const useDrawing = defineStore('drawing', () => {
  const call = useCall();
  const nowMs = shallowRef(Date.now());
  const { pause, resume } = useIntervalFn(() => (nowMs.value = Date.now()), fadeEachMs, { immediate: false });
  const isOn = shallowRef(false);
  /** Those that have not faded yet. */
  const marks = computed(() => call.marks.filter((mark) => markEndsAtMs(mark) > nowMs.value));

  /** Without a call there is nobody to show anything to. */
  watch(
    () => call.session === null,
    (isOver) => isOver && (isOn.value = false),
  );

  watch(
    () => marks.value.length > 0,
    (areThere) => (areThere ? resume() : pause()),
  );

  function clear(): void {
    for (const stream of new Set(marks.value.map((mark) => mark.stream))) call.session?.pointers.clear(stream);
  }

  return {
    /** Time, as far as marks have faded by it. */
    nowMs,
    /** Whether hands on a picture draw. */
    isOn,
    hasMarks: computed(() => marks.value.length > 0),
    /** The Stream on which the other end shows something, the newest first. */
    shownBy: computed(() => marks.value.findLast(({ from }) => from === 'peer')?.stream ?? null),
    marksOn: (stream: string): readonly PointerMark[] => marks.value.filter((mark) => mark.stream === stream),
    newStrokeId: (): number => Math.floor(Math.random() * maxStrokeId),
    point: (stream: string, at: PicturePoint): void => call.session?.pointers.point(stream, at),
    draw: (stream: string, id: number, points: readonly PicturePoint[]): void =>
      call.session?.pointers.draw(stream, id, points),
    clear,
  };
});
