import { readClockVideo } from '../clock-video.ts';
import type { Figure } from '../figure.ts';
import { median, percentile } from '../statistics.ts';
import { clockStation, liveTile } from '../stations.ts';

/** From the instant the clock detector took a picture to the instant the browser showed it. */
export const latency: Figure = async ({ browser }) => {
  const station = await clockStation();
  const page = await browser.newPage();
  await page.goto(station.url);
  await liveTile(page, 'clock');
  const pictures = await readClockVideo(page, 'clock', 10_000);
  await page.close();
  await station.stop();

  const delaysMs = pictures.map((picture) => picture.shownAtMs - picture.capturedAtMs);
  const note = `${pictures.length} pictures in 10 s, read from the shown pixels`;
  return [
    { figure: 'capture to shown, median', value: median(delaysMs), unit: 'ms', bound: { atMost: 45 }, note },
    { figure: 'capture to shown, p95', value: percentile(delaysMs, 0.95), unit: 'ms', bound: { atMost: 70 }, note },
  ];
};
