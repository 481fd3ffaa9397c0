import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What to do to a station, and how much of it. */
export interface AttackPlan {
  /** The same seed makes the same junk. */
  readonly seed: number;
  /** How long it is watched before, for comparison. */
  readonly quietMs: number;
  readonly requests?: number;
  readonly sdps?: number;
  readonly messages?: number;
  readonly datagrams?: number;
  /** How long 200 offers come each second. */
  readonly offersForS?: number;
}

export interface AttackReport {
  readonly sent: number;
  /** Answers that were not what they should be, and the first of them. */
  readonly wrongCount: number;
  readonly wrong: readonly string[];
  /** How often each answer came. */
  readonly answers: Readonly<Record<string, number>>;
  /** What the station itself calls a mistake of its own, and processes that have ended. */
  readonly mistakeCount: number;
  readonly mistakes: readonly string[];
  /** The share of the pictures taken that reached somebody who watched: during the attack, and before it. */
  readonly keptShare: number;
  readonly quietShare: number;
  readonly seconds: number;
  /** By how much more memory the station holds. */
  readonly grownBytes: number;
}

/** Why nothing can be attacked on this machine, or null. */
export async function whyNoAttack(): Promise<string | null> {
  try {
    await alone('true');
    return null;
  } catch (error) {
    return `needs a network of its own, which this machine does not give: ${String(error).split('\n')[0]}`;
  }
}

/** Attacks a station, all of it in a network namespace that has loopback and nothing else, so that no packet can leave. */
export async function attack(plan: AttackPlan): Promise<AttackReport> {
  const script = fileURLToPath(new URL('./run.ts', import.meta.url));
  const { stdout } = await alone(process.execPath, script, JSON.stringify(plan));
  return JSON.parse(stdout) as AttackReport;
}

function alone(...command: readonly string[]) {
  const user = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  const script = 'ip link set lo up && exec "$@"';
  return run('unshare', [...user, '--net', 'sh', '-c', script, 'sh', ...command], { maxBuffer: 2 ** 26 });
}
