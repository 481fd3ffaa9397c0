import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { networkSettings } from '../../src/main/access/network-settings.ts';
import { systemPlaces, type KnownPlaces } from '../../src/main/access/network-source.ts';
import { httpSettings } from '../../src/renderer/station/http-settings.ts';
import type { SettingsClient } from '../../src/renderer/station/settings-client.ts';
import type { RemoteSettings } from '../../src/shared/settings.ts';
import { configText, ids, openLab, type Lab, type LabOptions } from '../settings/lab.ts';
import { machineHeader, openGuardedDoor } from '../support/guarded-door.ts';
import { call, openDoor, problemIn, type Answer } from './door.ts';

const streams = '/api/settings/streams';
const webcam = { id: 'usb-1', name: 'Webcam', path: '/dev/video0', modes: [] };
const simulated = { name: 'Clock', source: { kind: 'simulated', detector: 'clock' } };
const withUrl = (url: string) => ({ name: 'Door', source: { kind: 'url', url } });
const withDevice = (device: unknown) => ({ name: 'Camera', source: { kind: 'camera', device } });

interface Administrated extends Lab {
  readonly log: string[];
  readonly ask: (method: string, path: string, body?: unknown, role?: 'admin' | 'operator') => Promise<Answer>;
  readonly askAs: (headers: Record<string, string>, method: string, path: string) => Promise<Answer>;
  readonly limitedAdmin: Record<string, string>;
  /** What an admin's page asks with. */
  readonly page: SettingsClient;
}

/** A network door on the real settings of a station.json. */
async function administrated(options: LabOptions = {}, places: Partial<KnownPlaces> = {}): Promise<Administrated> {
  const lab = await openLab({ text: configText({ id: 'a' }, { id: 'b' }), ...options });
  const log: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => log.push(line) });
  const settings = networkSettings(lab.settings, {
    ...systemPlaces,
    cameras: () => Promise.resolve([webcam]),
    ...places,
  });
  const opened = await openGuardedDoor(lab.station, logger, null, {}, settings);
  onTestFinished(async () => {
    await opened.close();
    await lab.close();
  });
  const tokens = { admin: machineHeader(opened, 'admin'), operator: machineHeader(opened, 'operator') };
  const ask: Administrated['ask'] = (method, path, body, role = 'admin') =>
    call(opened.door, {
      method,
      path,
      headers: { ...tokens[role], ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const askAs: Administrated['askAs'] = (headers, method, path) => call(opened.door, { method, path, headers });
  const fetchAsAdmin = (url: URL, init: RequestInit) =>
    fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), ...tokens.admin } });
  const page = httpSettings(new URL(opened.door.url), { fetch: fetchAsAdmin });
  return { ...lab, log, ask, askAs, limitedAdmin: machineHeader(opened, 'admin', ['a']), page };
}

const settingsIn = ({ text }: Answer): RemoteSettings => JSON.parse(text) as RemoteSettings;

