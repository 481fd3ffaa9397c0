import { chromium } from '@playwright/test';
import { chromiumLaunchOptions, killRenderers } from '../../support/chromium.ts';
import type { Figure } from '../figure.ts';
import { median } from '../statistics.ts';
import { clockStation, liveTile } from '../stations.ts';

const kills = 5;
const askEachMs = 100;

/** How long the station keeps a Viewer whose tab is killed. */
export const deadViewer: Figure = async () => {
  const station = await clockStation();
  const keptMs: number[] = [];
  for (let kill = 0; kill < kills; kill++) {
    // One of its own, because a browser whose renderers are killed is of no use to the other figures.
    const browser = await chromium.launch(await chromiumLaunchOptions());
    const page = await browser.newPage();
    await page.goto(station.url);
    await liveTile(page, 'clock');
    // Another moment of the keepalive's two seconds each time, and not before it has begun.
    await page.waitForTimeout(3_000 + kill * 400);
    const killedAtMs = performance.now();
    await killRenderers(browser);
    while ((await station.state()).viewers.length > 0) await new Promise((resolve) => setTimeout(resolve, askEachMs));
    keptMs.push(performance.now() - killedAtMs);
    await browser.close();
  }
  await station.stop();
  return [
    {
      figure: 'a killed tab: until its viewer is freed',
      value: Math.max(...keptMs),
      unit: 'ms',
      bound: { atMost: 7_000 },
      note: `longest of ${kills}; median ${Math.round(median(keptMs))} ms`,
    },
  ];
};
