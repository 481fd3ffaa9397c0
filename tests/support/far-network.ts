import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser } from '@playwright/test';
import { chromiumLaunchOptions, findChromium } from './chromium.ts';

/** One cable between this machine and the far one. No route leads any further. */
export interface Cable {
  /** This machine, as the far one reaches it. */
  readonly ipv4: string;
  readonly ipv6: string;
  pull(): void;
  plug(): void;
}

/** A machine of its own on two cables, as far as its network goes (Linux, root). */
export interface FarNetwork {
  readonly cables: readonly [Cable, Cable];
  /** Has a firewall there drop all that goes out, but for what one of the conditions (nftables) describes. */
  allowOnly(...conditions: readonly string[]): void;
  allowAll(): void;
  /** A browser on it. @param folder Its home. */
  launchBrowser(folder: string): Promise<Browser>;
  close(): void;
}

/** Of the first cable and of the second. */
const cableNetworks = ['10.213.11.0/30', '10.213.12.0/30'] as const;

/** What of the programs that make it is missing on this machine, or null. */
export function whyNoFarNetwork(): string | null {
  if (process.platform !== 'linux') return 'needs the network namespaces of Linux';
  if (process.getuid?.() !== 0) return 'needs root to make a network namespace';
  const name = `eyepiece-far-try-${process.pid}`;
  try {
    run('ip', 'netns', 'add', name);
  } catch (error) {
    return `needs a network namespace, which this machine does not give: ${firstLine(error)}`;
  }
  try {
    run('ip', 'netns', 'exec', name, 'nft', 'add', 'table', 'inet', 'try');
    return null;
  } catch (error) {
    return `needs nftables, which this machine does not give: ${firstLine(error)}`;
  } finally {
    run('ip', 'netns', 'del', name);
  }
}

export function openFarNetwork(): FarNetwork {
  const namespace = `eyepiece-far-${process.pid}`;
  run('ip', 'netns', 'add', namespace);
  const close = () => {
    // The cables go with their far ends.
    run('ip', 'netns', 'del', namespace);
    for (const network of cableNetworks) run('ip', 'route', 'flush', 'type', 'unreachable', network);
  };
  try {
    inside(namespace, 'ip', 'link', 'set', 'lo', 'up');
    const cables = [layCable(namespace, 1), layCable(namespace, 2)] as const;
    return {
      cables,
      allowOnly: (...conditions) => setRules(namespace, conditions),
      allowAll: () => setRules(namespace, null),
      launchBrowser: (folder) => launchBrowser(namespace, folder),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function layCable(namespace: string, number: number): Cable {
  const [here, there] = [`eyl${process.pid}n${number}`, `cable${number}`];
  const end = (host: number) => ({ ipv4: `10.213.${10 + number}.${host}`, ipv6: `fd00:213:${number}::${host}` });
  run('ip', 'link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', namespace);
  const tools = [
    { ip: (...args: string[]) => run('ip', ...args), device: here, ...end(1) },
    { ip: (...args: string[]) => run('ip', '-n', namespace, ...args), device: there, ...end(2) },
  ];
  for (const { ip, device, ipv4, ipv6 } of tools) {
    ip('addr', 'add', `${ipv4}/30`, 'dev', device);
    // Without the wait for somebody else who might have the same address.
    ip('addr', 'add', `${ipv6}/64`, 'dev', device, 'nodad');
    ip('link', 'set', device, 'up');
  }
  // Counts only while the cable is pulled: without it, what is meant for the far end would go out by the default route then.
  run('ip', 'route', 'replace', 'unreachable', cableNetworks[number - 1] ?? '', 'metric', '4000');
  const set = (state: string) => run('ip', 'link', 'set', here, state);
  return {
    ...end(1),
    pull: () => set('down'),
    plug: () => {
      set('up');
      // Linux forgets IPv6 addresses with the cable.
      run('ip', 'addr', 'replace', `${end(1).ipv6}/64`, 'dev', here, 'nodad');
    },
  };
}

function setRules(namespace: string, conditions: readonly string[] | null): void {
  const always = ['oifname "lo"', 'meta l4proto ipv6-icmp'];
  const accepted = conditions && [...always, ...conditions].map((condition) => `${condition} accept;`);
  const chain = accepted
    ? `chain out { type filter hook output priority 0; policy drop; ${accepted.join(' ')} }`
    : 'chain out { type filter hook output priority 0; policy accept; }';
  const rules = `add table inet far\ndelete table inet far\ntable inet far {\n${chain}\n}\n`;
  execFileSync('ip', ['netns', 'exec', namespace, 'nft', '-f', '-'], {
    input: rules,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
}

async function launchBrowser(namespace: string, home: string): Promise<Browser> {
  await mkdir(home, { recursive: true });
  const executablePath = join(home, 'chromium');
  const command = `HOME="${home}" exec ip netns exec ${namespace} "${(await findChromium()) ?? ''}" "$@"`;
  await writeFile(executablePath, `#!/bin/sh\n${command}\n`, { mode: 0o700 });
  return chromium.launch({ ...(await chromiumLaunchOptions()), executablePath });
}

function inside(namespace: string, ...command: string[]): void {
  run('ip', 'netns', 'exec', namespace, ...command);
}

function run(program: string, ...args: string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function firstLine(error: unknown): string {
  return String(error).split('\n')[0] ?? '';
}
