import type { Bridge } from '../../shared/bridge.ts';
import { BridgeClient } from './bridge-client.ts';
import type { StationClient } from './client.ts';
import { EstimatedClock, keepEstimating, sharedClock, type StationClock } from './clock.ts';
import { HttpClient } from './http-client.ts';

declare global {
  interface Window {
    /** Offered by the preload of the kiosk window, and nowhere else. */
    readonly eyepiece?: Bridge;
  }
}

/** How this place differs from others, in terms of what the page does there. */
export interface Place {
  /** A wall that nobody looks at for a while goes on playing. */
  readonly playsWhileHidden: boolean;
  /** The person can switch to full screen; a kiosk is there already. */
  readonly offersFullScreen: boolean;
  /** Gloved hands, fingers, or a mouse. */
  readonly hands: 'glove' | 'touch' | 'mouse';
}

/** The station that this page belongs to, and the place where the page runs. */
export interface Connection {
  readonly client: StationClient;
  readonly clock: StationClock;
  readonly place: Place;
}

/** Asks, here and nowhere else, whether this is the kiosk. */
export function connect(window: Window): Connection {
  if (window.eyepiece) {
    return {
      client: new BridgeClient(window.eyepiece),
      clock: sharedClock,
      place: { playsWhileHidden: true, offersFullScreen: false, hands: 'glove' },
    };
  }
  const client = new HttpClient(new URL('/', window.location.href));
  const hands = window.matchMedia('(pointer: coarse)').matches ? 'touch' : 'mouse';
  return { client, clock: clockOf(client), place: { playsWhileHidden: false, offersFullScreen: true, hands } };
}

function clockOf(client: StationClient): StationClock {
  if (client.sharesClock) return sharedClock;
  const clock = new EstimatedClock();
  void keepEstimating(clock, async () => (await client.state()).timeMs);
  return clock;
}
