import type { Page } from '@playwright/test';
import type { StationProcess } from './station-process.ts';

/** What came of the pictures that a detector took in some time. */
export interface PictureFlow {
  readonly taken: number;
  /** Decoded by the browser. */
  readonly decoded: number;
  /** Seen: of pictures that are decoded within one frame of the screen, only the last is. */
  readonly shown: number;
  /** The longest time without a new picture. */
  readonly longestGapMs: number;
}

/** Watches the Tile of a Stream that is live. */
export async function watchPictures(
  page: Page,
  station: StationProcess,
  streamId: string,
  durationMs: number,
): Promise<PictureFlow> {
  const takenBefore = await picturesTaken(station, streamId);
  const { shownMs, decoded } = await page
    .locator(`[data-testid="tile"][data-stream-id="${streamId}"] video`)
    .evaluate(async (video: HTMLVideoElement, durationMs) => {
      const count = () => video.getVideoPlaybackQuality().totalVideoFrames;
      const decodedBefore = count();
      const startMs = performance.now();
      const shownMs = [0];
      let handle = 0;
      const next = (): void => {
        shownMs.push(performance.now() - startMs);
        handle = video.requestVideoFrameCallback(next);
      };
      handle = video.requestVideoFrameCallback(next);
      await new Promise((resolve) => setTimeout(resolve, durationMs));
      video.cancelVideoFrameCallback(handle);
      shownMs.push(performance.now() - startMs);
      return { shownMs, decoded: count() - decodedBefore };
    }, durationMs);
  const taken = (await picturesTaken(station, streamId)) - takenBefore;
  const gapsMs = shownMs.slice(1).map((atMs, index) => atMs - (shownMs[index] ?? 0));
  return { taken, decoded, shown: shownMs.length - 2, longestGapMs: Math.max(...gapsMs) };
}

async function picturesTaken(station: StationProcess, streamId: string): Promise<number> {
  const { streams } = await station.state();
  return streams.find(({ id }) => id === streamId)?.reading?.number ?? Number.NaN;
}
