import type { Layout } from '../stores/preferences.ts';

export interface Grid {
  readonly columns: number;
  readonly rows: number;
}

/** Detectors give pictures between 1:1 and 16:9; this stands for them all. */
const pictureAspect = 4 / 3;

/**
 * Arranges Tiles on the stage without scrolling: as the person chose, or so that the pictures become as large as possible.
 * @param stageAspect Width over height of the stage.
 */
export function gridFor(layout: Layout, tiles: number, stageAspect: number): Grid {
  if (layout === 'one') return { columns: 1, rows: 1 };
  if (layout === 'four') return { columns: 2, rows: 2 };
  if (layout === 'nine') return { columns: 3, rows: 3 };
  const grids = Array.from({ length: Math.max(1, tiles) }, (_, index) => ({
    columns: index + 1,
    rows: Math.max(1, Math.ceil(tiles / (index + 1))),
  }));
  return grids.reduce((best, grid) =>
    pictureHeight(grid, stageAspect) > pictureHeight(best, stageAspect) ? grid : best,
  );
}

/** The height of one Tile's picture as a share of the stage's height. */
function pictureHeight({ columns, rows }: Grid, stageAspect: number): number {
  return Math.min(1 / rows, stageAspect / columns / pictureAspect);
}
