import { readClockVideo } from '../clock-video.ts';
import type { Figure } from '../figure.ts';
import { median } from '../statistics.ts';
import { clockStation, liveTile } from '../stations.ts';
import { childrenOf } from '../../support/station-process.ts';

const kills = 10;

/** How long a watching browser sees no new picture when the Capture process is killed. */
export const recovery: Figure = async ({ browser }) => {
  const station = await clockStation();
  const page = await browser.newPage();
  await page.goto(station.url);
  await liveTile(page, 'clock');

  const gapsMs: number[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const pictures = readClockVideo(page, 'clock', 4_000);
    for (const pid of await childrenOf(station.pid)) process.kill(pid, 'SIGKILL');
    const shown = await pictures;
    const gaps = shown.slice(1).map((picture, index) => picture.shownAtMs - (shown[index]?.shownAtMs ?? 0));
    gapsMs.push(Math.max(...gaps));
    // The station forgets earlier failures after 30 s of pictures; each kill must meet a station that has.
    await readClockVideo(page, 'clock', 30_000);
  }
  await page.close();
  await station.stop();
  return [
    {
      figure: 'a killed Capture: last picture to next picture',
      value: median(gapsMs),
      unit: 'ms',
      bound: { atMost: 1_500 },
      note: `median of ${kills}; longest ${Math.round(Math.max(...gapsMs))} ms`,
    },
  ];
};
