import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from '@playwright/test';
import { pino } from 'pino';
import { boot } from '../../src/main/boot.ts';
import { defaultConfig, simulatedStream, type StationConfig } from '../../src/main/config.ts';
import { iceServersAt } from '../../src/main/ice-servers.ts';
import { chromiumLaunchOptions } from '../support/chromium.ts';
import { openFarNetwork, whyNoFarNetwork, type FarNetwork } from '../support/far-network.ts';
import { startTurnServer, turnSecret, whyNoTurnServer, type TurnServer } from '../support/turn-server.ts';
import { becomeCallPage, expectMedia, received, ring } from './call-pages.ts';
import { expect, expectLive, expectPictures, test as base } from './fixtures.ts';
import { newSessions, watchSessions } from './sessions.ts';

const reason = whyNoFarNetwork() ?? whyNoTurnServer();
base.skip(reason !== null, reason ?? '');

interface Rig {
  readonly far: FarNetwork;
  readonly browser: Browser;
  readonly turn: TurnServer;
}

interface Watching {
  readonly config?: Partial<StationConfig>;
  /** The station's address that the page is loaded from. */
  readonly host: string;
  /** What the far firewall lets out beside the page's own requests; everything where left out. */
  readonly allowed?: readonly string[];
  /** The pictures are not to come over WebRTC. */
  readonly isOverHttp?: boolean;
}

interface Fixtures {
  /** Starts a station, shares it, and opens its page in the far browser. */
  watch: (watching: Watching) => Promise<Page>;
}

const test = base.extend<Fixtures, { rig: Rig }>({
  rig: [
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'eyepiece-ways-'));
      const home = join(folder, 'home');
      const far = openFarNetwork();
      const turn = await startTurnServer(far.cables[0].ipv4, join(folder, 'turn'), home);
      const browser = await far.launchBrowser(home);
      await use({ far, browser, turn });
      await browser.close();
      await turn.close();
      far.close();
      await rm(folder, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],
  watch: async ({ rig }, use) => {
    const ends: (() => Promise<unknown>)[] = [];
    await use(async ({ config, host, allowed, isOverHttp = false }) => {
      const dataDir = await mkdtemp(join(tmpdir(), 'eyepiece-'));
      ends.unshift(() => rm(dataDir, { recursive: true, force: true }));
      const link = await startShared(dataDir, host, config, (close) => ends.unshift(close));
      if (allowed) rig.far.allowOnly(`tcp dport ${new URL(link).port}`, ...allowed);
      const page = await rig.browser.newPage();
      ends.unshift(() => page.close());
      await rememberPeers(page);
      await page.goto(link);
      await expectLive(page, 'clock');
      if (!isOverHttp) await expectPictures(page, 'clock', 10);
      return page;
    });
    for (const end of ends) await end();
    rig.far.allowAll();
  },
});

/** @returns The guest link by way of that address. */
async function startShared(
  dataDir: string,
  host: string,
  config: Partial<StationConfig> | undefined,
  onClose: (close: () => Promise<void>) => void,
): Promise<string> {
  const http = { ...defaultConfig().http, port: 0, announce: false, sharePort: 0, shareTls: 'off' } as const;
  const whole = { ...defaultConfig(), http, streams: [simulatedStream('clock')], ...config };
  const options = { config: whole, notices: [], configFile: join(dataDir, 'station.json'), dataDir, fixedBy: null };
  const booted = await boot(options, pino({ level: 'silent' }));
  onClose(() => booted.close());
  const { sharing } = await booted.settings.share();
  const links = sharing.kind === 'on' ? sharing.links : [];
  return links.find((link) => new URL(link).hostname.replace(/^\[|\]$/g, '') === host) ?? '';
}

/** Lets `path` find the connections that the page makes. */
async function rememberPeers(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const peers: RTCPeerConnection[] = [];
    Object.assign(window, { peers });
    const NativePeer = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends NativePeer {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        peers.push(this);
      }
    };
  });
}

