import type { SimulatedCamera } from './camera.ts';
import { makeSpot, psfSigmaPx } from './optics.ts';
import type { Optics } from './optics.ts';
import { seededRandom } from './random.ts';
import { makeSensor } from './sensor.ts';
import { SpotScene, wrap } from './spot-scene.ts';
import { at, smooth, structureTile } from './texture.ts';

const sizePx = 512;
const fps = 10;

/** A 40× dry objective, red fluorescence, 6.5 µm pixels: σ = 0.89 px. */
const optics: Optics = { numericalAperture: 0.95, wavelengthUm: 0.61, pixelSizeUm: 0.1625 };
const vesicles = 40;
const vesicleElectrons = 90;
const cellElectrons = 130;
const darkElectrons = 6;
/** What kinesin does along a microtubule (Howard, *Mechanics of Motor Proteins and the Cytoskeleton*, 2001). */
const vesicleSpeedUmPerS = 0.8;

/**
 * Live cells in very little light on a camera with 16 bits (30,000 electrons, 1.0 electrons of read noise): all that there
 * is to see lies within 2 % of the range, so on a screen without stretched contrast it is black.
 */
export function dimCamera(): SimulatedCamera {
  const random = seededRandom(42);
  const sensor = makeSensor({
    significantBits: 16,
    electronsPerCount: 0.46,
    readNoiseElectrons: 1,
    offsetCounts: 100,
    brightestElectrons: 400,
  });
  const { pixelSizeUm } = optics;
  const scene = new SpotScene(stillElectrons(), sizePx, sensor);
  const spot = makeSpot(0, psfSigmaPx(optics), vesicleElectrons);
  const stepPx = vesicleSpeedUmPerS / fps / pixelSizeUm;
  const placed = Array.from({ length: vesicles }, () => {
    const direction = 2 * Math.PI * random();
    return {
      ...{ spot, xPx: random() * sizePx, yPx: random() * sizePx },
      stepX: stepPx * Math.cos(direction),
      stepY: stepPx * Math.sin(direction),
    };
  });

  return {
    info: { pixelSizeUm, nominalFps: fps },
    expose() {
      for (const vesicle of placed) {
        vesicle.xPx = wrap(vesicle.xPx + vesicle.stepX, sizePx);
        vesicle.yPx = wrap(vesicle.yPx + vesicle.stepY, sizePx);
      }
      return {
        exposureMs: 90,
        widthPx: sizePx,
        heightPx: sizePx,
        pixelType: 'uint16le',
        significantBits: 16,
        planes: [{ data: scene.expose(placed), strideBytes: sizePx * 2 }],
      };
    },
  };
}

/** Three cells with a network of filaments around a dark nucleus. */
function stillElectrons(): Uint16Array {
  const texture = structureTile(5, 32, 4);
  const cells = [
    { x: 170, y: 190, radiusPx: 120 },
    { x: 380, y: 150, radiusPx: 90 },
    { x: 330, y: 390, radiusPx: 130 },
  ];
  const electrons = new Uint16Array(sizePx * sizePx);
  for (let y = 0; y < sizePx; y++) {
    for (let x = 0; x < sizePx; x++) {
      // Where the structure passes through its middle value there is a thin line: a filament.
      const filament = smooth(1 - Math.abs(at(texture, x, y) - 0.5) / 0.06);
      let signal = darkElectrons;
      for (const cell of cells) {
        const distance = Math.hypot(x - cell.x, y - cell.y) / cell.radiusPx + 0.5 * (at(texture, x >> 1, y >> 1) - 0.5);
        const body = smooth((1 - distance) / 0.4) * (1 - 0.85 * smooth((0.38 - distance) / 0.08));
        signal += cellElectrons * body * (0.3 + 0.7 * filament);
      }
      electrons[y * sizePx + x] = Math.round(signal);
    }
  }
  return electrons;
}
