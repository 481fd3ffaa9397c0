import { refDebounced } from '@vueuse/core';
import { shallowRef, type Ref } from 'vue';
import type { PicturePoint } from '../station/calls/pointers.ts';
import { useWords, type WordKey } from './use-words.ts';

/** As shares of the picture: fine enough for a cell, and for crossing the picture with ten presses. */
const stepShare = 0.01;
const leapShare = 0.1;
/** Who holds a key down is told where the mark has stopped, and not each step on the way. */
const sayAfterMs = 300;

const directions: Readonly<Record<string, PicturePoint>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export interface KeyPointer {
  /** Where the mark is, from (0, 0) to (1, 1). */
  readonly at: Ref<PicturePoint>;
  /** What is said aloud of it. */
  readonly said: Readonly<Ref<string>>;
  /** @returns Whether the key was one of its own. */
  press(event: KeyboardEvent): boolean;
}

/** Pointing at a place of a picture by keys: arrows move a mark, Enter and Space point. @param point Shows the place to the other end. */
export function useKeyPointer(point: (at: PicturePoint) => void): KeyPointer {
  const { word } = useWords();
  const at = shallowRef<PicturePoint>([0.5, 0.5]);
  const text = shallowRef('');

  function say(key: WordKey): void {
    const [x, y] = at.value.map((share) => Math.round(share * 100));
    text.value = word(key, { x: x ?? 0, y: y ?? 0 });
  }

  function press({ key, shiftKey }: KeyboardEvent): boolean {
    const direction = directions[key];
    if (direction) {
      const share = shiftKey ? leapShare : stepShare;
      const [x, y] = [0, 1].map((axis) => within((at.value[axis] ?? 0) + (direction[axis] ?? 0) * share));
      at.value = [x ?? 0, y ?? 0];
      say('calls.keyPoint.at');
    } else if (key === 'Enter' || key === ' ') {
      point(at.value);
      say('calls.keyPoint.pointed');
    } else return false;
    return true;
  }

  return { at, said: refDebounced(text, sayAfterMs), press };
}

/** Within the picture, and without the dust of many additions. */
function within(share: number): number {
  return Math.round(Math.min(1, Math.max(0, share)) * 1_000) / 1_000;
}
