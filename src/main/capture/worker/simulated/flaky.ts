import type { SimulatedCamera } from './camera.ts';
import { makeGrain } from './grain.ts';

const widthPx = 640;
const heightPx = 480;
const fps = 15;
/** A stage micrometer under a 10× objective: a line every 50 µm, 1.6 µm to the pixel. */
const pixelSizeUm = 1.6;
const lineEveryUm = 50;
/** Shot noise of a 20,000-electron camera at count 190 of 255. */
const noiseCounts = 1.5;

/** In each minute of Unix time the cable is out from the 40th second on, so that every process agrees about it. */
const cycleMs = 60_000;
const pulledAtMs = 40_000;
const backAtMs = 50_000;

/** A loosely plugged-in monochrome camera that looks at a stage micrometer; it goes away for 10 s in every minute. */
export function flakyCamera(): SimulatedCamera {
  const grain = makeGrain(noiseCounts);
  const ruler = drawRuler(grain.meanCounts);
  const scene = new Uint8Array(widthPx * heightPx);
  const output = new Uint8Array(widthPx * heightPx);
  const sceneWords = new Uint32Array(scene.buffer);
  const outputWords = new Uint32Array(output.buffer);

  return {
    info: { pixelSizeUm, nominalFps: fps },
    faultAt: cableFault,
    expose(captureTimeMs) {
      const shiftPx = Math.round(ruler.marginPx * (1 + Math.sin(captureTimeMs / 3_000)));
      for (let y = 0; y < heightPx; y++) {
        const start = y * ruler.widthPx + shiftPx;
        scene.set(ruler.bytes.subarray(start, start + widthPx), y * widthPx);
      }
      grain.add(sceneWords, outputWords, widthPx / 4);
      const plane = { data: output, strideBytes: widthPx };
      return { exposureMs: 20, widthPx, heightPx, pixelType: 'uint8', significantBits: 8, planes: [plane] };
    },
  };
}

/** What the system says at this time (Unix time); null while the cable is in. */
export function cableFault(timeMs: number) {
  const inCycleMs = timeMs % cycleMs;
  if (inCycleMs < pulledAtMs || inCycleMs >= backAtMs) return null;
  // A time of day, not a time to wait: the sentence stays on screens until the next try.
  const backAt = new Date(timeMs - inCycleMs + backAtMs).toISOString().slice(11, 19);
  return { reason: 'not_found', detail: `Simulated cable pulled; it is put back at ${backAt} UTC.` } as const;
}

/** Lines of 30 px and, at every fifth, of 60 and every tenth, of 90 px, on an evenly lit field. */
function drawRuler(meanNoise: number): { bytes: Uint8Array; widthPx: number; marginPx: number } {
  const marginPx = 60;
  const rulerPx = widthPx + 2 * marginPx;
  const bytes = new Uint8Array(rulerPx * heightPx);
  for (let x = 0; x < rulerPx; x++) {
    const fromLine = (x * pixelSizeUm) / lineEveryUm;
    const nearest = Math.round(fromLine);
    const offLinePx = Math.abs(fromLine - nearest) * (lineEveryUm / pixelSizeUm);
    const heightOfLine = nearest % 10 === 0 ? 90 : nearest % 5 === 0 ? 60 : 30;
    for (let y = 0; y < heightPx; y++) {
      const light = 190 - 30 * ((x / rulerPx - 0.5) ** 2 + (y / heightPx - 0.5) ** 2) - meanNoise;
      const isInLine = Math.abs(y - heightPx / 2) < heightOfLine;
      const shade = isInLine ? 1 - 0.8 * Math.exp(-((offLinePx / 1.2) ** 2)) : 1;
      bytes[y * rulerPx + x] = light * shade;
    }
  }
  return { bytes, widthPx: rulerPx, marginPx };
}
