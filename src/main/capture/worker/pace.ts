/** How much of the newest interval goes into the usual one. */
const newShare = 0.1;

/** Chooses the pictures of a Rendition that has fewer of them than its Source. */
export interface Pace {
  /**
   * Whether the picture that has just come is one of them; to be asked once for each.
   * @param nowMs From a clock that nobody sets.
   */
  isDue(nowMs: number): boolean;
  /** Makes the next picture one of them. */
  restart(): void;
}

/**
 * Takes the pictures that come nearest to an even beat, so that a third of a rate is every third picture even where they
 * come unevenly, and any other share is right on average. @param maxFps Infinity for all pictures.
 */
export function makePace(maxFps: number): Pace {
  const beatMs = 1000 / maxFps;
  let lastMs = NaN;
  /** Between two pictures of the Source; not known before the second one. */
  let usualMs = NaN;
  let dueMs = -Infinity;

  return {
    isDue(nowMs) {
      // Longer ones are pauses, or a Source so slow that all its pictures are due.
      const intervalMs = Math.min(nowMs - lastMs, 2 * beatMs);
      usualMs = Number.isNaN(usualMs) ? intervalMs : usualMs + newShare * (intervalMs - usualMs);
      lastMs = nowMs;
      // Earlier than this, and the next picture will be nearer to the beat.
      if (nowMs < dueMs - usualMs / 2) return false;
      // The beat goes on from where it was and not from this picture; but after a pause there is nothing to catch up with.
      dueMs = (nowMs > dueMs + beatMs ? nowMs : dueMs) + beatMs;
      return true;
    },
    restart() {
      dueMs = -Infinity;
    },
  };
}
