import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { chromiumLaunchOptions } from '../support/chromium.ts';
import { reaches, type Figure, type Row } from './figure.ts';
import { captureCpu } from './figures/capture-cpu.ts';
import { connects } from './figures/connects.ts';
import { cuts } from './figures/cuts.ts';
import { deadViewer } from './figures/dead-viewer.ts';
import { firstPicture } from './figures/first-picture.ts';
import { firstRun } from './figures/first-run.ts';
import { junkDatagrams, malformed, offerFlood } from './figures/hardening.ts';
import { kiosk } from './figures/kiosk.ts';
import { latency } from './figures/latency.ts';
import { loss } from './figures/loss.ts';
import { phoneVisit } from './figures/phone.ts';
import { recovery } from './figures/recovery.ts';
import { stale } from './figures/stale.ts';
import { start } from './figures/start.ts';
import { stationKilled } from './figures/station-killed.ts';
import { tests } from './figures/tests.ts';

/** `npm run bench -- NAME …` takes only these; without a name all are taken, in this order. */
const figures: Readonly<Record<string, Figure>> = {
  start,
  'first-picture': firstPicture,
  phone: phoneVisit,
  latency,
  'capture-cpu': captureCpu,
  'first-run': firstRun,
  recovery,
  kiosk,
  cuts,
  'station-killed': stationKilled,
  'dead-viewer': deadViewer,
  stale,
  loss,
  connects,
  malformed,
  'junk-datagrams': junkDatagrams,
  'offer-flood': offerFlood,
  tests,
};

/** Figures that answer one question together. */
const groups: Readonly<Record<string, readonly string[]>> = {
  hardening: ['malformed', 'junk-datagrams', 'offer-flood'],
  repair: ['cuts', 'station-killed', 'dead-viewer', 'stale', 'loss', 'connects'],
};

const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true });
const chosen = (positionals.length > 0 ? positionals : Object.keys(figures)).flatMap((name) => groups[name] ?? [name]);
const unknown = chosen.filter((name) => !(name in figures));
if (unknown.length > 0) {
  process.stderr.write(
    `Unknown figure ${unknown.join(', ')}; there are ${Object.keys({ ...figures, ...groups }).join(', ')}.\n`,
  );
  process.exit(2);
}

const browser = await chromium.launch(await chromiumLaunchOptions());
const rows: Row[] = [];
const failures: string[] = [];
for (const name of chosen) {
  const figure = figures[name];
  if (!figure) continue;
  process.stderr.write(`measuring ${name} …\n`);
  try {
    rows.push(...(await figure({ browser })));
  } catch (error) {
    // What was measured before it took minutes, and is worth as much.
    failures.push(`not measured: ${name}: ${String(error)}`);
  }
}
await browser.close();

const round = (value: number): string => value.toFixed(value < 100 ? 1 : 0);
const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, Chromium ${browser.version()}`;
const lines = rows.map((row) => {
  const bound = 'atMost' in row.bound ? `≤ ${row.bound.atMost}` : `≥ ${row.bound.atLeast}`;
  return `| ${row.figure} | ${round(row.value)} ${row.unit} | ${bound} | ${reaches(row) ? 'yes' : 'NO'} | ${row.note} |`;
});
process.stdout.write(
  `${machine}\n\n| figure | measured | to reach | reached | how |\n| --- | --- | --- | --- | --- |\n${lines.join('\n')}\n`,
);
for (const failure of failures) process.stdout.write(`${failure}\n`);
if (values.json) {
  const report = {
    machine,
    takenAt: new Date().toISOString(),
    rows: rows.map((row) => ({ ...row, reached: reaches(row) })),
  };
  await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
}
process.exit(failures.length === 0 && rows.every(reaches) ? 0 : 1);
