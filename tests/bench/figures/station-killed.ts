import { setTimeout } from 'node:timers/promises';
import { startStationProcess } from '../../support/station-process.ts';
import type { Figure } from '../figure.ts';
import { nextPicture } from '../next-picture.ts';
import { median } from '../statistics.ts';
import { clockStreams, liveTile } from '../stations.ts';

const rounds = 5;
/** Long enough that nobody waits for the old one any more. */
const awayMs = 5_000;

/** How long a browser waits for its next picture when a station that was killed is there again. */
export const stationKilled: Figure = async ({ browser }) => {
  let station = await startStationProcess({ config: clockStreams });
  const port = Number(new URL(station.url).port);
  const page = await browser.newPage();
  await page.goto(station.url);
  await liveTile(page, 'clock');
  const waitsMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await station.kill();
    await setTimeout(awayMs);
    const shownAtMs = nextPicture(page, 'clock');
    station = await startStationProcess({ config: clockStreams, port });
    const readyAtMs = Date.now();
    waitsMs.push((await shownAtMs) - readyAtMs);
    await liveTile(page, 'clock');
    await setTimeout(2_000);
  }
  await page.close();
  await station.stop();
  return [
    {
      figure: 'station killed: process ready to next picture',
      value: Math.max(...waitsMs),
      unit: 'ms',
      bound: { atMost: 5_000 },
      note: `longest of ${rounds}; median ${Math.round(median(waitsMs))} ms; ${awayMs / 1_000} s away each time`,
    },
  ];
};
