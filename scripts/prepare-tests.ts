import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findChromium } from '../tests/support/chromium.ts';
import { isInstalled, run, runTool } from './run.ts';

/** The RTSP camera that the tests put up: GStreamer's server, driven from Python. */
const rtspServerPackages = [
  'gir1.2-gst-rtsp-server-1.0',
  'python3-gi',
  'gstreamer1.0-plugins-base',
  'gstreamer1.0-plugins-good',
  'gstreamer1.0-plugins-bad',
];

/** What stands between a browser and the station in the tests of firewalls, and the packages that it comes in. */
const networkPrograms = { turnserver: 'coturn', certutil: 'libnss3-tools', openssl: 'openssl', nft: 'nftables' };

/** The WebRTC client that the project did not write: aiortc, in Python. */
const robotClientPackages = ['python3-aiortc'];

/** Gets what the tests drive from outside the npm registry, where this machine lets us. @returns What is still missing. */
export async function prepareTests(): Promise<string[]> {
  const programs = Object.entries({ ffmpeg: 'ffmpeg', ...networkPrograms });
  const packages = [
    ...programs.flatMap(([name, from]) => (isInstalled(name) ? [] : [from])),
    ...(hasRtspServer() ? [] : rtspServerPackages),
    ...(pythonCan('import aiortc') ? [] : robotClientPackages),
  ];
  // Tests that need these skip themselves and say why, so a failure here is no failure of theirs.
  if (packages.length > 0) await aptInstall(packages);
  if (await findChromium()) return [];
  if ((await runTool('playwright', ['install', 'chromium'])) === 0 && (await findChromium())) return [];
  if ((await aptInstall(['chromium'])) && (await findChromium())) return [];
  return ['a Chromium: run "npx playwright install chromium", or install Chromium or Google Chrome'];
}

function hasRtspServer(): boolean {
  return pythonCan('import gi; gi.require_version("GstRtspServer", "1.0"); from gi.repository import GstRtspServer');
}

/** Asks Debian's own Python, which Debian's modules are for; another may come first on the PATH. */
function pythonCan(look: string): boolean {
  return spawnSync('/usr/bin/python3', ['-c', look], { stdio: 'ignore' }).status === 0;
}

/** Only on Debian and only as root, which is a container or a CI machine: nobody's own system is changed. */
async function aptInstall(packages: readonly string[]): Promise<boolean> {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return false;
  process.stdout.write(`Installing ${packages.join(', ')} from Debian …\n`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  if ((await run('apt-get', ['update', '-q'], { env })) !== 0) return false;
  return (await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], { env })) === 0;
}
