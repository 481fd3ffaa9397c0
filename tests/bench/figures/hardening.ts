import { attack, whyNoAttack, type AttackPlan, type AttackReport } from '../../support/attack/report.ts';
import type { Figure, Row } from '../figure.ts';

const quietMs = 10_000;
const seed = 20_261;

/** What 100,000 malformed requests, offers and messages do to a station and to those who watch. */
export const malformed: Figure = () =>
  underAttack('100,000 malformed requests, offers and messages', {
    seed,
    quietMs,
    requests: 65_000,
    sdps: 30_000,
    messages: 5_000,
  });

/** The same of a million datagrams to its media ports. */
export const junkDatagrams: Figure = () =>
  underAttack('1,000,000 junk datagrams at the media ports', {
    seed,
    quietMs,
    datagrams: 1_000_000,
  });

/** The same of more offers than it takes, from three machines. */
export const offerFlood: Figure = () => underAttack('200 offers a second for 30 s', { seed, quietMs, offersForS: 30 });

async function underAttack(what: string, plan: AttackPlan): Promise<readonly Row[]> {
  const missing = await whyNoAttack();
  if (missing !== null) throw new Error(`This figure ${missing}`);
  const report = await attack(plan);
  const none = { unit: '', bound: { atMost: 0 } };
  return [
    { figure: `${what}: mistakes and crashes`, value: report.mistakeCount, ...none, note: report.mistakes.join('; ') },
    { figure: `${what}: wrong answers`, value: report.wrongCount, ...none, note: answersOf(report) },
    {
      figure: `${what}: pictures kept`,
      value: 100 * report.keptShare,
      unit: '%',
      bound: { atLeast: 95 },
      note: `${(100 * report.quietShare).toFixed(0)} % before; ${report.seconds.toFixed(0)} s, ${(report.grownBytes / 2 ** 20).toFixed(0)} MB more held`,
    },
  ];
}

function answersOf({ answers, wrong }: AttackReport): string {
  const counts = Object.entries(answers).map(([answer, count]) => `${count} × ${answer}`);
  return [...counts, ...wrong].join(', ');
}
