import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { CameraInfo } from '../../shared/api.ts';
import type { LabWish, ToldKey } from '../../shared/joining.ts';
import { Refusal } from '../station/client.ts';
import { debug } from '../station/debug.ts';
import type { KnownSettings, LabsClient, SettingsClient, SharingClient } from '../station/settings-client.ts';
import { useConnection } from './connection.ts';
import { useMe } from './me.ts';
import { useShell } from './shell.ts';

/** What can be set from here; known while the settings are open only, because the kiosk's hold the guest link. */
export const useSettings = defineStore('settings', () => {
  const { settings: client } = useConnection();
  const me = useMe();
  const shell = useShell();
  const settings = shallowRef<KnownSettings | null>(null);
  const cameras = shallowRef<readonly CameraInfo[] | null>(null);
  /** Why the last thing that was asked for did not happen. */
  const refusal = shallowRef<Refusal | null>(null);

  /** @returns Whether it happened. */
  async function attempt(ask: () => Promise<void>): Promise<boolean> {
    refusal.value = null;
    try {
      await ask();
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) debug('The station’s answer could not be read.', error);
      refusal.value = error instanceof Refusal ? error : new Refusal('internal', String(error));
      return false;
    }
  }

  /** @returns Whether the change holds. */
  async function change(ask: (client: SettingsClient) => Promise<KnownSettings>): Promise<boolean> {
    return client !== null && attempt(async () => void (settings.value = await ask(client)));
  }

  /** @returns Whether the change holds. */
  async function changeSharing(ask: (client: SharingClient) => Promise<KnownSettings>): Promise<boolean> {
    const sharing = client?.sharing;
    return sharing ? attempt(async () => void (settings.value = await ask(sharing))) : false;
  }

  /** @returns What the directory told, or null where it told nothing. */
  async function askLab(wish: LabWish): Promise<ToldKey | null> {
    const labs = client?.labs;
    let told: ToldKey | null = null;
    if (labs) await attempt(async () => void (told = await labs.askLab(wish)));
    return told;
  }

  /** @returns Whether the change holds. */
  async function changeLabs(ask: (client: LabsClient) => Promise<KnownSettings>): Promise<boolean> {
    const labs = client?.labs;
    return labs ? attempt(async () => void (settings.value = await ask(labs))) : false;
  }

  async function findCameras(): Promise<boolean> {
    cameras.value = null;
    return client !== null && attempt(async () => void (cameras.value = await client.cameras()));
  }

  function forget(): void {
    settings.value = null;
    cameras.value = null;
    refusal.value = null;
  }

  return {
    /** Whether the settings are offered here. A door that asks nobody, on the station's own machine, has none. */
    isOffered: computed(() => shell.state !== null || (me.me?.rights.includes('change_settings') ?? false)),
    settings,
    /** Null while they are looked for. */
    cameras,
    refusal,
    attempt,
    change,
    changeSharing,
    askLab,
    changeLabs,
    load: () => change((asked) => asked.settings()),
    findCameras,
    forget,
  };
});
