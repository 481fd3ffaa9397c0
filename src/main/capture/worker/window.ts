import type { DisplayWindow } from '../../../shared/state.ts';
import type { Measurement } from './measure.ts';
import { makePacker } from './packed.ts';
import type { RawPicture, ScreenPicture } from './picture.ts';

/** Samples that Auto leaves out at each end: hot pixels and specks of dust are not to set the contrast. */
const ignoredShare = 0.001;
/** How quickly Auto follows the picture: after so long, 63 % of the way is done. Quicker than this, the picture pumps. */
const timeConstantMs = 500;

/** Makes deep pictures fit for 8 bits. Pictures that are 8-bit already pass as they are. */
export interface ScreenWindow {
  /** Learns the newest measurement and says which window is shown from now on. */
  follow(picture: RawPicture, measured: Measurement): DisplayWindow;
  /** @returns The picture itself, or one in memory that the next call takes again. */
  toScreen(picture: RawPicture): ScreenPicture;
}

export function makeScreenWindow(): ScreenWindow {
  let limits = { low: 0, high: 0 };
  let followedAtMs: number | null = null;
  const pack = makePacker();
  const lookup = new Uint8Array(65_536);
  let output = new Uint8Array(0);

  return {
    follow(picture, measured) {
      if (isScreenPicture(picture)) return eightBitWindow(picture);
      const target = autoLimits(measured);
      const share = followedAtMs === null ? 1 : approach(picture.captureTimeMs - followedAtMs);
      followedAtMs = picture.captureTimeMs;
      limits = {
        low: limits.low + (target.low - limits.low) * share,
        high: limits.high + (target.high - limits.high) * share,
      };
      fillLookup(lookup, limits);
      return { lowCount: Math.round(limits.low), highCount: Math.round(limits.high), isAuto: true };
    },
    toScreen(picture) {
      if (isScreenPicture(picture)) return picture;
      const { widthPx, heightPx, planes } = picture;
      if (output.length !== widthPx * heightPx) output = new Uint8Array(widthPx * heightPx);
      const { buffer, byteOffset } = pack(planes[0], widthPx * 2, heightPx);
      mapSamples(new Uint16Array(buffer, byteOffset, output.length), lookup, output);
      const plane = { data: output, strideBytes: widthPx };
      return { ...picture, pixelType: 'uint8', significantBits: 8, planes: [plane] };
    },
  };
}

function isScreenPicture(picture: RawPicture): picture is ScreenPicture {
  return picture.pixelType !== 'uint16le';
}

function eightBitWindow({ pixelType, isFullRange }: RawPicture): DisplayWindow {
  const isLimited = pixelType === 'i420' && !isFullRange;
  return { lowCount: isLimited ? 16 : 0, highCount: isLimited ? 235 : 255, isAuto: false };
}

/** The share of the way to the target that is done in `elapsedMs`; all of it where the clock was set back. */
function approach(elapsedMs: number): number {
  return elapsedMs < 0 ? 1 : 1 - Math.exp(-elapsedMs / timeConstantMs);
}

/** The counts below and above which 0.1 % of the samples lie; at least one count apart. */
export function autoLimits({ histogram, samples }: Pick<Measurement, 'histogram' | 'samples'>): {
  readonly low: number;
  readonly high: number;
} {
  const ignored = Math.floor(samples * ignoredShare);
  let low = 0;
  for (let seen = histogram[0] ?? 0; seen <= ignored && low < histogram.length; seen += histogram[low] ?? 0) low++;
  let high = histogram.length - 1;
  for (let seen = histogram[high] ?? 0; seen <= ignored && high > low; seen += histogram[high] ?? 0) high--;
  return { low, high: Math.max(high, low + 1) };
}

/** `low` is shown as 0, `high` as 255, and what lies outside as the nearer of the two. */
export function fillLookup(lookup: Uint8Array, { low, high }: { low: number; high: number }): void {
  const first = Math.max(0, Math.floor(low));
  const last = Math.min(lookup.length - 1, Math.ceil(high));
  const perCount = 255 / Math.max(high - low, 1);
  lookup.fill(0, 0, first);
  lookup.fill(255, last + 1);
  for (let count = first; count <= last; count++) {
    lookup[count] = Math.round(Math.min(255, Math.max(0, (count - low) * perCount)));
  }
}

function mapSamples(samples: Uint16Array, lookup: Uint8Array, output: Uint8Array): void {
  for (let i = 0; i < output.length; i++) output[i] = lookup[samples[i]!]!;
}
