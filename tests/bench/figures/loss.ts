import type { Browser } from '@playwright/test';
import { LossyRelay, type RelayOptions } from '../../support/lossy-relay.ts';
import { watchPictures, type PictureFlow } from '../../support/picture-flow.ts';
import type { Figure } from '../figure.ts';
import { clockStation, liveTile } from '../stations.ts';

const delayMs = 40;
const poorShare = 0.05;

/** What a browser shows over a link that loses every twentieth packet in both directions. */
export const loss: Figure = async ({ browser }) => {
  const flow = await watchOver(browser, poorShare, { delayMs }, 120_000);
  const without = await watchOver(browser, poorShare, { delayMs, passesResent: false }, 20_000);
  const whole = await watchOver(browser, 0, { delayMs }, 20_000);
  const share = ({ taken, shown }: PictureFlow) => (100 * shown) / taken;
  const link = '5 % loss each way, 80 ms round trip';
  const note = `2 minutes; without resending ${share(without).toFixed(0)} % shown, longest ${Math.round(without.longestGapMs)} ms`;
  return [
    {
      figure: `${link}: longest time without a new picture`,
      value: flow.longestGapMs,
      unit: 'ms',
      bound: { atMost: 1_000 },
      note,
    },
    {
      figure: `${link}: pictures shown`,
      value: share(flow),
      unit: '%',
      bound: { atLeast: 90 },
      note: `${flow.shown} seen and ${flow.decoded} decoded of ${flow.taken} taken; without loss ${share(whole).toFixed(0)} % shown`,
    },
  ];
};

async function watchOver(
  browser: Browser,
  lossShare: number,
  options: RelayOptions,
  durationMs: number,
): Promise<PictureFlow> {
  const station = await clockStation();
  const page = await browser.newPage();
  const relay = new LossyRelay(options);
  try {
    await relay.join(page);
    await page.goto(station.url);
    await liveTile(page, 'clock');
    relay.lossShare = lossShare;
    // What follows is the steady state: the station has seen the loss by then.
    await watchPictures(page, station, 'clock', 5_000);
    return await watchPictures(page, station, 'clock', durationMs);
  } finally {
    await page.close();
    relay.close();
    await station.stop();
  }
}
