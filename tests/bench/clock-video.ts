import type { Page } from '@playwright/test';

/** One picture as it was shown: when (Unix time), and the capture time that is burnt into its pixels. */
export interface ShownPicture {
  readonly shownAtMs: number;
  readonly capturedAtMs: number;
}

/**
 * Watches the video of one tile and reads the clock detector's squares from the shown pixels, so that nothing that
 * Eyepiece says about itself enters the figure.
 * @returns The pictures shown during `durationMs`.
 */
export async function readClockVideo(page: Page, streamId: string, durationMs: number): Promise<ShownPicture[]> {
  return page.evaluate(
    async ({ streamId, durationMs }) => {
      const video = document.querySelector<HTMLVideoElement>(
        `[data-testid="tile"][data-stream-id="${streamId}"] video`,
      );
      if (!video) throw new Error('The tile shows no video.');
      // 48 squares of 24 × 24 px from (16, 16), least significant bit first; one row of pixels through their middle is enough.
      const bits = 48;
      const squarePx = 24;
      const leftPx = 16;
      const canvas = new OffscreenCanvas(bits * squarePx, 1);
      const context = canvas.getContext('2d', { willReadFrequently: true });
      if (!context) throw new Error('This browser has no canvas.');

      const readClock = (): number => {
        context.drawImage(video, leftPx, leftPx + squarePx / 2, canvas.width, 1, 0, 0, canvas.width, 1);
        const pixels = context.getImageData(0, 0, canvas.width, 1).data;
        let timeMs = 0;
        for (let bit = bits - 1; bit >= 0; bit--) {
          const middle = pixels[(bit * squarePx + squarePx / 2) * 4] ?? 0;
          timeMs = timeMs * 2 + (middle > 127 ? 1 : 0);
        }
        return timeMs;
      };

      const shown: { shownAtMs: number; capturedAtMs: number }[] = [];
      const endMs = performance.now() + durationMs;
      await new Promise<void>((resolve) => {
        const next = (): void => {
          // The callback's own time is the start of the browser's frame, which flatters; this is when the picture was there.
          const nowMs = performance.now();
          shown.push({ shownAtMs: performance.timeOrigin + nowMs, capturedAtMs: readClock() });
          if (nowMs < endMs) video.requestVideoFrameCallback(next);
          else resolve();
        };
        video.requestVideoFrameCallback(next);
      });
      return shown;
    },
    { streamId, durationMs },
  );
}

/** Counts the pictures that each tile's video shows in `durationMs`. */
export async function countShownPictures(page: Page, durationMs: number): Promise<Record<string, number>> {
  return page.evaluate(async (durationMs) => {
    const counts: Record<string, number> = {};
    let running = true;
    for (const tile of document.querySelectorAll<HTMLElement>('[data-testid="tile"]')) {
      const id = tile.dataset['streamId'] ?? '';
      const video = tile.querySelector('video');
      counts[id] = 0;
      const next = (): void => {
        if (!running) return;
        counts[id] = (counts[id] ?? 0) + 1;
        video?.requestVideoFrameCallback(next);
      };
      video?.requestVideoFrameCallback(next);
    }
    await new Promise((resolve) => setTimeout(resolve, durationMs));
    running = false;
    return counts;
  }, durationMs);
}

/**
 * Arms a stopwatch in the page that starts with the next click and stops with the first picture of the stream's tile.
 * @returns A promise that resolves to the milliseconds between them; await it after clicking.
 */
export async function clickToFirstPicture(page: Page, streamId: string, click: () => Promise<void>): Promise<number> {
  await page.evaluate((streamId) => {
    const selector = `[data-testid="tile"][data-stream-id="${streamId}"] video`;
    const before = document.querySelector(selector);
    const stopwatch = new Promise<number>((resolve) => {
      document.addEventListener(
        'pointerdown',
        () => {
          const startMs = performance.now();
          const look = (): void => {
            const video = document.querySelector<HTMLVideoElement>(selector);
            if (video && video !== before) video.requestVideoFrameCallback(() => resolve(performance.now() - startMs));
            else requestAnimationFrame(look);
          };
          look();
        },
        { capture: true, once: true },
      );
    });
    Object.assign(globalThis, { stopwatch });
  }, streamId);
  await click();
  return page.evaluate(() => (globalThis as unknown as { stopwatch: Promise<number> }).stopwatch);
}
