import { backoff, type RetryPolicy } from '../../shared/retry.ts';
import type { PlayerState } from './player.ts';

/** Why pictures can't come over WebRTC. */
export type NoWebRtc =
  /** This browser has none, or its owner has switched it off. */
  | 'no_webrtc'
  /** It plays none of the station's video formats. */
  | 'no_common_codec'
  /** The station answers, but ICE finds no way for media, neither by UDP nor by TCP. */
  | 'no_path';

/** One try may have hit a network in a bad moment. */
const triesWithoutPath = 2;

/** Why a Player over WebRTC need not be waited for; null while there is hope. */
export function whyNotWebRtc(state: PlayerState): NoWebRtc | null {
  if (state.kind === 'gave_up' && state.reason === 'connect_timeout') return 'no_path';
  const reason = state.kind === 'gave_up' ? state.reason : state.kind === 'waiting' ? state.retry.reason : null;
  if (reason === 'no_common_codec') return 'no_common_codec';
  const isLost = state.kind === 'waiting' && reason === 'connect_timeout' && state.retry.number >= triesWithoutPath;
  return isLost ? 'no_path' : null;
}

/** When WebRTC is tried again while pictures come over HTTP: seldom, as each try holds a place at the station for seconds. */
export const webRtcRetry = (random?: () => number): RetryPolicy =>
  backoff({ stepsMs: [30_000, 60_000, 120_000, 300_000], jitterShare: 0.2, ...(random && { random }) });

/** What the Players of a page have learnt of WebRTC, so that each new one need not find it out by itself. */
export class WebRtcLessons {
  #hasNoPath = false;
  readonly #withoutCodec = new Set<string>();

  /** Null where nothing speaks against it. */
  whyNot(streamId: string): NoWebRtc | null {
    if (!('RTCPeerConnection' in globalThis)) return 'no_webrtc';
    if (this.#hasNoPath) return 'no_path';
    return this.#withoutCodec.has(streamId) ? 'no_common_codec' : null;
  }

  /** @param why Null where it works. */
  learn(streamId: string, why: NoWebRtc | null): void {
    if (why !== 'no_common_codec') this.#hasNoPath = why === 'no_path';
    if (why === 'no_common_codec') this.#withoutCodec.add(streamId);
    else if (why === null) this.#withoutCodec.delete(streamId);
  }
}
