import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { HttpDoor } from '../../src/main/http/server.ts';
import { webrtcSessions } from '../../src/main/webrtc/sessions.ts';
import type { IceServer, ViewerOffer } from '../../src/shared/api.ts';
import { httpClient } from '../contract/http-client.ts';
import { openStation, type World } from '../station/fakes.ts';
import { WeriftPlayer } from '../support/werift-player.ts';
import { openDoor, type Call } from './door.ts';

const json = { 'content-type': 'application/json' };
/** What the station is configured with. */
export const turn: IceServer = {
  urls: ['turn:t.example:3478', 'stun:s.example'],
  username: 'lab',
  credential: 'secret',
};

export interface Served {
  readonly door: HttpDoor;
  readonly world: World;
  /** A session on the stream `one` that waits for its answer. */
  readonly offered: () => Promise<ViewerOffer>;
}

/** A door on a station that makes real sessions; only its captures are fakes. */
export async function serve(): Promise<Served> {
  const log = pino({ level: 'silent' });
  const world = openStation({ iceServers: () => [turn], ...webrtcSessions({ loopbackHost: '127.0.0.1', log }) });
  onTestFinished(() => world.station.close());
  const door = await openDoor({ station: world.station });
  return { door, world, offered: () => httpClient(door.url).offerViewer('one') };
}

export function newPlayer(): WeriftPlayer {
  const player = new WeriftPlayer();
  onTestFinished(() => player.close());
  return player;
}

export const post = (path: string, body: string): Call => ({ method: 'POST', path, headers: json, body });
export const put = (path: string, body: string): Call => ({ method: 'PUT', path, headers: json, body });

export const answerPath = ({ viewerId }: ViewerOffer): string => `/api/viewers/${viewerId}/answer`;
export const candidatesPath = ({ viewerId }: ViewerOffer): string => `/api/viewers/${viewerId}/candidates`;
