import type { VideoFormat } from './video-format.ts';

/** How long the Player shall hold pictures back before it shows them, at least and at most; both multiples of 10 ms. */
export interface PlayoutDelay {
  readonly minMs: number;
  readonly maxMs: number;
}

/** Shown as soon as they are decoded. */
export const noPlayoutDelay: PlayoutDelay = { minMs: 0, maxMs: 0 };

/** The header extensions of an RTP packet (RFC 8285 §4.2), as they are written behind its first twelve bytes. */
export interface ExtensionBlock {
  readonly bytes: Buffer;
  /** Where the packet's send time belongs, in three bytes; null where the Player doesn't want it. */
  readonly sendTimeAt: number | null;
}

/**
 * What the packets of a picture say beside the picture: which m-line it belongs to (RFC 9143), how long it may be held back to
 * smooth the network, and when the packet was sent.
 */
export function extensionBlock(
  { mid, midExtensionId, playoutDelayExtensionId, absSendTimeExtensionId }: VideoFormat,
  { minMs, maxMs }: PlayoutDelay,
): ExtensionBlock {
  const elements: number[] = [];
  let sendTimeAt: number | null = null;
  const midBytes = Buffer.from(mid);
  if (midExtensionId !== null && midBytes.length <= 16) {
    elements.push((midExtensionId << 4) | (midBytes.length - 1), ...midBytes);
  }
  if (playoutDelayExtensionId !== null) {
    const [min, max] = [minMs / 10, maxMs / 10];
    elements.push((playoutDelayExtensionId << 4) | 2, min >> 4, ((min & 0xf) << 4) | (max >> 8), max & 0xff);
  }
  if (absSendTimeExtensionId !== null) {
    sendTimeAt = profileBytes + elements.length + 1;
    elements.push((absSendTimeExtensionId << 4) | 2, 0, 0, 0);
  }
  if (elements.length === 0) return { bytes: Buffer.alloc(0), sendTimeAt };
  while (elements.length % 4 !== 0) elements.push(0);
  return { bytes: Buffer.from([0xbe, 0xde, 0, elements.length / 4, ...elements]), sendTimeAt };
}

/** What stands before the first element: the name of the form, and the length. */
const profileBytes = 4;

/**
 * A send time as browsers want it: seconds modulo 64 in 24 bits, 18 of them behind the point. Only differences count, so any clock
 * will do that nobody sets.
 * @see http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
 */
export function sendTime(nowMs: number): number {
  return Math.floor((nowMs * 2 ** 18) / 1_000) % 2 ** 24;
}
