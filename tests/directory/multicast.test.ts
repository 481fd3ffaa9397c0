import { execFileSync } from 'node:child_process';
import { describe, expect, onTestFinished, test } from 'vitest';

const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8', stdio: 'pipe' });

/** A namespace with two networks and no way out, or why there can't be one. */
function openNamespace(): string {
  const name = `eyepiece-mdns-${process.pid}`;
  ip('netns', 'add', name);
  onTestFinished(() => void ip('netns', 'del', name));
  const inside = (...args: string[]) => ip('netns', 'exec', name, ...args);
  inside('sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1');
  for (const number of [0, 1]) {
    const device = `lab${number}`;
    ip('-n', name, 'link', 'add', device, 'type', 'veth', 'peer', 'name', `far${number}`);
    ip('-n', name, 'addr', 'add', `10.213.${21 + number}.1/24`, 'dev', device);
    for (const end of [device, `far${number}`]) ip('-n', name, 'link', 'set', end, 'up');
  }
  return name;
}

function whyNone(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux for a network namespace';
  try {
    ip('netns', 'add', `eyepiece-try-${process.pid}`);
    ip('netns', 'del', `eyepiece-try-${process.pid}`);
    return null;
  } catch {
    return 'needs a network namespace, which this machine does not give';
  }
}

const why = whyNone();

describe.skipIf(why !== null)(`Stations that announce themselves${why === null ? '' : ` (skipped: ${why})`}`, () => {
  test('are found, but not those that lie, on no other network, in spite of junk and a taken port, and no more when they have ended', () => {
    const namespace = openNamespace();
    const script = ['tests/support/multicast-lab.ts'];
    const { found, afterwards, afterEnd, sentElsewhere } = JSON.parse(
      ip('netns', 'exec', namespace, process.execPath, ...script),
    ) as Record<string, unknown>;
    const stations = [
      { name: 'Bench, upstairs', webrtc_url: 'https://10.213.21.1:8081' },
      { name: 'é'.repeat(80), webrtc_url: 'http://10.213.21.1:8082' },
    ];
    expect(found).toEqual(stations);
    expect(afterwards).toEqual(stations);
    expect(afterEnd).toEqual([]);
    expect(sentElsewhere).toBe(0);
  });
});
