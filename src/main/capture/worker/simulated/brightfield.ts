import type { SimulatedCamera } from './camera.ts';
import { makeGrain } from './grain.ts';
import { seededRandom } from './random.ts';
import { wrap } from './spot-scene.ts';
import { clear, makeCell, makeSpeck, texelsPerPx } from './stained-cell.ts';
import type { Transmission } from './stained-cell.ts';

const widthPx = 1280;
const heightPx = 720;
const fps = 30;
/** A 40× objective in front of 10 µm of camera pixel (3.45 µm, binned): cells of 20 µm across are 80 px. */
const pixelSizeUm = 0.25;

/**
 * Shot noise of a 10,000-electron colour camera at the brightness of the background: at count 200 of 255 there are
 * 7,800 electrons, √7,800 of them are 2.3 counts (Janesick, *Photon Transfer*, SPIE 2007, ch. 3).
 */
const noiseCounts = 2.3;
/** A halogen lamp without its filter: warm. As red, green, blue. */
const lampCounts = [228, 214, 186] as const;
/** How much darker the corners are. */
const falloff = 0.16;

/** A body in the liquid. Its way depends on the time alone, so that it goes on after a restart where it would have been. */
interface Body {
  readonly look: Transmission;
  readonly startX: number;
  readonly startY: number;
  readonly pxPerS: { readonly x: number; readonly y: number };
  readonly turnsPerS: number;
  /** Share by which it is longer than wide, coming and going. */
  readonly stretch: number;
  readonly phase: number;
}

/** Stained cells and specks drifting through uneven warm light, seen by an 8-bit colour camera. */
export function brightfieldCamera(): SimulatedCamera {
  const grain = makeGrain(noiseCounts);
  const background = lampLight(grain.highestScene, grain.meanCounts);
  const scene = new Uint8Array(background.length);
  const output = new Uint8Array(background.length);
  const sceneWords = new Uint32Array(scene.buffer);
  const outputWords = new Uint32Array(output.buffer);
  const bodies = makeBodies();

  return {
    info: { pixelSizeUm, nominalFps: fps },
    expose(captureTimeMs) {
      scene.set(background);
      for (const body of bodies) drawBody(scene, body, captureTimeMs / 1000, grain.highestScene);
      grain.add(sceneWords, outputWords, (widthPx * 3) / 4);
      return {
        exposureMs: 4,
        widthPx,
        heightPx,
        pixelType: 'rgb24',
        significantBits: 8,
        planes: [{ data: output, strideBytes: widthPx * 3 }],
      };
    },
  };
}

function lampLight(highest: number, meanNoise: number): Uint8Array {
  const light = new Uint8Array(widthPx * heightPx * 3);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const fromMiddle = ((x - 590) / 640) ** 2 + ((y - 330) / 640) ** 2;
      lampCounts.forEach((count, channel) => {
        const seen = count * (1 - falloff * fromMiddle) - meanNoise;
        light[(y * widthPx + x) * 3 + channel] = Math.min(highest, Math.round(seen));
      });
    }
  }
  return light;
}

function makeBodies(): Body[] {
  const random = seededRandom(8);
  const cells = [34, 40, 46, 52].map((radiusPx, index) => makeCell(index + 1, radiusPx));
  const specks = [1.5, 2.2, 3].map(makeSpeck);
  const place = (look: Transmission, speedPx: number): Body => ({
    look,
    startX: random() * widthPx,
    startY: random() * heightPx,
    // All go the same way as the liquid does, each with a difference of its own.
    pxPerS: { x: speedPx * (0.6 + 0.5 * random()), y: speedPx * (random() - 0.4) * 0.5 },
    turnsPerS: 0.05 * (random() - 0.5),
    stretch: 0.08 * random(),
    phase: random(),
  });
  return [
    ...Array.from({ length: 17 }, (_, i) => place(cells[i % cells.length]!, 14)),
    ...Array.from({ length: 45 }, (_, i) => place(specks[i % specks.length]!, 26)),
  ];
}

/** Darkens the scene by what the body takes away, seen turned and stretched. */
function drawBody(scene: Uint8Array, body: Body, timeS: number, highest: number): void {
  const { size, texels } = body.look;
  const sizePx = size / texelsPerPx;
  // Where a body has left the picture altogether it comes back on the other side.
  const middleX = wrap(body.startX + body.pxPerS.x * timeS, widthPx + sizePx) - sizePx / 2;
  const middleY = wrap(body.startY + body.pxPerS.y * timeS, heightPx + sizePx) - sizePx / 2;
  const angle = 2 * Math.PI * (body.phase + body.turnsPerS * timeS);
  const longer = 1 + body.stretch * Math.sin(0.7 * timeS + 6 * body.phase);
  // One pixel's step along a row or column of the scene, as a step over texels; 16 bits are the fraction.
  const one = 65_536 * texelsPerPx;
  const across = { u: Math.round((one * Math.cos(angle)) / longer), v: Math.round(-one * Math.sin(angle) * longer) };
  const down = { u: Math.round((one * Math.sin(angle)) / longer), v: Math.round(one * Math.cos(angle) * longer) };
  const reach = Math.ceil(sizePx / 2);
  const left = Math.max(0, Math.ceil(middleX) - reach);
  const right = Math.min(widthPx, Math.ceil(middleX) + reach);
  const top = Math.max(0, Math.ceil(middleY) - reach);
  const bottom = Math.min(heightPx, Math.ceil(middleY) + reach);
  for (let y = top; y < bottom; y++) {
    let u = Math.round((size / 2) * 65_536 + (left - middleX) * across.u + (y - middleY) * down.u);
    let v = Math.round((size / 2) * 65_536 + (left - middleX) * across.v + (y - middleY) * down.v);
    let at = (y * widthPx + left) * 3;
    for (let x = left; x < right; x++, at += 3, u += across.u, v += across.v) {
      const column = u >> 16;
      const row = v >> 16;
      if (column < 0 || row < 0 || column >= size || row >= size) continue;
      const texel = texels[row * size + column]!;
      if (texel === clear) continue;
      scene[at] = Math.min(highest, (scene[at]! * (texel & 1023)) >> 9);
      scene[at + 1] = Math.min(highest, (scene[at + 1]! * ((texel >> 10) & 1023)) >> 9);
      scene[at + 2] = Math.min(highest, (scene[at + 2]! * (texel >> 20)) >> 9);
    }
  }
}
