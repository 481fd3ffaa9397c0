import type { Page } from '@playwright/test';
import { tile } from '../e2e/fixtures.ts';

/** Notes what Tiles play at this instant. */
export async function watchTiles(page: Page, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await tile(page, id).evaluate((element) => {
      const media = element.querySelector('video')?.srcObject;
      element.setAttribute('data-watched', media instanceof MediaStream ? media.id : 'nothing');
    });
  }
}

/** Which of the watched Tiles are gone, were made anew, or play another session than they did. */
export async function changedTiles(page: Page, ids: readonly string[]): Promise<string[]> {
  const unchanged = await page.getByTestId('tile').evaluateAll((tiles) =>
    tiles
      .filter((element) => {
        const media = element.querySelector('video')?.srcObject;
        return media instanceof MediaStream && element.getAttribute('data-watched') === media.id;
      })
      .map((element) => element.getAttribute('data-stream-id')),
  );
  return ids.filter((id) => !unchanged.includes(id));
}
