import type { ScreenPicture } from '../../../src/main/capture/worker/picture.ts';

type Color = readonly [number, number, number];

/** What a picture of patches is made as. */
export interface PatchForm {
  readonly pixelType: ScreenPicture['pixelType'];
  readonly isFullRange?: boolean;
  readonly isBt601?: boolean;
}

const columns = 4;
const rows = 3;
/** Saturated and pale ones, dark and light ones. The last row is gray. */
const colors: readonly Color[] = [
  ...([
    [220, 30, 30],
    [30, 200, 40],
    [40, 50, 220],
    [240, 220, 60],
    [60, 205, 210],
    [190, 60, 180],
    [120, 90, 60],
    [230, 190, 180],
  ] as const),
  ...([0, 85, 170, 255] as const).map((gray): Color => [gray, gray, gray]),
];

/** The colour at a place that is told as a share of both sides. */
export function patchAt(xShare: number, yShare: number, { pixelType }: PatchForm): Color {
  const [r, g, b] = colors[Math.floor(yShare * rows) * columns + Math.floor(xShare * columns)]!;
  return pixelType === 'uint8' ? [g, g, g] : [r, g, b];
}

/** Whether a place is so near to an edge between patches, in pixels, that encoders may smear it. */
export function isNearEdge(x: number, y: number, widthPx: number, heightPx: number, marginPx: number): boolean {
  const isNear = (position: number, sidePx: number): boolean =>
    (position + 0.5) % sidePx < marginPx || sidePx - ((position + 0.5) % sidePx) < marginPx;
  return isNear(x, widthPx / columns) || isNear(y, heightPx / rows);
}

/** A picture of twelve patches with hard edges. Rows are padded, as those of detectors may be. */
export function patches(number: number, widthPx: number, heightPx: number, form: PatchForm): ScreenPicture {
  const color = (x: number, y: number) => patchAt((x + 0.5) / widthPx, (y + 0.5) / heightPx, form);
  const plane = (width: number, height: number, channels: number, sample: (x: number, y: number) => Color) => {
    const strideBytes = width * channels + 3;
    const data = new Uint8Array(strideBytes * height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) data.set(sample(x, y).slice(0, channels), y * strideBytes + x * channels);
    }
    return { data, strideBytes };
  };
  const facts = { number, captureTimeMs: 1_700_000_000_000 + number * 33, widthPx, heightPx, significantBits: 8 };
  if (form.pixelType !== 'i420') {
    return { ...facts, ...form, planes: [plane(widthPx, heightPx, form.pixelType === 'rgb24' ? 3 : 1, color)] };
  }
  const chroma = (index: 1 | 2) =>
    plane(Math.ceil(widthPx / 2), Math.ceil(heightPx / 2), 1, (x, y) => {
      const value = toYuv(color(Math.min(2 * x, widthPx - 1), Math.min(2 * y, heightPx - 1)), form)[index];
      return [value, value, value];
    });
  const luma = plane(widthPx, heightPx, 1, (x, y) => toYuv(color(x, y), form));
  return { ...facts, ...form, planes: [luma, chroma(1), chroma(2)] };
}

/** ITU-R BT.601 §2.5 and BT.709 §3. */
function toYuv([r, g, b]: Color, { isBt601 = false, isFullRange = false }: PatchForm): Color {
  const [kr, kb] = isBt601 ? [0.299, 0.114] : [0.2126, 0.0722];
  const y = kr * r + (1 - kr - kb) * g + kb * b;
  const [lumaScale, chromaScale, offset] = isFullRange ? [1, 1, 0] : [219 / 255, 224 / 255, 16];
  const chroma = (difference: number, k: number) =>
    Math.round(Math.min(255, 128 + (chromaScale * difference) / (2 * (1 - k))));
  return [Math.round(offset + lumaScale * y), chroma(b - y, kb), chroma(r - y, kr)];
}
