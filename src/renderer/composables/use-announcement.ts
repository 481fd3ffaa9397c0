import { refThrottled } from '@vueuse/core';
import type { Ref } from 'vue';

/** A picture that flickers between two states must not keep a screen reader talking. */
const quietMs = 5_000;

/** What is said aloud: the newest text, at most once in five seconds. */
export function useAnnouncement(text: Readonly<Ref<string>>): Readonly<Ref<string>> {
  return refThrottled(text as Ref<string>, quietMs, true, true);
}
