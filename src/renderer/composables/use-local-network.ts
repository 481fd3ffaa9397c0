import { readonly, shallowRef, watch, type Ref } from 'vue';
import { debug } from '../station/debug.ts';

/** Chromium, from 142 on, asks before a page of the internet may reach what is on a private network (Local Network Access). */
const permission = 'local-network-access';

/**
 * Whether this browser was told to keep the page from the local network. Others than Chromium keep nobody from it, and so do not know it.
 * @param isWanted Asked anew each time when it becomes true.
 */
export function useLocalNetwork(isWanted: Readonly<Ref<boolean>>): Readonly<Ref<boolean>> {
  const isKeptOut = shallowRef(false);

  async function ask(): Promise<void> {
    try {
      const { state } = await navigator.permissions.query({ name: permission as PermissionName });
      isKeptOut.value = state === 'denied';
    } catch (error) {
      debug('This browser knows no permission for the local network.', error);
    }
  }
  watch(isWanted, (wanted) => wanted && ask(), { immediate: true });
  return readonly(isKeptOut);
}
