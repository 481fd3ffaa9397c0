import { afterEach, beforeEach, vi } from 'vitest';
import { sharedClock } from '../../../src/renderer/station/clock.ts';
import { Player, type PlayerState } from '../../../src/renderer/station/player.ts';
import { repairLimits } from '../../../src/renderer/station/repair.ts';
import { videoWay } from '../../../src/renderer/station/video-way.ts';
import { FakePeer, fakePictures, FakeStation } from '../fake-page.ts';

/** A Player over a station that is played by the test; all made anew before each test of the file that imports this. */
export let station: FakeStation;
/** Everything that the Player told. */
export let states: PlayerState[];
export let video: HTMLVideoElement;
export let still: HTMLCanvasElement;
export let pictures: ReturnType<typeof fakePictures>;
let player: Player | undefined;

export const firstWaitMs = 500;
export const secondWaitMs = 1_000;
const limits = { ...repairLimits, stepsMs: [firstWaitMs, secondWaitMs], jitterShare: 0 };

export const playing = { kind: 'playing', isRepairing: false } as const;
export const repairing = { kind: 'playing', isRepairing: true } as const;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('RTCPeerConnection', FakePeer);
  FakePeer.made = [];
  station = new FakeStation();
  states = [];
  video = document.createElement('video');
  still = document.createElement('canvas');
  pictures = fakePictures(video);
});

afterEach(() => {
  player?.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

export async function start(): Promise<Player> {
  player = new Player({
    way: videoWay({ client: station, clock: sharedClock, streamId: 'brightfield', video, still }),
    clock: sharedClock,
    page: document,
    limits,
    onState: (state) => states.push(state),
  });
  await settle();
  return player;
}

/** Lets everything happen that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

export async function startPlaying(): Promise<Player> {
  const started = await start();
  FakePeer.newest.turn('connected');
  pictures.show(video, Date.now());
  return started;
}