describe('An admin elsewhere', () => {
  it('reads the settings, but not how the station is shared, or which labs it is in', async () => {
    const sharing = {
      state: () => ({
        kind: 'on' as const,
        links: ['https://192.0.2.1:8081/#guest=KEY'],
        code: 'AAAA-BBBB',
        streams: 'all' as const,
        expiresAtMs: 1,
      }),
      start: () => Promise.resolve(),
      stop: () => Promise.resolve(),
    };
    const { ask, settings } = await administrated({ sharing });
    expect(settings.settings().sharing.kind).toBe('on');
    const answer = await ask('GET', '/api/settings');
    const { sharing: _sharing, trusts: _trusts, ...rest } = settings.settings();
    expect(settingsIn(answer)).toEqual(rest);
    expect(answer.text).not.toMatch(/KEY|AAAA/);
  });

  it('renames the station, and adds, changes, moves and removes streams, in the file and on the wall', async () => {
    const { ask, saved, station, log } = await administrated();
    const check = async (answer: Answer, status: number, expectedIds: string): Promise<void> => {
      expect(answer.status).toBe(status);
      const all = [ids(settingsIn(answer)), ids(await saved()), ids(station.state())];
      expect(all).toEqual([expectedIds, expectedIds, expectedIds]);
    };
    await check(await ask('PATCH', '/api/settings', { stationName: ' Room 2 ' }), 200, 'a b');
    expect(station.state().station.name).toBe('Room 2');
    await check(await ask('POST', streams, simulated), 201, 'a b clock');
    await check(await ask('PUT', `${streams}/clock/place`, { place: 0 }), 200, 'clock a b');
    await check(await ask('PATCH', `${streams}/a`, { name: 'Ah', pixelSizeUm: 0.5 }), 200, 'clock a b');
    expect(station.state().streams[1]).toMatchObject({ name: 'Ah', pixelSizeUm: 0.5 });
    await check(await ask('DELETE', `${streams}/b`), 200, 'clock a');
    // Whoever wonders what happened finds out who it was.
    expect(log.filter((line) => line.includes('"who":"a admin"'))).toHaveLength(5);
  });

  it('adds a place to publish to', async () => {
    const { ask, saved } = await administrated();
    expect((await ask('POST', streams, { name: 'Other bench', source: { kind: 'published' } })).status).toBe(201);
    expect((await saved()).streams.at(-1)).toMatchObject({ id: 'other-bench', source: { kind: 'published' } });
  });

  it('adds a camera of the station by its path, and it is kept by its lasting name', async () => {
    const { ask, saved } = await administrated();
    expect((await ask('POST', streams, withDevice('/dev/video0'))).status).toBe(201);
    expect((await saved()).streams.at(-1)?.source).toEqual({ kind: 'camera', device: 'usb-1' });
    const again = await ask('POST', streams, withDevice('usb-1'));
    expect(problemIn(again)).toMatchObject({ status: 400, title: 'This camera is shown already, as “Camera”.' });
  });

  it('adds a camera of the network, whose password is neither told again nor logged', async () => {
    const { ask, saved, log } = await administrated();
    const url = 'rtsp://me:hunter2@192.0.2.10:554/live?key=hunter3';
    const answer = await ask('POST', streams, withUrl(url));
    expect(settingsIn(answer).streams.at(-1)).toMatchObject({
      sourceKind: 'url',
      sourceText: 'rtsp://192.0.2.10:554/…',
    });
    expect((await saved()).streams.at(-1)?.source).toEqual({ kind: 'url', url });
    expect(answer.text + (await ask('GET', '/api/settings')).text + log.join('')).not.toMatch(/hunter/);
  });

  it('has a name judged once: what is opened later is the address that was judged', async () => {
    const asked: string[] = [];
    const addressesOf = (name: string) => {
      asked.push(name);
      return Promise.resolve(asked.length === 1 ? ['2001:db8::5', '192.0.2.5'] : ['127.0.0.1']);
    };
    const { ask, saved } = await administrated({}, { addressesOf });
    expect((await ask('POST', streams, withUrl('rtsp://u:p@cam.lab.example:554/live'))).status).toBe(201);
    expect((await saved()).streams.at(-1)?.source).toEqual({ kind: 'url', url: 'rtsp://u:p@[2001:db8::5]:554/live' });
    expect(asked).toEqual(['cam.lab.example']);
    const rebound = await ask('POST', streams, withUrl('rtsp://cam.lab.example/live'));
    expect(problemIn(rebound)).toMatchObject({ status: 400, code: 'bad_setting' });
  });

  it('does so from the page, which speaks to the same door', async () => {
    const { page, settings, saved } = await administrated();
    expect(ids(await page.settings())).toBe('a b');
    await page.renameStation('Room 3');
    await page.addStream({ name: 'Clock', source: { kind: 'simulated', detector: 'clock' } });
    await page.changeStream('clock', { quality: 'high' });
    await page.moveStream('clock', 0);
    expect(ids(await page.removeStream('b'))).toBe('clock a');
    expect(settings.settings()).toMatchObject({
      stationName: 'Room 3',
      streams: [{ id: 'clock', quality: 'high' }, { id: 'a' }],
    });
    expect(ids(await saved())).toBe('clock a');
    const refusal = page.addStream({ name: 'Own', source: { kind: 'url', url: 'rtsp://127.0.0.1/' } });
    await expect(refusal).rejects.toMatchObject({ reason: 'bad_setting', message: notOfTheNetwork });
  });

  it('may change nothing where only some streams are allowed', async () => {
    const { askAs, limitedAdmin } = await administrated();
    expect((await askAs(limitedAdmin, 'GET', '/api/settings')).status).toBe(403);
    expect((await askAs(limitedAdmin, 'DELETE', `${streams}/b`)).status).toBe(403);
    expect(JSON.parse((await askAs(limitedAdmin, 'GET', '/api/me')).text)).not.toMatchObject({
      rights: expect.arrayContaining(['change_settings']) as string[],
    });
  });
});

