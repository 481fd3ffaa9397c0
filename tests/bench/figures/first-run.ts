import { countShownPictures } from '../clock-video.ts';
import type { Figure } from '../figure.ts';
import { liveTile } from '../stations.ts';
import { childrenOf, startStationProcess, type StationProcess } from '../../support/station-process.ts';
import { cpuShare } from './capture-cpu.ts';

const durationMs = 10_000;

/** The four default detectors on one wall, as they are seen at the very first start. */
export const firstRun: Figure = async ({ browser }) => {
  const station = await startStationProcess();
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  await page.goto(station.url);
  await untilFlakyStays();
  const rates = await nominalRates(station);
  for (const id of Object.keys(rates)) await liveTile(page, id);

  const [counts, share] = await Promise.all([
    countShownPictures(page, durationMs),
    cpuShare(await childrenOf(station.pid), durationMs),
  ]);
  await page.close();
  await station.stop();

  const shares = Object.entries(rates).map(([id, fps]) => ({
    id,
    share: (counts[id] ?? 0) / (fps * (durationMs / 1000)),
  }));
  const worst = Math.min(...shares.map((entry) => entry.share));
  return [
    {
      figure: 'first run: slowest tile, share of its rate',
      value: worst * 100,
      unit: '%',
      bound: { atLeast: 90 },
      note: shares.map((entry) => `${entry.id} ${Math.round(entry.share * 100)} %`).join(', '),
    },
    {
      figure: 'first run: the four Captures together',
      value: share * 100,
      unit: '% of a core',
      bound: { atMost: 80 },
      note: `user and system time over ${durationMs / 1000} s`,
    },
  ];
};

/** The flaky detector is away from second 40 to 50 of each minute. */
export async function untilFlakyStays(): Promise<void> {
  const second = (): number => (Date.now() / 1000) % 60;
  while (second() > 22 && second() < 53) await new Promise((resolve) => setTimeout(resolve, 200));
}

async function nominalRates(station: StationProcess): Promise<Record<string, number>> {
  for (;;) {
    const { streams } = await station.state();
    const rates = streams.map((stream) => [stream.id, stream.detector?.nominalFps] as const);
    if (rates.every(([, fps]) => fps !== undefined)) return Object.fromEntries(rates) as Record<string, number>;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
