import { seededRandom } from './random.ts';
import { at, smooth, structureTile } from './texture.ts';

/**
 * Optical densities per unit of stain for red, green and blue (Ruifrok and Johnston, *Quantification of histochemical
 * staining by color deconvolution*, 2001, as used by most software since).
 */
const hematoxylin = [0.65, 0.7, 0.29] as const;
const eosin = [0.07, 0.99, 0.11] as const;

/** Texels per pixel along one axis: bodies turn and move by less than a pixel, and are seen at the nearest texel. */
export const texelsPerPx = 2;

/** What a body lets through, as a picture around its middle. */
export interface Transmission {
  /** Side in texels. */
  readonly size: number;
  /** Red in bits 0–9, green in 10–19, blue in 20–29; 512 means all of the light, more is light that refraction sends there. */
  readonly texels: Int32Array;
}

/** All three channels at 512. */
export const clear = 512 | (512 << 10) | (512 << 20);

/** A cell of `radiusPx`: pink cytoplasm, violet nucleus with chromatin and nucleoli, dark membrane, bright rim. */
export function makeCell(seed: number, radiusPx: number): Transmission {
  const random = seededRandom(seed);
  const texture = cellTexture();
  const waves = [2, 3, 4, 5].map((order) => ({ order, height: (0.09 * random()) / order, phase: 6.28 * random() }));
  const nucleus = {
    x: radiusPx * 0.3 * (random() - 0.5),
    y: radiusPx * 0.3 * (random() - 0.5),
    share: 0.36 + 0.1 * random(),
  };
  return paint(Math.ceil(radiusPx * 1.35), (x, y) => {
    const angle = Math.atan2(y, x);
    const outline = waves.reduce((sum, { order, height, phase }) => sum + height * Math.cos(order * angle + phase), 1);
    const distance = Math.hypot(x, y) / radiusPx / outline;
    if (distance > 1.3) return { hematoxylin: 0, eosin: 0, rim: 0 };
    const toNucleus = Math.hypot(x - nucleus.x, (y - nucleus.y) * 1.2) / (radiusPx * nucleus.share);
    const grain = at(texture, Math.round(x * 2) + seed * 61, Math.round(y * 2));
    const body = smooth((1 - distance) / 0.06);
    const inNucleus = smooth((1 - toNucleus) / 0.12);
    const membrane = peak(distance, 0.96, 0.04) + 0.7 * peak(toNucleus, 0.97, 0.06);
    return {
      hematoxylin: inNucleus * (0.28 + 0.55 * smooth((grain - 0.4) / 0.3)) + 0.14 * membrane,
      eosin: body * (0.1 + 0.16 * grain) + 0.1 * membrane,
      rim: peak(distance, 1.07, 0.04),
    };
  });
}

/** A speck: dark, with a bright ring as things out of focus have it. */
export function makeSpeck(radiusPx: number): Transmission {
  return paint(Math.ceil(radiusPx * 2.5), (x, y) => {
    const distance = Math.hypot(x, y) / radiusPx;
    return {
      hematoxylin: 0.5 * smooth((1.2 - distance) / 0.8),
      eosin: 0.2 * peak(distance, 0, 0.6),
      rim: peak(distance, 1.6, 0.3),
    };
  });
}

interface Stain {
  readonly hematoxylin: number;
  readonly eosin: number;
  /** Share of the brightest rim. */
  readonly rim: number;
}

/** Beer and Lambert: the light that is left is 10 to the power of minus the optical density. */
function paint(reachPx: number, stainAt: (x: number, y: number) => Stain): Transmission {
  const sizePx = 2 * reachPx;
  const light = [0, 1, 2].map(() => new Float32Array(sizePx * sizePx));
  for (let y = 0; y < sizePx; y++) {
    for (let x = 0; x < sizePx; x++) {
      const stain = stainAt(x - reachPx + 0.5, y - reachPx + 0.5);
      for (const channel of [0, 1, 2] as const) {
        const density = stain.hematoxylin * hematoxylin[channel] + stain.eosin * eosin[channel];
        light[channel]![y * sizePx + x] = 10 ** -density + 0.06 * stain.rim;
      }
    }
  }
  return refine(light, sizePx);
}

/** Fills in the texels between the pixels by linear interpolation. */
function refine(light: readonly Float32Array[], sizePx: number): Transmission {
  const size = (sizePx - 1) * texelsPerPx;
  const texels = new Int32Array(size * size);
  for (let y = 0; y < size; y++) {
    const down = (y % texelsPerPx) / texelsPerPx;
    for (let x = 0; x < size; x++) {
      const across = (x % texelsPerPx) / texelsPerPx;
      const corner = Math.floor(y / texelsPerPx) * sizePx + Math.floor(x / texelsPerPx);
      let texel = 0;
      for (let channel = 0; channel < 3; channel++) {
        const values = light[channel]!;
        const upper = values[corner]! * (1 - across) + values[corner + 1]! * across;
        const lower = values[corner + sizePx]! * (1 - across) + values[corner + sizePx + 1]! * across;
        texel |= Math.round(512 * (upper * (1 - down) + lower * down)) << (10 * channel);
      }
      texels[y * size + x] = texel;
    }
  }
  return { size, texels };
}

function peak(value: number, middle: number, width: number): number {
  return Math.exp(-(((value - middle) / width) ** 2));
}

let sharedTexture: Float32Array | undefined;
function cellTexture(): Float32Array {
  return (sharedTexture ??= structureTile(23, 16, 3));
}
