import pino from 'pino';
import { onTestFinished } from 'vitest';
import type { Frame } from '../../src/main/station/frame.ts';
import type { Viewer, ViewerEnd } from '../../src/main/station/ports.ts';
import { acceptViewers, type AcceptViewersOptions } from '../../src/main/webrtc/accept-viewers.ts';
import type { VideoCodec } from '../../src/shared/state.ts';
import { WeriftPlayer, type PlayerOptions } from '../support/werift-player.ts';

export const silentLog = pino({ level: 'silent' });

/** One Viewer with what it told its owner. */
export interface Watching {
  readonly viewer: Viewer;
  readonly connected: Promise<void>;
  readonly gone: Promise<ViewerEnd>;
  readonly ends: readonly ViewerEnd[];
  keyframeWishes(): number;
}

/** Accepts an offer as a Stream would, and closes the Viewer with the test. */
export async function watch(offerSdp: string, options: Partial<AcceptViewersOptions> = {}): Promise<Watching> {
  const connected = deferred<void>();
  const gone = deferred<ViewerEnd>();
  const ends: ViewerEnd[] = [];
  let wishes = 0;
  const accept = acceptViewers({ listenAddress: '127.0.0.1', log: silentLog, ...options });
  const viewer = await accept(offerSdp, {
    connected: () => connected.resolve(),
    keyframeWanted: () => wishes++,
    gone: (reason) => {
      ends.push(reason);
      gone.resolve(reason);
    },
  });
  onTestFinished(() => viewer.close('left'));
  return { viewer, connected: connected.promise, gone: gone.promise, ends, keyframeWishes: () => wishes };
}

function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((take) => (resolve = take));
  return { promise, resolve };
}

export interface Session extends Watching {
  readonly player: WeriftPlayer;
}

/** A Player and its Viewer, connected over loopback. */
export async function connect(
  playerOptions: PlayerOptions = {},
  options: Partial<AcceptViewersOptions> = {},
): Promise<Session> {
  const player = new WeriftPlayer(playerOptions);
  onTestFinished(() => player.close());
  const watching = await watch(await player.offer(), options);
  await player.accept(watching.viewer.answerSdp);
  await Promise.all([watching.connected, player.connected]);
  return { ...watching, player };
}

/** Where the station's media socket listens. */
export function stationPort(answerSdp: string): number {
  return Number(/ 127\.0\.0\.1 (\d+) typ host/.exec(answerSdp)?.[1]);
}

const startCode = [0, 0, 0, 1];

interface PictureOptions {
  readonly isKeyframe?: boolean;
  readonly bytes?: number;
  readonly codec?: VideoCodec;
}

/** A picture whose bytes tell its number, in the form that an encoder gives it. */
export function picture(
  number: number,
  { isKeyframe = false, bytes = 5_000, codec = 'h264' }: PictureOptions = {},
): Frame {
  const body = Buffer.alloc(bytes, 0x20 + (number % 200));
  const captureTimeMs = 1_700_000_000_000 + (number * 1000) / 30;
  if (codec === 'vp8') {
    body[0] = isKeyframe ? 0x10 : 0x11;
    return { number, captureTimeMs, isKeyframe, codec, data: body };
  }
  const parameterSets = [...startCode, 0x67, 0x42, 0xe0, 0x1f, ...startCode, 0x68, 0xce, 0x3c, 0x80 | (number % 100)];
  const slice = [...startCode, isKeyframe ? 0x65 : 0x41];
  const data = Buffer.concat([Buffer.from(isKeyframe ? [...parameterSets, ...slice] : slice), body]);
  return { number, captureTimeMs, isKeyframe, codec, data };
}
