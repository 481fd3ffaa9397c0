import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from '@playwright/test';
import { chromiumLaunchOptions, findChromium } from './chromium.ts';

/** The ends of the cable; no route leads any further. */
const address = { here: '10.213.7.1', there: '10.213.7.2' } as const;
/** Counts only while the cable is pulled: without it, what is meant for the browser would go out by the default route then. */
const nowhere = ['unreachable', '10.213.7.0/30', 'metric', '4000'] as const;

/** A browser behind a cable of its own to this machine, that can be pulled (Linux, root). */
export interface RemoteBrowser {
  readonly browser: Browser;
  /** This machine, as the browser reaches it. */
  readonly stationHost: string;
  pullCable(): void;
  plugCable(): void;
  close(): Promise<void>;
}

/** Why there can be none on this machine; null where there can. */
export function whyNoRemoteBrowser(): string | null {
  if (process.platform !== 'linux') return 'needs the network namespaces of Linux';
  if (process.getuid?.() !== 0) return 'needs root to make a network namespace';
  const name = `eyepiece-try-${process.pid}`;
  try {
    ip('netns', 'add', name);
    ip('netns', 'del', name);
    return null;
  } catch (error) {
    return `needs a network namespace, which this machine does not give: ${String(error).split('\n')[0]}`;
  }
}

export async function openRemoteBrowser(): Promise<RemoteBrowser> {
  const namespace = `eyepiece-${process.pid}`;
  const cable = { here: `eyh${process.pid}`, there: `eyt${process.pid}` };
  const folder = await mkdtemp(join(tmpdir(), 'eyepiece-browser-'));
  const unplug = async (): Promise<void> => {
    // The cable goes with its far end.
    ip('netns', 'del', namespace);
    ip('route', 'del', ...nowhere);
    await rm(folder, { recursive: true, force: true });
  };
  ip('netns', 'add', namespace);
  ip('route', 'add', ...nowhere);
  try {
    ip('link', 'add', cable.here, 'type', 'veth', 'peer', 'name', cable.there, 'netns', namespace);
    ip('addr', 'add', `${address.here}/30`, 'dev', cable.here);
    ip('-n', namespace, 'addr', 'add', `${address.there}/30`, 'dev', cable.there);
    ip('link', 'set', cable.here, 'up');
    ip('-n', namespace, 'link', 'set', cable.there, 'up');
    const browser = await launchIn(namespace, folder);
    return {
      browser,
      stationHost: address.here,
      pullCable: () => ip('link', 'set', cable.here, 'down'),
      plugCable: () => ip('link', 'set', cable.here, 'up'),
      async close() {
        await browser.close();
        await unplug();
      },
    };
  } catch (error) {
    await unplug();
    throw error;
  }
}

async function launchIn(namespace: string, folder: string): Promise<Browser> {
  const executablePath = join(folder, 'chromium');
  const command = `exec ip netns exec ${namespace} "${(await findChromium()) ?? ''}" "$@"`;
  await writeFile(executablePath, `#!/bin/sh\n${command}\n`, { mode: 0o700 });
  return chromium.launch({ ...(await chromiumLaunchOptions()), executablePath });
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
