import { computed, shallowRef } from 'vue';
import type { Words } from '../locales/en.ts';
import { Refusal } from '../station/client.ts';
import { debug } from '../station/debug.ts';
import { useHeartbeat } from './use-heartbeat.ts';
import { useWords } from './use-words.ts';

export type SignInFault = Exclude<keyof Words['signInFault'], 'wait' | 'waitOver'>;

type FormState =
  | { readonly kind: 'ready' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'fault'; readonly fault: SignInFault }
  /** `untilMs` is this page's Unix time. */
  | { readonly kind: 'waiting'; readonly untilMs: number };

const shortestWaitMs = 1_000;

/** What a form that lets somebody in is doing, and what it has to say. @param refused What a wrong input is called there. */
export function useSignInForm(refused: SignInFault) {
  const heartbeat = useHeartbeat();
  const { word, wholeDuration } = useWords();
  const state = shallowRef<FormState>({ kind: 'ready' });

  const waitMs = computed(() =>
    state.value.kind === 'waiting' ? Math.max(0, state.value.untilMs - heartbeat.value) : 0,
  );
  const isBusy = computed(() => state.value.kind === 'busy');
  const text = computed(() => {
    if (state.value.kind === 'fault') return word(`signInFault.${state.value.fault}`);
    if (state.value.kind !== 'waiting') return null;
    if (waitMs.value === 0) return word('signInFault.waitOver');
    return word('signInFault.wait', { time: wholeDuration(Math.ceil(waitMs.value / 1_000) * 1_000) });
  });

  function say(fault: SignInFault): void {
    state.value = { kind: 'fault', fault };
  }

  function stateAfter(error: unknown): FormState {
    if (!(error instanceof Refusal)) debug('Signing in failed.', error);
    const reason = error instanceof Refusal ? error.reason : 'internal';
    switch (reason) {
      case 'too_many_tries': {
        const { retryAfterMs = shortestWaitMs } = error as Refusal;
        return { kind: 'waiting', untilMs: Date.now() + Math.max(shortestWaitMs, retryAfterMs) };
      }
      case 'sign_in_refused':
      case 'sign_in_needed':
        return { kind: 'fault', fault: refused };
      case 'unreachable':
        return { kind: 'fault', fault: 'unreachable' };
      default:
        return { kind: 'fault', fault: 'internal' };
    }
  }

  /** One at a time, and none while the station wants to be left alone. @returns Whether somebody was let in. */
  async function attempt(ask: () => Promise<void>): Promise<boolean> {
    if (isBusy.value || waitMs.value > 0) return false;
    state.value = { kind: 'busy' };
    try {
      await ask();
      state.value = { kind: 'ready' };
      return true;
    } catch (error) {
      state.value = stateAfter(error);
      return false;
    }
  }

  return { isBusy, isWaiting: computed(() => waitMs.value > 0), text, say, attempt };
}
