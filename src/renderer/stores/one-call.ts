import { computed, inject, shallowReactive, type ComputedRef, type InjectionKey, type Ref } from 'vue';

type Busy = Readonly<Ref<boolean>>;

/**
 * The call of a page. It could have one at its own station and one at another station that it shows, which know nothing of each other;
 * whoever sits at it has one voice.
 */
export class OneCall {
  readonly #places = shallowReactive(new Set<Busy>());

  /** @param isBusy Whether there is a call at this station. @returns A function that takes it away again. */
  add(isBusy: Busy): () => void {
    this.#places.add(isBusy);
    return () => void this.#places.delete(isBusy);
  }

  /** Whether there is a call at another station than this one. */
  isElsewhere(own: Busy): ComputedRef<boolean> {
    const others = (): Busy[] => [...this.#places].filter((place) => !Object.is(place, own));
    return computed(() => others().some(({ value }) => value));
  }
}

/** Under which the page provides it to its apps. */
export const oneCallKey: InjectionKey<OneCall> = Symbol('one call');

/** That of the page; an app that is alone on it has one of its own. */
export function useOneCall(): OneCall {
  return inject(oneCallKey, () => new OneCall(), true);
}