/** How the browser says that the newest connection's pictures come, such as `host udp to 10.0.0.1 udp`. */
function path(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const { peers } = window as unknown as { readonly peers: readonly RTCPeerConnection[] };
    const report = (await peers.at(-1)?.getStats()) ?? new Map<string, unknown>();
    const stats = new Map(report as ReadonlyMap<string, Readonly<Record<string, string | undefined>>>);
    const transport = [...stats.values()].find(({ type }) => type === 'transport');
    const pair = stats.get(transport?.['selectedCandidatePairId'] ?? '');
    const local = stats.get(pair?.['localCandidateId'] ?? '') ?? {};
    const remote = stats.get(pair?.['remoteCandidateId'] ?? '') ?? {};
    const protocol = local['relayProtocol'] ?? local['protocol'];
    return [local['candidateType'], protocol, 'to', remote['address'], remote['protocol']].join(' ');
  });
}

/** A server for which the station makes passwords. */
const sharedServer = (url: string) => ({ urls: url, username: 'bench3', secret: turnSecret });

test('where UDP is blocked, pictures come over TCP from the station itself', async ({ rig, watch }) => {
  const page = await watch({ host: rig.far.cables[0].ipv4, allowed: ['meta l4proto tcp'] });
  // Browsers count connections that they open over TCP from where they are seen.
  expect(await path(page)).toMatch(/^(host|prflx) tcp to \S+ tcp$/);
});

test('a firewall has to know one TCP port only', async ({ rig, watch }) => {
  const { ipv4 } = rig.far.cables[0];
  const config = { media: { tcpPort: 47_321 } };
  const page = await watch({ host: ipv4, config, allowed: ['tcp dport 47321'] });
  expect(await path(page)).toContain(' tcp');
});

test('where nothing but the page itself gets through, its pictures do too, before the first session is given up', async ({
  rig,
  watch,
}) => {
  const page = await watch({ host: rig.far.cables[0].ipv4, allowed: [], isOverHttp: true });
  await expect(page.getByTestId('tile')).toContainText('OVER HTTP');
  expect(await page.evaluate(() => (window as unknown as { peers: unknown[] }).peers.length)).toBe(1);
});

test.describe('where nothing but the TURN server lets the browser through', () => {
  test('over UDP, pictures are relayed; its name and password end by themselves', async ({ rig, watch }) => {
    const { far, turn } = rig;
    const config = { iceServers: [sharedServer(`turn:${turn.plain}`)] };
    const page = await watch({ host: far.cables[0].ipv4, config, allowed: [turn.udpOnly] });
    expect(await path(page)).toMatch(/^relay udp /);
    expect(turn.log()).toMatch(/user <\d{10}:bench3>/);
    expect(turn.log()).not.toContain(turnSecret);
  });

  test('over TCP, pictures are relayed; here with a name and password that stay', async ({ rig, watch }) => {
    const { far, turn } = rig;
    const urls = `turn:${turn.plain}?transport=tcp`;
    const [{ username = '', credential = '' } = {}] = iceServersAt([sharedServer(urls)], Date.now());
    const iceServers = [{ urls, username, credential }];
    const page = await watch({ host: far.cables[0].ipv4, config: { iceServers }, allowed: [turn.tcpOnly] });
    expect(await path(page)).toMatch(/^relay tcp /);
  });

  test('over TLS, pictures are relayed', async ({ rig, watch }) => {
    const { far, turn } = rig;
    const config = { iceServers: [sharedServer(`turns:${turn.tls}?transport=tcp`)] };
    const page = await watch({ host: far.cables[0].ipv4, config, allowed: [turn.tlsOnly] });
    expect(await path(page)).toMatch(/^relay tls /);
  });
});

