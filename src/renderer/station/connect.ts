import type { Bridge } from '../../shared/bridge.ts';
import { BridgeClient } from './bridge-client.ts';
import type { StationClient } from './client.ts';
import { EstimatedClock, keepEstimating, sharedClock, type StationClock } from './clock.ts';
import { takeGuestKey } from './guest-link.ts';
import { GuestPass, type ShutOut } from './guest-pass.ts';
import { HttpClient } from './http-client.ts';

declare global {
  interface Window {
    /** Offered by the preload of the kiosk window, and nowhere else. */
    readonly eyepiece?: Bridge;
  }
}

/** What only the kiosk's own screen can do: steer the window around it and change the station. */
export type Kiosk = Pick<Bridge, 'settings' | 'shell' | 'cameras'>;

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
  /** Resolves when the station does not let this page in (any more). */
  readonly shutOut: Promise<ShutOut>;
}

/** Asks, here and nowhere else, whether this is the kiosk. */
export function connect(window: Window): Connection {
  if (window.eyepiece) {
    return {
      client: new BridgeClient(window.eyepiece),
      clock: sharedClock,
      place: { playsWhileHidden: true, offersFullScreen: false, hands: 'glove', kiosk: window.eyepiece },
      // Whoever sits at the station is in.
      shutOut: new Promise(() => undefined),
    };
  }
  const baseUrl = new URL('/', window.location.href);
  const pass = new GuestPass(baseUrl, takeGuestKey(window));
  const client = new HttpClient(baseUrl, pass, window.document);
  const hands = window.matchMedia('(pointer: coarse)').matches ? 'touch' : 'mouse';
  const place = { playsWhileHidden: false, offersFullScreen: true, hands, kiosk: null } as const;
  return { client, clock: clockOf(client), place, shutOut: pass.shutOut };
}

function clockOf(client: StationClient): StationClock {
  if (client.sharesClock) return sharedClock;
  const clock = new EstimatedClock();
  void keepEstimating(clock, async () => (await client.state()).timeMs);
  return clock;
}
