import type { Page } from '@playwright/test';
import { tile } from './stations.ts';

/** Resolves with the Unix time at which a Tile shows its next picture, whatever becomes of its session until then. */
export function nextPicture(page: Page, streamId: string): Promise<number> {
  return tile(page, streamId)
    .locator('video')
    .evaluate(
      (video: HTMLVideoElement) =>
        new Promise<number>((resolve) => {
          video.requestVideoFrameCallback((shownAtMs) => resolve(performance.timeOrigin + shownAtMs));
        }),
    );
}
