import pino from 'pino';
import { onTestFinished } from 'vitest';
import type { Frame } from '../../src/main/station/frame.ts';
import type { OfferedViewer, Viewer, ViewerNotices } from '../../src/main/station/ports.ts';
import { webrtcSessions, type WebrtcOptions } from '../../src/main/webrtc/sessions.ts';
import type { IceServer, Reach } from '../../src/shared/api.ts';
import type { VideoCodec } from '../../src/shared/state.ts';
import type { ViewerEnd } from '../../src/shared/stream-event.ts';
import { WeriftPlayer, type PlayerOptions } from '../support/werift-player.ts';

export const silentLog = pino({ level: 'silent' });

/** What a session told its owner. */
export interface Told {
  readonly connected: Promise<void>;
  readonly gone: Promise<ViewerEnd>;
  readonly ends: readonly ViewerEnd[];
  keyframeWishes(): number;
  /** How often the Player has wished something else than before. */
  wishChanges(): number;
}

/** One Viewer with what it told its owner. */
export interface Watching extends Told {
  readonly viewer: Viewer;
  readonly answerSdp: string;
}

/** An offer of the station with what it, or the Viewer that became of it, told its owner. */
export interface Offering extends Told {
  readonly offered: OfferedViewer;
}

export interface SessionOptions extends Partial<Omit<WebrtcOptions, 'iceServers'>> {
  readonly iceServers?: readonly IceServer[];
  readonly reach?: Reach;
  /** What the station reads instead of the Player's own offer. */
  readonly changeOffer?: (sdp: string) => string;
}

function sessions({ iceServers = [], ...options }: SessionOptions) {
  return webrtcSessions({ loopbackHost: '127.0.0.1', log: silentLog, iceServers: () => iceServers, ...options });
}

function listen(): { notices: ViewerNotices; told: Told } {
  const connected = deferred<void>();
  const gone = deferred<ViewerEnd>();
  const ends: ViewerEnd[] = [];
  let wishes = 0;
  let wishChanges = 0;
  const notices: ViewerNotices = {
    connected: () => connected.resolve(),
    keyframeWanted: () => wishes++,
    wishChanged: () => wishChanges++,
    gone: (reason) => {
      ends.push(reason);
      gone.resolve(reason);
    },
  };
  const told = { connected: connected.promise, gone: gone.promise, ends };
  return { notices, told: { ...told, keyframeWishes: () => wishes, wishChanges: () => wishChanges } };
}

/** Accepts an offer as a Stream would, and closes the Viewer with the test. */
export async function watch(
  offerSdp: string,
  { reach = 'loopback', ...options }: SessionOptions = {},
): Promise<Watching> {
  const { notices, told } = listen();
  const { viewer, answerSdp } = await sessions(options).acceptViewer(offerSdp, reach, notices);
  onTestFinished(() => viewer.close('left'));
  return { viewer, answerSdp, ...told };
}

export interface OfferOptions extends SessionOptions {
  /** The servers of this session, instead of the station's `iceServers`. */
  readonly ownServers?: readonly IceServer[];
}

/** Has the station offer as a Stream would, and closes the session with the test, whether it was answered or not. */
export async function offer({ reach = 'loopback', ownServers, ...options }: OfferOptions = {}): Promise<Offering> {
  const { notices, told } = listen();
  const offered = await sessions(options).offerViewer(ownServers, reach, notices);
  onTestFinished(() => offered.close('left'));
  return { offered, ...told };
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
  { changeOffer = (sdp) => sdp, ...options }: SessionOptions = {},
): Promise<Session> {
  const player = new WeriftPlayer(playerOptions);
  onTestFinished(() => player.close());
  const watching = await watch(changeOffer(await player.offer()), options);
  await player.accept(watching.answerSdp);
  await Promise.all([watching.connected, player.connected]);
  return { ...watching, player };
}

/** A Player that has answered an offer of the station, connected over loopback. */
export async function connectOffered(
  playerOptions: PlayerOptions = {},
  options: SessionOptions = {},
): Promise<Session> {
  const player = new WeriftPlayer(playerOptions);
  onTestFinished(() => player.close());
  const { offered, ...told } = await offer(options);
  const viewer = offered.answer({ type: 'answer', sdp: await player.answer(offered.offerSdp) });
  onTestFinished(() => viewer.close('left'));
  await Promise.all([told.connected, player.connected]);
  // What the station would have answered, had the Player offered; for those who offer later, as for an ICE restart.
  const answerSdp = offered.offerSdp.replace('a=setup:actpass', 'a=setup:passive');
  return { ...told, viewer, player, answerSdp };
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
