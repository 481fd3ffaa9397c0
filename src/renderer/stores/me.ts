import { useIntervalFn } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { Me, Right } from '../../shared/access.ts';
import { debug } from '../station/debug.ts';
import { useConnection } from './connection.ts';

/** A right that is taken away is refused by the station at once; here, what needs it stays in sight no longer than this. */
const askEachMs = 10_000;

type Answer =
  | { readonly kind: 'not_yet' }
  /** The door asks nobody: this machine's own, and the kiosk. */
  | { readonly kind: 'everybody' }
  | { readonly kind: 'caller'; readonly me: Me };

/** Who this page is to its station, and what it may do. What it may not do is not offered. */
export const useMe = defineStore('me', () => {
  const { client } = useConnection();
  const answer = shallowRef<Answer>({ kind: 'not_yet' });

  async function ask(): Promise<void> {
    if (answer.value.kind === 'everybody') return;
    try {
      const me = await client.me();
      answer.value = me ? { kind: 'caller', me } : { kind: 'everybody' };
    } catch (error) {
      // Whoever is shut out is told so elsewhere; a station that is away may come back.
      debug('The station did not tell who this page is.', error);
    }
  }

  useIntervalFn(() => void ask(), askEachMs, { immediateCallback: true });

  return {
    /** Null as long as it is not known, and where everybody may do everything. */
    me: computed(() => (answer.value.kind === 'caller' ? answer.value.me : null)),
    isKnown: computed(() => answer.value.kind !== 'not_yet'),
    /** False as long as it is not known. */
    may(right: Right): boolean {
      if (answer.value.kind === 'caller') return answer.value.me.rights.includes(right);
      return answer.value.kind === 'everybody';
    },
  };
});
