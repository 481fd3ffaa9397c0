/** One value of a sparkline. */
export interface SparkPoint {
  readonly atMs: number;
  readonly value: number | null;
}

/** What a sparkline is drawn on: `widthMs` back from `endMs`, and from zero up to `top`. */
export interface SparkScale {
  readonly endMs: number;
  readonly widthMs: number;
  readonly top: number;
  /** Points that are further apart than this have something missing between them. */
  readonly gapMs: number;
}

/**
 * Draws points as straight lines (SVG path data) into a square of 100 by 100. Where a value is missing, the line is
 * interrupted; a point without neighbours becomes a short dash.
 */
export function sparklinePath(points: readonly SparkPoint[], { endMs, widthMs, top, gapMs }: SparkScale): string {
  const parts: string[] = [];
  let beforeMs: number | null = null;
  for (const { atMs, value } of points) {
    if (value === null) {
      beforeMs = null;
      continue;
    }
    const x = 100 - (100 * (endMs - atMs)) / widthMs;
    const y = 100 - (100 * Math.min(value, top)) / top;
    const isJoined = beforeMs !== null && atMs - beforeMs <= gapMs;
    parts.push(isJoined ? `L${round(x)} ${round(y)}` : `M${round(x)} ${round(y)}h0.5`);
    beforeMs = atMs;
  }
  return parts.join('');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
