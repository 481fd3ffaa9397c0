import type { Browser } from '@playwright/test';
import { networkHosts } from '../../../src/main/access/addresses.ts';
import { startStationHere } from '../../support/station-here.ts';
import type { Figure, Row } from '../figure.ts';
import { median } from '../statistics.ts';

const visits = 10;

/** A phone held upright. */
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true } as const;

/** How long a colleague who opens the guest link on a phone waits for the first picture. */
export const phoneVisit: Figure = async ({ browser }) => {
  const [host] = networkHosts();
  if (host === undefined) throw new Error('The figure of a phone needs a machine that has an address on a network.');
  const station = await startStationHere('self-signed');
  try {
    const link = await station.share(host);
    // The detector runs from then on, as it does where a kiosk shows it: it rests ten seconds after the last visit.
    await visit(browser, link);
    const taken: Visit[] = [];
    for (let number = 0; number < visits; number++) taken.push(await visit(browser, link));
    const row = (figure: string, timesMs: readonly number[]): Row => ({
      figure,
      value: median(timesMs),
      unit: 'ms',
      bound: { atMost: 1_000 },
      note: `median of ${visits}; longest ${Math.round(Math.max(...timesMs))} ms; nothing in the cache, HTTPS, stream running`,
    });
    return [
      row(
        'phone-sized page: guest link opened to first picture, page load included',
        taken.map(({ pictureMs }) => pictureMs),
      ),
      row(
        'phone-sized page: token to first picture',
        taken.map(({ pictureMs, tokenMs }) => pictureMs - tokenMs),
      ),
    ];
  } finally {
    await station.close();
  }
};

/** Both from the beginning of the navigation. */
interface Visit {
  /** When the link had been exchanged for a token. */
  readonly tokenMs: number;
  /** When the browser handed the first picture to the page. */
  readonly pictureMs: number;
}

/** A first visit: nothing is in the cache and no connection is open. */
async function visit(browser: Browser, link: string): Promise<Visit> {
  // The station vouches for its certificate itself.
  const context = await browser.newContext({ ...phone, ignoreHTTPSErrors: true });
  const page = await context.newPage();
  await page.addInitScript(noteFirstPicture);
  await page.goto(link);
  await page.waitForFunction(() => document.body.dataset['firstPictureMs'] !== undefined);
  const times = await page.evaluate(() => {
    const requests = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    const exchange = requests.find(({ name }) => name.endsWith('/api/access/guest'));
    return { tokenMs: exchange?.responseEnd ?? Number.NaN, pictureMs: Number(document.body.dataset['firstPictureMs']) };
  });
  await context.close();
  return times;
}

/** Runs in the page before its own scripts. */
function noteFirstPicture(): void {
  const request = Reflect.get(HTMLVideoElement.prototype, 'requestVideoFrameCallback');
  HTMLVideoElement.prototype.requestVideoFrameCallback = function (onPicture) {
    return request.call(this, (nowMs, picture) => {
      document.body.dataset['firstPictureMs'] ??= String(performance.now());
      onPicture(nowMs, picture);
    });
  };
}
