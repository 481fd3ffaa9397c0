import type { SimulatedDetector } from '../../../../shared/source.ts';
import type { Reader, ReaderNotices } from '../reader.ts';
import { brightfieldCamera } from './brightfield.ts';
import { openCamera } from './camera.ts';
import type { SimulatedCamera } from './camera.ts';
import { clockCamera } from './clock.ts';
import { dimCamera } from './dim.ts';
import { flakyCamera } from './flaky.ts';
import { fluorescenceCamera } from './fluorescence.ts';

const cameras: Readonly<Record<SimulatedDetector, () => SimulatedCamera>> = {
  brightfield: brightfieldCamera,
  fluorescence: fluorescenceCamera,
  dim: dimCamera,
  flaky: flakyCamera,
  clock: clockCamera,
};

/** Reads a detector that is simulated in this process. */
export function openSimulated(detector: SimulatedDetector, notices: ReaderNotices): Reader {
  return openCamera(cameras[detector], notices);
}
