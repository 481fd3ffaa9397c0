import { describe, expect, test } from 'vitest';
import { gridFor } from '../../../src/renderer/composables/grid.ts';

const wide = 1920 / 928;
const phone = 390 / 716;

describe('The wall', () => {
  test.each([
    [1, 1, 1],
    [2, 2, 1],
    [3, 3, 1],
    [4, 2, 2],
    [5, 3, 2],
    [6, 3, 2],
    [9, 3, 3],
  ])('of %i Tiles is %i by %i on a wide screen', (tiles, columns, rows) => {
    expect(gridFor('auto', tiles, wide)).toEqual({ columns, rows });
  });

  test('of four Tiles is one below the other on an upright phone', () => {
    expect(gridFor('auto', 4, phone)).toEqual({ columns: 1, rows: 4 });
  });

  test('has a place for every Tile whatever the screen', () => {
    for (let tiles = 1; tiles <= 9; tiles++) {
      for (const stageAspect of [0.3, 0.5, 1, 1.5, 2, 4]) {
        const { columns, rows } = gridFor('auto', tiles, stageAspect);
        expect(columns * rows).toBeGreaterThanOrEqual(tiles);
        expect(columns * (rows - 1)).toBeLessThan(tiles);
      }
    }
  });

  test('is as the person chose it', () => {
    expect(gridFor('one', 1, wide)).toEqual({ columns: 1, rows: 1 });
    expect(gridFor('four', 2, wide)).toEqual({ columns: 2, rows: 2 });
    expect(gridFor('nine', 4, phone)).toEqual({ columns: 3, rows: 3 });
  });
});
