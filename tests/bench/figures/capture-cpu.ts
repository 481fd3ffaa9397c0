import type { Figure } from '../figure.ts';
import { clockStation, liveTile } from '../stations.ts';
import { childrenOf, cpuTimeMs } from '../../support/station-process.ts';

/** What the Capture process of the clock detector costs while one browser watches. */
export const captureCpu: Figure = async ({ browser }) => {
  const station = await clockStation();
  const page = await browser.newPage();
  await page.goto(station.url);
  await liveTile(page, 'clock');
  const share = await cpuShare(await childrenOf(station.pid), 10_000);
  await page.close();
  await station.stop();
  return [
    {
      figure: 'CPU of a Capture, 1280×720 at 30 fps, H.264',
      value: share * 100,
      unit: '% of a core',
      bound: { atMost: 15 },
      note: 'user and system time over 10 s, detector simulation included',
    },
  ];
};

/** CPU time that some processes use together, as a share of one core. */
export async function cpuShare(pids: readonly number[], durationMs: number): Promise<number> {
  const total = async (): Promise<number> => {
    const times = await Promise.all(pids.map(cpuTimeMs));
    return times.reduce((sum, time) => sum + time, 0);
  };
  const beforeMs = await total();
  const startMs = performance.now();
  await new Promise((resolve) => setTimeout(resolve, durationMs));
  return ((await total()) - beforeMs) / (performance.now() - startMs);
}
