import { Kiosk, kioskPlatform } from '../../support/kiosk.ts';
import type { Figure, Row } from '../figure.ts';
import { liveTile } from '../stations.ts';
import { median } from '../statistics.ts';
import { untilFlakyStays } from './first-run.ts';

const starts = 5;
const detectors = ['brightfield', 'fluorescence', 'dim', 'flaky'] as const;

/** From the start of the kiosk to the last of its four Tiles live, and the same for a page whose process was killed. */
export const kiosk: Figure = async () => {
  const platform = await kioskPlatform();
  const onWhat = platform.isStandIn ? 'stand-in for Electron' : 'Electron';
  const startsMs: number[] = [];
  const killsMs: number[] = [];
  let last: Kiosk | undefined;
  // The first one makes what the others find, and reads from the disk what they have in memory.
  for (let run = 0; run <= starts; run++) {
    await untilFlakyStays();
    const startMs = performance.now();
    const kiosk = await Kiosk.start(platform, last && { folder: last.folder });
    await wallLive(kiosk);
    const liveMs = performance.now();
    const killed = await kiosk.renderer();
    const killMs = performance.now();
    process.kill(killed, 'SIGKILL');
    await kiosk.nextRenderer(killed);
    await wallLive(kiosk);
    const againMs = performance.now();
    await kiosk.stop();
    last = kiosk;
    if (run === 0) continue;
    startsMs.push(liveMs - startMs);
    killsMs.push(againMs - killMs);
  }
  await last?.dispose();
  const row = (figure: string, timesMs: readonly number[]): Row => ({
    figure,
    value: median(timesMs),
    unit: 'ms',
    bound: { atMost: 3_000 },
    note: `${onWhat}, warm disk; median of ${starts}; longest ${Math.round(Math.max(...timesMs))} ms`,
  });
  return [
    row('kiosk start to all four simulated tiles live', startsMs),
    row('kiosk page killed: all four tiles live again', killsMs),
  ];
};

async function wallLive(kiosk: Kiosk): Promise<void> {
  const page = await kiosk.rejoin();
  await Promise.all(detectors.map((id) => liveTile(page, id)));
}