test('a TURN server refuses what the station gave somebody too long ago', async ({ rig, watch }) => {
  const { far, turn } = rig;
  const page = await watch({ host: far.cables[0].ipv4 });
  const ask = (timeMs: number) =>
    page.evaluate(
      async (iceServers) => {
        const peer = new RTCPeerConnection({ iceServers: iceServers as RTCIceServer[], iceTransportPolicy: 'relay' });
        peer.createDataChannel('');
        const answer = new Promise<string | number>((resolve) => {
          peer.addEventListener('icecandidate', ({ candidate }) => candidate && resolve(candidate.type ?? ''));
          peer.addEventListener('icecandidateerror', ({ errorCode }) => resolve(errorCode));
        });
        await peer.setLocalDescription();
        return answer.finally(() => peer.close());
      },
      iceServersAt([{ ...sharedServer(`turn:${turn.plain}`), ttlS: 300 }], timeMs),
    );
  expect(await ask(Date.now())).toBe('relay');
  expect(await ask(Date.now() - 301_000)).toBe(401);
});

test('a browser with IPv6 only sees pictures', async ({ rig, watch }) => {
  const { ipv6 } = rig.far.cables[0];
  const page = await watch({ host: ipv6, allowed: ['meta nfproto ipv6'] });
  expect(await path(page)).toMatch(/^(host|prflx) udp to fd00:213:\S+ udp$/);
});

test('where one of two cables is pulled, the same session goes on over the other', async ({ rig, watch }) => {
  const [first, second] = rig.far.cables;
  const page = await watch({ host: second.ipv4 });
  expect(await path(page)).toContain(` to ${first.ipv6} `);
  await watchSessions(page);
  first.pull();
  try {
    await expect.poll(() => path(page)).toContain(` to ${second.ipv6} `);
    await expectPictures(page, 'clock', 30);
    await expectLive(page, 'clock');
    expect(await newSessions(page)).toBe(0);
  } finally {
    first.plug();
  }
});

test('a call goes over the TURN server where nothing else is let through, also to a page that has no devices', async ({
  rig,
}) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'eyepiece-'));
  const http = { ...defaultConfig().http, port: 0, announce: false, sharePort: 0, shareTls: 'off' } as const;
  const iceServers = [sharedServer(`turn:${rig.turn.plain}?transport=udp`)];
  const config = { ...defaultConfig(), http, streams: [simulatedStream('clock')], iceServers };
  const options = { config, notices: [], configFile: join(dataDir, 'station.json'), dataDir, fixedBy: null };
  const booted = await boot({ ...options, share: {} }, pino({ level: 'silent' }));
  const { args, ...launch } = await chromiumLaunchOptions();
  const fakes = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
  const local = await chromium.launch({ ...launch, args: [...args, ...fakes] });
  const user = { name: 'Anna', password: 'a quiet microscope' };
  await booted.access.addUser({ ...user, role: 'viewer', streams: 'all' });
  const { sharing } = booted.settings.settings();
  const addresses = sharing.kind === 'without_link' ? sharing.addresses : [];
  const address = addresses.find((each) => new URL(each).hostname === rig.far.cables[0].ipv4) ?? '';
  rig.far.allowOnly(`tcp dport ${new URL(address).port}`, rig.turn.udpOnly);
  const [own, far] = [await local.newPage(), await rig.browser.newPage()];
  try {
    await own.goto(new URL('/healthz', booted.url).href);
    await far.goto(new URL('/healthz', address).href);
    await becomeCallPage(own, null);
    await becomeCallPage(far, user);
    await ring(far, own, 'station');
    await expectMedia(far);
    expect((await received(far)).localCandidate).toBe('relay');
    const microphone = await far.evaluate(() => window.callPage.call.sessionState?.local.microphone);
    expect(microphone).toEqual({ kind: 'missing', fault: 'no_secure_context' });
  } finally {
    await local.close();
    await far.close();
    await booted.close();
    rig.far.allowAll();
    await rm(dataDir, { recursive: true, force: true });
  }
});
