import { expect, type Page } from '@playwright/test';

/** Counts the sessions that a page opens from now on. */
export async function watchSessions(page: Page): Promise<void> {
  await page.evaluate(() => {
    const NativePeer = window.RTCPeerConnection;
    document.body.dataset['newSessions'] = '0';
    window.RTCPeerConnection = class extends NativePeer {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        document.body.dataset['newSessions'] = String(Number(document.body.dataset['newSessions']) + 1);
      }
    };
  });
}

/** How many it has opened since then. */
export function newSessions(page: Page): Promise<number> {
  return page.evaluate(() => Number(document.body.dataset['newSessions']));
}

/** Tells the page of another network until the station has moved `moves` connections in all. */
export async function changeNetwork(page: Page, log: () => string, moves: number): Promise<void> {
  await expect(async () => {
    // What follows too soon counts as the same change.
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    const moved = (): number => log().match(/viewer moves to another path/g)?.length ?? 0;
    await expect.poll(moved, { timeout: 1_000 }).toBeGreaterThanOrEqual(moves);
  }).toPass({ timeout: 15_000 });
}
