import type { Page } from '@playwright/test';
import { childrenOf } from '../../support/station-process.ts';
import type { Figure } from '../figure.ts';
import { median } from '../statistics.ts';
import { clockStation, liveTile, tile } from '../stations.ts';

const rounds = 5;

/** How long a Tile goes on saying that it is live when its detector has stopped. */
export const stale: Figure = async ({ browser }) => {
  const toldMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const station = await clockStation();
    const page = await browser.newPage();
    await page.goto(station.url);
    await liveTile(page, 'clock');
    // Long enough for it to know the rhythm of the pictures.
    await page.waitForTimeout(3_000);
    const told = notLive(page);
    const stoppedAtMs = Date.now();
    for (const pid of await childrenOf(station.pid)) process.kill(pid, 'SIGSTOP');
    toldMs.push((await told) - stoppedAtMs);
    await page.close();
    await station.stop();
  }
  return [
    {
      figure: 'STALE shown after a stopped detector',
      value: Math.max(...toldMs),
      unit: 'ms',
      bound: { atMost: 2_000 },
      note: `longest of ${rounds}; median ${Math.round(median(toldMs))} ms; Captures stopped by SIGSTOP`,
    },
  ];
};

/** The Unix time at which the Tile no longer says that it is live. */
function notLive(page: Page): Promise<number> {
  return tile(page, 'clock').evaluate(
    (element: HTMLElement) =>
      new Promise<number>((resolve) => {
        const observer = new MutationObserver(() => {
          if (element.dataset['state'] === 'live') return;
          observer.disconnect();
          resolve(Date.now());
        });
        observer.observe(element, { attributes: true, attributeFilter: ['data-state'] });
      }),
  );
}
