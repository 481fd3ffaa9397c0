import { networkInterfaces } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { startAttacked } from './attacked.ts';
import { floodWithOffers, sendDatagrams, sendMessages, sendRequests, type Outcome } from './attacks.ts';
import type { AttackPlan, AttackReport } from './report.ts';

// Attacks a station as its argument says, and writes what came of it. It must stand alone on a network of its own: what is sent here
// could make a station that has a fault send packets anywhere.
const others = Object.keys(networkInterfaces()).filter((name) => name !== 'lo');
if (others.length > 0) throw new Error(`This must not run where there is a network: ${others.join(', ')}.`);

const plan = JSON.parse(process.argv[2] ?? '{}') as AttackPlan;
const attacked = await startAttacked();
const { station, answerSdp } = attacked;
const { seed, requests = 0, sdps = 0, messages = 0, datagrams = 0, offersForS = 0 } = plan;

/** Whatever the plan names, all kinds of junk at a time, and more offers than it takes at the end. */
async function attack(): Promise<Outcome> {
  const outcomes = await Promise.all([
    ...(requests > 0 ? [sendRequests(station, { requests, sdps }, seed)] : []),
    ...(messages > 0 ? [sendMessages(station, messages, seed)] : []),
    ...(datagrams > 0 ? [sendDatagrams(answerSdp, datagrams, seed)] : []),
  ]);
  if (offersForS > 0) outcomes.push(await floodWithOffers(station, offersForS));
  return {
    sent: outcomes.reduce((sum, { sent }) => sum + sent, 0),
    wrong: outcomes.flatMap(({ wrong }) => wrong),
    answers: Object.assign({}, ...outcomes.map(({ answers }) => answers)) as Outcome['answers'],
  };
}

const quiet = await attacked.during(() => setTimeout(plan.quietMs));
const memoryBefore = await attacked.memoryBytes();
const startMs = performance.now();
const { result, keptShare } = await attacked.during(attack);
const seconds = (performance.now() - startMs) / 1_000;
const memoryAfter = await attacked.memoryBytes();
const report: AttackReport = {
  sent: result.sent,
  wrongCount: result.wrong.length,
  wrong: result.wrong.slice(0, 5),
  answers: result.answers,
  mistakes: attacked.mistakes.slice(0, 5),
  mistakeCount: attacked.mistakes.length,
  keptShare,
  quietShare: quiet.keptShare,
  seconds,
  grownBytes: memoryAfter - memoryBefore,
};
attacked.close();
process.stdout.write(JSON.stringify(report));
