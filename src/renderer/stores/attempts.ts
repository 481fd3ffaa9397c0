import { shallowRef } from 'vue';
import { Refusal } from '../station/client.ts';
import { debug } from '../station/debug.ts';

/**
 * Asks on behalf of a store, and remembers what is refused.
 * @param client Null where there is nobody to ask; then nothing happens.
 */
export function useAttempts<C>(client: C | null) {
  /** Why the last thing that was asked for did not happen. */
  const refusal = shallowRef<Refusal | null>(null);

  /** @returns What came of it, or undefined where it did not happen. */
  async function attempt<T>(ask: (client: C) => Promise<T>): Promise<T | undefined> {
    if (!client) return undefined;
    try {
      const result = await ask(client);
      if (refusal.value?.reason === 'unreachable') refusal.value = null;
      return result;
    } catch (error) {
      if (!(error instanceof Refusal)) debug('An answer could not be read.', error);
      refusal.value = error instanceof Refusal ? error : new Refusal('internal', String(error));
      return undefined;
    }
  }

  return { refusal, attempt };
}