const notACamera = 'That is not a camera of this station.';
const notAnAddress = 'That is not the address of a camera.';
const notOfTheNetwork = 'Over the network only cameras of the network can be added. Use the kiosk for others.';
const known = 'must be an address that starts with one of';

const refused: readonly (readonly [what: string, stream: unknown, title: string])[] = [
  [
    'a program',
    { name: 'P', source: { kind: 'program', command: ['<marker>'] } },
    'must be simulated, camera, url or published',
  ],
  [
    'another station',
    { name: 'S', source: { kind: 'station', url: 'https://<marker>.lab', token: '<marker>' } },
    'must be simulated, camera, url or published',
  ],
  ['a file', { name: 'F', source: { kind: 'file', path: '/<marker>' } }, 'must be simulated, camera, url or published'],
  ['no source', { name: 'N' }, '"source" is missing'],
  ['a key that nobody knows', { ...simulated, '<marker>': 1 }, 'it has a key that is not known'],
  [
    'such a key of a source',
    { name: 'K', source: { kind: 'url', url: 'rtsp://192.0.2.1', '<marker>': 1 } },
    'it has a key that is not known',
  ],
  ['a name that is none', { ...simulated, name: { '<marker>': 1 } }, '"name" is not what it can be'],
  ['a list', [simulated], '"name" is missing'],
  ['a disk', withDevice('/dev/sda'), notACamera],
  ['a command behind a camera', withDevice('/dev/video0;id'), notACamera],
  ['a way around', withDevice('/dev/../dev/video0'), notACamera],
  ['a camera by its number', withDevice(0), notACamera],
  ['an option', withDevice('-i'), notACamera],
  [
    'a size that is none',
    { name: 'C', source: { kind: 'camera', device: 'usb-1', widthPx: -1 } },
    'is not what it can be',
  ],
  [
    'a rate that is none',
    { name: 'C', source: { kind: 'camera', device: 'usb-1', fps: 1e9 } },
    'is not what it can be',
  ],
  ['a file as an address', withUrl('file:///etc/passwd'), known],
  ['addresses in a row', withUrl('concat:rtsp://192.0.2.1|<marker>'), known],
  ['a part of a file', withUrl('subfile,,start,0,end,9,,:/etc/passwd'), known],
  ['data', withUrl('data:text/plain,<marker>'), known],
  ['a pipe', withUrl('pipe:0'), known],
  ['an option for an address', withUrl('-i rtsp://192.0.2.1'), known],
  ['a second line', withUrl('rtsp://192.0.2.1/\r\n<marker>'), 'must not hold control characters'],
  ['an address without end', withUrl(`rtsp://192.0.2.1/${'a'.repeat(2_048)}`), '"source.url" is not what it can be'],
  ['two hosts', withUrl('rtsp://192.0.2.1@<marker>@127.0.0.1/'), notAnAddress],
  ['a host that browsers read otherwise', withUrl('http://127.0.0.1\\@192.0.2.1/'), notAnAddress],
  ['a host in percent signs', withUrl('http://%31%32%37.0.0.1/'), notAnAddress],
  ['a space', withUrl('rtsp://192.0.2.1/a -i b'), notAnAddress],
  ['a name that is none', withUrl('rtsp://nobody.invalid/'), 'Nothing of that name is found from the station.'],
  ...[
    '127.0.0.1',
    '127.9.9.9',
    'localhost',
    '0.0.0.0',
    '0x7f.1',
    '2130706433',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '169.254.169.254',
    '169.254.1.1',
    '[fe80::1]',
    '[fd00:ec2::254]',
    '224.0.0.1',
    '255.255.255.255',
    '[ff02::1]',
  ].map((host): (typeof refused)[number] => [`http://${host}/`, withUrl(`http://${host}/`), notOfTheNetwork]),
];

