import type { Page } from '@playwright/test';
import { clickToFirstPicture } from '../clock-video.ts';
import type { Figure, Row } from '../figure.ts';
import { median } from '../statistics.ts';
import { clockAndDimStation, liveTile, tile } from '../stations.ts';

const clicks = 20;

/** From the click that brings a stream to the screen to its first picture. */
export const firstPicture: Figure = async ({ browser }) => {
  const measure = async (figure: string, lingerMs: number, isReady: (page: Page) => Promise<void>, atMost: number) => {
    const station = await clockAndDimStation(lingerMs);
    const page = await browser.newPage();
    await page.goto(station.url);
    await liveTile(page, 'clock');
    const timesMs: number[] = [];
    for (let click = 0; click < clicks; click++) {
      await tile(page, 'dim').click();
      await tile(page, 'clock').waitFor({ state: 'detached' });
      await isReady(page);
      timesMs.push(await clickToFirstPicture(page, 'clock', () => page.getByTestId('grid').click()));
    }
    await page.close();
    await station.stop();
    const note = `median of ${clicks}; longest ${Math.round(Math.max(...timesMs))} ms`;
    return { figure, value: median(timesMs), unit: 'ms', bound: { atMost }, note } satisfies Row;
  };

  const running = await measure('click to first picture, stream running', 10_000, () => Promise.resolve(), 200);
  const stopped = await measure('click to first picture, stream stopped', 0, untilClockIsIdle, 600);
  return [running, stopped];
};

async function untilClockIsIdle(page: Page): Promise<void> {
  await page.waitForFunction(async () => {
    const response = await fetch('/api/state');
    const state = (await response.json()) as { streams: { id: string; status: { kind: string } }[] };
    return state.streams.find((stream) => stream.id === 'clock')?.status.kind === 'idle';
  });
}
