export interface Optics {
  readonly numericalAperture: number;
  /** Of the light that is seen; for fluorescence the emission. */
  readonly wavelengthUm: number;
  /** One detector pixel in the specimen. */
  readonly pixelSizeUm: number;
}

/**
 * The width of a point's image in pixels, as the standard deviation of the Gaussian that comes nearest to the
 * wide-field point spread function: σ = 0.225 λ/NA (Zhang, Zerubia, Olivo-Marin, Applied Optics 46 (2007) 1819, table 1,
 * two-dimensional paraxial wide-field microscope).
 */
export function psfSigmaPx({ numericalAperture, wavelengthUm, pixelSizeUm }: Optics): number {
  return (0.225 * wavelengthUm) / numericalAperture / pixelSizeUm;
}

/**
 * How far a particle moves along one axis between two pictures, as a standard deviation in pixels: √(2 D t) with the
 * Stokes–Einstein D = kT/(6πηr) (Berg, *Random Walks in Biology*, 1993, ch. 1 and 4), in water at 25 °C.
 */
export function brownianStepPx(diameterUm: number, intervalS: number, pixelSizeUm: number): number {
  const thermalEnergyJ = 1.380649e-23 * 298.15;
  const viscosityPaS = 0.89e-3;
  const diffusionM2PerS = thermalEnergyJ / (6 * Math.PI * viscosityPaS * (diameterUm / 2) * 1e-6);
  return (Math.sqrt(2 * diffusionM2PerS * intervalS) * 1e6) / pixelSizeUm;
}

/** A small picture in expected electrons that is added to a scene; for each of 4 × 4 positions between pixels one. */
export interface Spot {
  readonly sizePx: number;
  /** By `(yQuarter * 4 + xQuarter)`, rows after one another. */
  readonly phases: readonly Uint16Array[];
}

/**
 * A bright disc (a fluorescent sphere seen by a wide-field microscope; a point where the diameter is 0) as the optics
 * shows it. The disc's edge is blurred by the Gaussian's error function, which is exact for a straight edge.
 */
export function makeSpot(diameterPx: number, sigmaPx: number, peakElectrons: number): Spot {
  const radiusPx = diameterPx / 2;
  const reachPx = Math.ceil(radiusPx + 4 * sigmaPx);
  const sizePx = 2 * reachPx + 1;
  const phases = Array.from({ length: 16 }, (_, phase) => {
    const spot = new Uint16Array(sizePx * sizePx);
    for (let y = 0; y < sizePx; y++) {
      for (let x = 0; x < sizePx; x++) {
        const distancePx = Math.hypot(x - reachPx - (phase & 3) / 4, y - reachPx - (phase >> 2) / 4);
        const share =
          radiusPx === 0
            ? Math.exp(-(distancePx ** 2) / (2 * sigmaPx ** 2))
            : gaussianStep((radiusPx - distancePx) / sigmaPx);
        spot[y * sizePx + x] = Math.round(peakElectrons * share);
      }
    }
    return spot;
  });
  return { sizePx, phases };
}

/** The normal distribution's cumulative share, to 0.02 (logistic approximation; Bowling et al. 2009). */
function gaussianStep(z: number): number {
  return 1 / (1 + Math.exp(-1.702 * z));
}
