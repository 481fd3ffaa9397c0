import type { SimulatedCamera } from './camera.ts';
import { brownianStepPx, makeSpot, psfSigmaPx } from './optics.ts';
import type { Optics } from './optics.ts';
import { gaussian, seededRandom } from './random.ts';
import { makeSensor } from './sensor.ts';
import { SpotScene, wrap } from './spot-scene.ts';
import { at, smooth, structureTile } from './texture.ts';

const sizePx = 1024;
const fps = 30;

/** A 60× water immersion objective, green fluorescence (GFP's emission peak), 6 µm pixels: σ = 0.95 px. */
const optics: Optics = { numericalAperture: 1.2, wavelengthUm: 0.509, pixelSizeUm: 0.1 };
/** Calibration spheres that diffuse freely: √(2Dt) = 1.8 px a picture. */
const beadDiameterUm = 1;
/** So many that about 0.5 % of the samples are at full scale. */
const beads = 63;
/** At a sphere's middle; more than twice what the sensor's range holds, as happens to who exposes for the cells. */
const beadElectrons = 5_200;
const cells = 7;
const cellElectrons = 1_900;
/** Medium that glows, and stray light. */
const backgroundElectrons = 16;

/**
 * Cells with a diffuse label and bright beads on an sCMOS camera's fast 12-bit range (about 2,400 electrons, 1.6
 * electrons of read noise; figures as data sheets of such cameras give them). Beads wander over the edges and come back
 * on the other side, so their number stays.
 */
export function fluorescenceCamera(): SimulatedCamera {
  const random = seededRandom(20_260_101);
  const sensor = makeSensor({
    significantBits: 12,
    electronsPerCount: 0.6,
    readNoiseElectrons: 1.6,
    offsetCounts: 100,
    brightestElectrons: 3_000,
  });
  const { pixelSizeUm } = optics;
  const scene = new SpotScene(stillElectrons(), sizePx, sensor);
  const spot = makeSpot(beadDiameterUm / pixelSizeUm, psfSigmaPx(optics), beadElectrons);
  const placed = Array.from({ length: beads }, () => ({ spot, xPx: random() * sizePx, yPx: random() * sizePx }));
  const stepPx = brownianStepPx(beadDiameterUm, 1 / fps, pixelSizeUm);

  return {
    info: { pixelSizeUm, nominalFps: fps },
    expose() {
      for (const bead of placed) {
        bead.xPx = wrap(bead.xPx + stepPx * gaussian(random), sizePx);
        bead.yPx = wrap(bead.yPx + stepPx * gaussian(random), sizePx);
      }
      return {
        exposureMs: 30,
        widthPx: sizePx,
        heightPx: sizePx,
        pixelType: 'uint16le',
        significantBits: 12,
        planes: [{ data: scene.expose(placed), strideBytes: sizePx * 2 }],
      };
    },
  };
}

/** Background and cells: flat bodies with a network of fibres and a nucleus that takes up less of the label. */
function stillElectrons(): Uint16Array {
  const random = seededRandom(7);
  const texture = structureTile(11, 64, 4);
  const electrons = new Uint16Array(sizePx * sizePx).fill(backgroundElectrons);
  for (let cell = 0; cell < cells; cell++) {
    const radiusPx = 90 + 50 * random();
    // One cell in each field of a 3 × 3 board, so that they do not lie over one another.
    const middleX = sizePx * (((cell * 2) % 3) + 0.4 + 0.2 * random()) * (1 / 3);
    const middleY = sizePx * ((Math.floor((cell * 2) / 3) % 3) + 0.4 + 0.2 * random()) * (1 / 3);
    addCell(electrons, texture, {
      seed: cell * 131,
      radiusPx,
      middleX,
      middleY,
      electrons: cellElectrons * (0.4 + 0.6 * random()),
    });
  }
  return electrons;
}

interface Cell {
  readonly seed: number;
  readonly radiusPx: number;
  readonly middleX: number;
  readonly middleY: number;
  readonly electrons: number;
}

function addCell(electrons: Uint16Array, texture: Float32Array, cell: Cell): void {
  const { seed, radiusPx, middleX, middleY } = cell;
  const reachPx = Math.ceil(radiusPx * 1.5);
  for (let y = Math.floor(middleY) - reachPx; y < middleY + reachPx; y++) {
    for (let x = Math.floor(middleX) - reachPx; x < middleX + reachPx; x++) {
      const distance =
        Math.hypot(x - middleX, y - middleY) / radiusPx + 1.2 * (at(texture, (x >> 1) + seed, y >> 1) - 0.5);
      const body = smooth((1 - distance) / 0.5);
      if (body === 0) continue;
      const nucleus = smooth((0.36 - Math.hypot(x - middleX, 1.15 * (y - middleY)) / radiusPx) / 0.06);
      // Where the structure passes through its middle value there is a thin line: a fibre.
      const fibre = smooth(1 - Math.abs(at(texture, x + seed, y) - 0.5) / 0.05);
      const label = body * (1 - 0.7 * nucleus) * (0.15 + 0.35 * at(texture, x, y + seed) + 0.5 * fibre * (1 - nucleus));
      electrons[wrap(y, sizePx) * sizePx + wrap(x, sizePx)]! += Math.round(cell.electrons * label);
    }
  }
}