describe('An admin elsewhere is refused, and nothing changes', () => {
  it.each(refused)('%s', async (_what, stream, title) => {
    const { ask, text, station } = await administrated();
    const before = await text();
    const answer = await ask('POST', streams, stream);
    expect(problemIn(answer)).toMatchObject({ status: 400, code: 'bad_setting' });
    expect(problemIn(answer).title).toContain(title);
    expect(answer.text).not.toContain('marker');
    expect([await text(), ids(station.state())]).toEqual([before, 'a b']);
  });

  it('every address of the station itself, and a name with one of them among others', async () => {
    const own = ['192.0.2.77', 'fd00::77%eth0'];
    const { ask } = await administrated(
      {},
      {
        ownAddresses: () => own,
        addressesOf: (name) => Promise.resolve(name === 'both' ? ['192.0.2.1', ...own] : [name]),
      },
    );
    for (const host of ['192.0.2.77', '[fd00::77]', '[::ffff:192.0.2.77]', 'both']) {
      const answer = await ask('POST', streams, withUrl(`rtsp://${host}/`));
      expect([host, problemIn(answer).title]).toEqual([host, notOfTheNetwork]);
    }
    expect((await ask('POST', streams, withUrl('rtsp://192.0.2.78/'))).status).toBe(201);
  });

  it.each<[string, string, string, unknown, number, string]>([
    ['a source of a stream that is there', 'PATCH', `${streams}/a`, { source: simulated.source }, 400, 'bad_setting'],
    ['an unknown stream', 'PATCH', `${streams}/c`, { name: 'C' }, 404, 'unknown_stream'],
    ['a place of nobody', 'PUT', `${streams}/c/place`, { place: 0 }, 404, 'unknown_stream'],
    ['a place that is none', 'PUT', `${streams}/a/place`, { place: 0.5 }, 400, 'bad_setting'],
    ['an end of nobody', 'DELETE', `${streams}/c`, undefined, 404, 'unknown_stream'],
    ['an empty name', 'PATCH', '/api/settings', { stationName: ' ' }, 400, 'bad_setting'],
    ['to share the station', 'PATCH', '/api/settings', { stationName: 'A', sharing: 'on' }, 400, 'bad_setting'],
  ])('%s', async (_what, method, path, body, status, code) => {
    const { ask, text } = await administrated();
    const before = await text();
    expect(problemIn(await ask(method, path, body))).toMatchObject({ status, code });
    expect(await text()).toBe(before);
  });

  it('streams that the command line has fixed', async () => {
    const { ask } = await administrated({ fixedBy: 'command_line' });
    expect(problemIn(await ask('POST', streams, simulated))).toMatchObject({ status: 409, code: 'settings_fixed' });
    expect(settingsIn(await ask('GET', '/api/settings')).fixedBy).toBe('command_line');
  });
});

describe('Settings over HTTP', () => {
  it.each([
    ['GET', '/api/settings', undefined],
    ['PATCH', '/api/settings', { stationName: 'Mine' }],
    ['POST', streams, simulated],
    ['PATCH', `${streams}/a`, { name: 'Mine' }],
    ['PUT', `${streams}/a/place`, { place: 1 }],
    ['DELETE', `${streams}/a`, undefined],
  ])('are no operator’s, and are not at the machine’s own door: %s %s', async (method, path, body) => {
    const { ask, text } = await administrated();
    const before = await text();
    expect(problemIn(await ask(method, path, body, 'operator'))).toMatchObject({ status: 403, code: 'not_allowed' });
    expect(await text()).toBe(before);
    const own = await openDoor();
    expect((await call(own, { method, path })).status).toBe(404);
  });
});
