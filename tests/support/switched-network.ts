import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from '@playwright/test';
import { chromiumLaunchOptions, findChromium } from './chromium.ts';

const addressOf = (host: number): string => `10.213.21.${host}`;

/** A browser with a camera and a microphone of Chromium's own, on a machine of its own as far as its network goes. */
export interface Machine {
  readonly browser: Browser;
  pullCable(): void;
  plugCable(): void;
  /** What gets through from this machine to the others; null for all of it. */
  limit(kbitPerS: number | null): void;
}

/** This machine and two others on one switch, from which no route leads any further (Linux, root). */
export interface SwitchedNetwork {
  /** This machine, as the others reach it. */
  readonly stationHost: string;
  readonly machines: readonly [Machine, Machine];
  close(): Promise<void>;
}

/** What of the programs that make it is missing on this machine, or null. */
export function whyNoSwitchedNetwork(): string | null {
  if (process.platform !== 'linux') return 'needs the network namespaces of Linux';
  if (process.getuid?.() !== 0) return 'needs root to make a network namespace';
  const [namespace, bridge] = [`eyepiece-try-${process.pid}`, `eyx${process.pid}`];
  try {
    ip('netns', 'add', namespace);
    ip('-n', namespace, 'link', 'add', 'name', bridge, 'type', 'bridge');
    inside(namespace, 'tc', 'qdisc', 'add', 'dev', bridge, 'root', ...shape(100));
    return null;
  } catch (error) {
    return `needs namespaces, a bridge and a shaped link, which this machine does not give: ${String(error).split('\n')[0]}`;
  } finally {
    ipIfThere('netns', 'del', namespace);
  }
}

export async function openSwitchedNetwork(): Promise<SwitchedNetwork> {
  const bridge = `eys${process.pid}`;
  const folder = await mkdtemp(join(tmpdir(), 'eyepiece-switch-'));
  const opened: Browser[] = [];
  const namespaces = [1, 2].map((number) => `eyepiece-switch${number}-${process.pid}`);
  const close = async (): Promise<void> => {
    for (const browser of opened) await browser.close();
    // The cables go with their far ends.
    for (const namespace of namespaces) ipIfThere('netns', 'del', namespace);
    ipIfThere('link', 'del', bridge);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    ip('link', 'add', 'name', bridge, 'type', 'bridge');
    ip('link', 'set', bridge, 'addrgenmode', 'none');
    ip('addr', 'add', `${addressOf(1)}/29`, 'dev', bridge);
    ip('link', 'set', bridge, 'up');
    const lay = async (number: 1 | 2): Promise<Machine> => {
      const machine = await layMachine(bridge, `eyepiece-switch${number}-${process.pid}`, number, folder);
      opened.push(machine.browser);
      return machine;
    };
    return { stationHost: addressOf(1), machines: [await lay(1), await lay(2)], close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function layMachine(bridge: string, namespace: string, number: number, folder: string): Promise<Machine> {
  const [here, there] = [`eyw${process.pid}n${number}`, 'cable'];
  ip('netns', 'add', namespace);
  ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', namespace);
  ip('link', 'set', here, 'master', bridge);
  ip('-n', namespace, 'addr', 'add', `${addressOf(number + 1)}/29`, 'dev', there);
  // An IPv6 address would take a second to be one, and a browser that is loading a page then, takes it for another network.
  ip('link', 'set', here, 'addrgenmode', 'none');
  ip('-n', namespace, 'link', 'set', there, 'addrgenmode', 'none');
  for (const device of ['lo', there]) ip('-n', namespace, 'link', 'set', device, 'up');
  ip('link', 'set', here, 'up');
  let isLimited = false;
  return {
    browser: await launchIn(namespace, join(folder, `chromium${number}`)),
    pullCable: () => ip('link', 'set', here, 'down'),
    plugCable: () => ip('link', 'set', here, 'up'),
    limit(kbitPerS) {
      if (kbitPerS !== null) inside(namespace, 'tc', 'qdisc', 'replace', 'dev', there, 'root', ...shape(kbitPerS));
      else if (isLimited) inside(namespace, 'tc', 'qdisc', 'del', 'dev', there, 'root');
      isLimited = kbitPerS !== null;
    },
  };
}

/** A link so fast, and a queue before it that holds 300 ms. */
function shape(kbitPerS: number): string[] {
  return ['tbf', 'rate', `${kbitPerS}kbit`, 'burst', '4k', 'latency', '300ms'];
}

async function launchIn(namespace: string, executablePath: string): Promise<Browser> {
  const command = `exec ip netns exec ${namespace} "${(await findChromium()) ?? ''}" "$@"`;
  await writeFile(executablePath, `#!/bin/sh\n${command}\n`, { mode: 0o700 });
  const { args } = await chromiumLaunchOptions();
  const devices = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
  return chromium.launch({ executablePath, args: [...args, ...devices] });
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function inside(namespace: string, ...command: string[]): void {
  ip('netns', 'exec', namespace, ...command);
}

/** For what may not have come to be. */
function ipIfThere(...args: string[]): void {
  try {
    ip(...args);
  } catch {
    // Then nothing is left of it either.
  }
}
