import type { Bridge } from '../../shared/bridge.ts';
import { bridgeAccess, type AccessClient } from './access-client.ts';
import { AccessPass, type Pass } from './access-pass.ts';
import { BridgeClient } from './bridge-client.ts';
import type { StationClient } from './client.ts';
import { EstimatedClock, keepEstimating, sharedClock, type StationClock } from './clock.ts';
import { bridgeDirectory, type DirectoryClient } from './directory-client.ts';
import { httpAccess } from './http-access.ts';
import { HttpClient } from './http-client.ts';
import { httpDirectory } from './http-directory.ts';
import { httpSettings } from './http-settings.ts';
import { openProofKeeper } from './proof-keeper.ts';
import { bridgeSettings, type SettingsClient } from './settings-client.ts';

declare global {
  interface Window {
    /** Offered by the preload of the kiosk window, and nowhere else. */
    readonly eyepiece?: Bridge;
  }
}

/** What only the kiosk's own screen can do: steer the window around it. */
export type Kiosk = Pick<Bridge, 'shell'>;

/** How this place differs from others, in terms of what the page does there. */
export interface Place {
  /** A wall that nobody looks at for a while goes on playing. */
  readonly playsWhileHidden: boolean;
  /** The person can switch to full screen; a kiosk is there already. */
  readonly offersFullScreen: boolean;
  /** Gloved hands, fingers, or a mouse. */
  readonly hands: 'glove' | 'touch' | 'mouse';
  /** Null in a browser. */
  readonly kiosk: Kiosk | null;
}

/** The station that this page belongs to, and the place where the page runs. */
export interface Connection {
  readonly client: StationClient;
  readonly clock: StationClock;
  readonly place: Place;
  /** Null at the station's own screen: whoever sits there is in. */
  readonly pass: Pass | null;
  /** Null where nobody can be let in or sent away from here. */
  readonly access: AccessClient | null;
  /** Null where nothing can be set from here. */
  readonly settings: SettingsClient | null;
  /** Null where the lab's directory can't be asked, whether there is one or not. */
  readonly directory: DirectoryClient | null;
}

/** Asks, here and nowhere else, whether this is the kiosk. */
export function connect(window: Window): Connection {
  if (window.eyepiece) {
    return {
      client: new BridgeClient(window.eyepiece),
      clock: sharedClock,
      place: { playsWhileHidden: true, offersFullScreen: false, hands: 'glove', kiosk: window.eyepiece },
      pass: null,
      access: bridgeAccess(window.eyepiece.access),
      settings: bridgeSettings(window.eyepiece),
      directory: bridgeDirectory(window.eyepiece.directory, window.location.href),
    };
  }
  const baseUrl = new URL('/', window.location.href);
  const pass = new AccessPass(baseUrl, openProofKeeper(window));
  const client = new HttpClient(baseUrl, pass, window.document);
  const hands = window.matchMedia('(pointer: coarse)').matches ? 'touch' : 'mouse';
  const place = { playsWhileHidden: false, offersFullScreen: true, hands, kiosk: null } as const;
  return {
    client,
    clock: clockOf(client, pass),
    place,
    pass,
    access: httpAccess(baseUrl, pass),
    settings: httpSettings(baseUrl, pass),
    directory: httpDirectory(baseUrl, pass),
  };
}

function clockOf(client: StationClient, pass: Pass): StationClock {
  if (client.sharesClock) return sharedClock;
  const clock = new EstimatedClock();
  const readStationTimeMs = async (): Promise<number> => (await client.state()).timeMs;
  void keepEstimating(clock, readStationTimeMs, () => letIn(pass));
  return clock;
}

/** Resolves at once where the station lets the page in. */
function letIn(pass: Pass): Promise<void> {
  return new Promise((resolve) => {
    if (pass.shutOut === null) return resolve();
    const stop = pass.onChange(() => {
      stop();
      resolve();
    });
  });
}
