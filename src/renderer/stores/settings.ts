import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { CameraInfo } from '../../shared/api.ts';
import type { Result } from '../../shared/bridge.ts';
import type { Settings } from '../../shared/settings.ts';
import { Refusal } from '../station/client.ts';
import type { Kiosk } from '../station/connect.ts';
import { debug } from '../station/debug.ts';
import { unwrap } from '../station/unwrap.ts';
import { useConnection } from './connection.ts';

type SettingsCalls = Kiosk['settings'];

/** What the operator can set; known while the settings are open only, because they hold the guest link. */
export const useSettings = defineStore('settings', () => {
  const { kiosk } = useConnection().place;
  const settings = shallowRef<Settings | null>(null);
  const cameras = shallowRef<readonly CameraInfo[] | null>(null);
  /** Why the last thing that was asked for did not happen. */
  const refusal = shallowRef<Refusal | null>(null);

  /** @returns Whether it happened. */
  async function attempt(ask: (kiosk: Kiosk) => Promise<void>): Promise<boolean> {
    if (!kiosk) return false;
    refusal.value = null;
    try {
      await ask(kiosk);
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) debug('The window did not answer.', error);
      refusal.value = error instanceof Refusal ? error : new Refusal('internal', String(error));
      return false;
    }
  }

  /** @returns Whether the change holds. */
  function change(ask: (calls: SettingsCalls) => Promise<Result<Settings>>): Promise<boolean> {
    return attempt(async (kiosk) => void (settings.value = unwrap(await ask(kiosk.settings))));
  }

  function findCameras(): Promise<boolean> {
    cameras.value = null;
    return attempt(async (kiosk) => void (cameras.value = unwrap(await kiosk.cameras())));
  }

  function forget(): void {
    settings.value = null;
    cameras.value = null;
    refusal.value = null;
  }

  return {
    settings,
    /** Null while they are looked for. */
    cameras,
    refusal,
    attempt,
    change,
    load: () => change((calls) => calls.settings()),
    findCameras,
    forget,
  };
});
