import { setTimeout } from 'node:timers/promises';
import { newSessions, watchSessions } from '../../e2e/sessions.ts';
import { openRemoteBrowser, whyNoRemoteBrowser } from '../../support/remote-browser.ts';
import { startStationHere } from '../../support/station-here.ts';
import type { Figure, Row } from '../figure.ts';
import { nextPicture } from '../next-picture.ts';
import { median } from '../statistics.ts';
import { liveTile } from '../stations.ts';

const rounds = 3;

/** How long a browser waits for the next picture once its pulled cable is back. */
export const cuts: Figure = async () => {
  const reason = whyNoRemoteBrowser();
  if (reason !== null) throw new Error(`The figure of a pulled cable ${reason}.`);
  return [...(await cutFor(12_000, 1_000, true)), ...(await cutFor(40_000, 3_000, false))];
};

async function cutFor(cutMs: number, atMostMs: number, keepsSession: boolean): Promise<Row[]> {
  const remote = await openRemoteBrowser();
  const station = await startStationHere();
  const page = await remote.browser.newPage();
  try {
    await page.goto(await station.share(remote.stationHost));
    await liveTile(page, 'clock');
    await watchSessions(page);
    const waitsMs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      remote.pullCable();
      await setTimeout(cutMs);
      // Not before, since a session that is given up meanwhile may show what it had received already.
      const shownAtMs = nextPicture(page, 'clock');
      const pluggedAtMs = Date.now();
      remote.plugCable();
      waitsMs.push((await shownAtMs) - pluggedAtMs);
      await liveTile(page, 'clock');
      // The next cut meets a connection that is well again.
      await setTimeout(8_000);
    }
    const sessions = await newSessions(page);
    const figure = `cut of ${cutMs / 1_000} s: link back to next picture`;
    const note = `longest of ${rounds}; median ${Math.round(median(waitsMs))} ms; ${sessions} new sessions, no click`;
    const row: Row = { figure, value: Math.max(...waitsMs), unit: 'ms', bound: { atMost: atMostMs }, note };
    if (!keepsSession) return [row];
    const kept = { figure: `cut of ${cutMs / 1_000} s: new sessions`, value: sessions, unit: '', bound: { atMost: 0 } };
    return [row, { ...kept, note: `in ${rounds} cuts` }];
  } finally {
    await station.close();
    await remote.close();
  }
}
