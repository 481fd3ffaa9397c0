import { writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { NewStream, Settings, Sharing } from '../../src/shared/settings.ts';
import { clock, configText, ids, openLab, refusal, type Lab, type LabOptions } from './lab.ts';

const labs: Lab[] = [];
async function lab(options?: LabOptions): Promise<Lab> {
  const opened = await openLab(options);
  labs.push(opened);
  return opened;
}
afterEach(async () => {
  for (const opened of labs.splice(0)) await opened.close();
});

describe('Settings of a station', () => {
  test('say what it shows, and never a password', async () => {
    const url = 'rtsp://me:secret@cam:554/live';
    const { settings } = await lab({
      text: configText(
        { id: 'a', quality: 'high', pixelSizeUm: 0.5 },
        { id: 'b', name: 'Bee', source: { kind: 'url', url } },
      ),
    });
    expect(settings.settings()).toEqual({
      stationName: 'Lab',
      streams: [
        {
          id: 'a',
          name: 'a',
          sourceKind: 'simulated',
          sourceText: 'simulated: dim',
          pixelSizeUm: 0.5,
          quality: 'high',
        },
        {
          id: 'b',
          name: 'Bee',
          sourceKind: 'url',
          sourceText: 'rtsp://cam:554/…',
          pixelSizeUm: null,
          quality: 'standard',
        },
      ],
      fixedBy: null,
      sharing: { kind: 'off' },
      trusts: [],
    });
  });

  test('are in the file and on every screen when the call returns', async () => {
    const { settings, station, saved } = await lab({ text: configText({ id: 'a' }, { id: 'b' }) });
    const check = async (told: Settings, expectedIds: string): Promise<void> => {
      expect(told).toEqual(settings.settings());
      expect([ids(told), ids(await saved()), ids(station.state())]).toEqual([expectedIds, expectedIds, expectedIds]);
      const names = [told.stationName, (await saved()).name, station.state().station.name];
      expect(new Set(names).size).toBe(1);
    };
    await check(await settings.renameStation('  Room 2 '), 'a b');
    expect(station.state().station.name).toBe('Room 2');
    await check(await settings.addStream(clock), 'a b clock');
    await check(await settings.moveStream('clock', 0), 'clock a b');
    await check(await settings.moveStream('clock', 1), 'a clock b');
    await check(await settings.moveStream('a', 99), 'clock b a');
    await check(await settings.moveStream('b', -3), 'b clock a');
    await check(await settings.removeStream('b'), 'clock a');
    await check(await settings.changeStream('a', { name: 'Ah', quality: 'high', pixelSizeUm: 0.25 }), 'clock a');
    expect((await saved()).streams[1]).toMatchObject({ id: 'a', name: 'Ah', quality: 'high', pixelSizeUm: 0.25 });
    expect(station.state().streams[1]).toMatchObject({ id: 'a', name: 'Ah', pixelSizeUm: 0.25 });
    await settings.changeStream('a', { pixelSizeUm: null });
    expect((await saved()).streams[1]).not.toHaveProperty('pixelSizeUm');
    expect(station.state().streams[1]).toMatchObject({ name: 'Ah', pixelSizeUm: null });
  });

  test('are changed one after the other, whoever asks at the same time', async () => {
    const { settings, saved } = await lab({ text: configText({ id: 'a' }) });
    const all = await Promise.allSettled([
      ...Array.from({ length: 20 }, () => settings.addStream(clock)),
      settings.removeStream('nobody'),
      settings.renameStation('Room 3'),
      settings.removeStream('a'),
    ]);
    expect(all.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(new Set((await saved()).streams.map(({ id }) => id)).size).toBe(20);
    expect(settings.settings()).toMatchObject({ stationName: 'Room 3', streams: { length: 20 } });
  });

  test('leave a stream its id when it is renamed, and give a new one of that name another', async () => {
    const { settings } = await lab({ text: configText({ id: 'a' }) });
    await settings.addStream(clock);
    await settings.changeStream('clock', { name: 'Watch' });
    expect(ids(await settings.addStream({ ...clock, quality: 'economy', pixelSizeUm: 2 }))).toBe('a clock clock-2');
    expect(settings.settings().streams[2]).toMatchObject({ quality: 'economy', pixelSizeUm: 2 });
  });

  test('go on with the viewers of all streams that are not concerned', async () => {
    const { settings, join: watch, captures, stream } = await lab({ text: configText({ id: 'a' }, { id: 'b' }) });
    const [first, second] = [await watch('a'), await watch('b')];
    for (const capture of captures) capture.picture();
    await settings.changeStream('a', { quality: 'economy', name: 'Ah' });
    await settings.addStream(clock);
    await settings.moveStream('b', 0);
    for (const capture of captures) capture.picture();
    expect([first.seen, second.seen]).toEqual(['K1 2', 'K1 2']);
    expect(stream('a')).toMatchObject({ name: 'Ah', renditions: [{ maxKbitPerS: 1_500 }] });
    await settings.removeStream('a');
    expect([first.end, second.end]).toEqual(['stream_removed', null]);
    expect(stream('b')).toMatchObject({ starts: 1, viewers: 1, status: { kind: 'live' } });
  });
});

describe('A change that makes no sense', () => {
  const camera = (device: string | number): NewStream => ({ name: 'Camera', source: { kind: 'camera', device } });
  test.each<[string, (settings: Lab['settings']) => Promise<Settings>, string]>([
    ['an empty name', (s) => s.changeStream('a', { name: ' ' }), 'The setting is refused: name must not be empty.'],
    ['a long name', (s) => s.renameStation('x'.repeat(81)), 'The setting is refused: name must not be longer than 80.'],
    ['a scale of nothing', (s) => s.changeStream('a', { pixelSizeUm: 0 }), 'pixelSizeUm must be above 0'],
    ['a name that steers terminals', (s) => s.addStream({ ...clock, name: 'a\u001b[2J' }), 'control characters'],
    [
      'an address that reads files',
      (s) => s.addStream({ ...clock, source: { kind: 'url', url: 'file:///etc/passwd' } }),
      'source.url must be an address that starts with',
    ],
    [
      'a program',
      (s) => s.addStream({ ...clock, source: { kind: 'program', command: ['sh'] } as never }),
      'source.kind must be simulated, camera, url or published',
    ],
    [
      'a file',
      (s) => s.addStream({ ...clock, source: { kind: 'file', path: '/etc/passwd' } as never }),
      'source.kind must be simulated, camera, url or published',
    ],
    ['the same camera again', (s) => s.addStream(camera('usb-1')), 'This camera is shown already, as “a”.'],
  ])('is refused and changes nothing: %s', async (_what, ask, told) => {
    const text = configText({ id: 'a', source: camera('usb-1').source });
    const { settings, text: present } = await lab({ text });
    const before = settings.settings();
    expect(await refusal(ask(settings))).toMatchObject({
      reason: 'bad_setting',
      message: expect.stringContaining(told) as string,
    });
    expect(await present()).toBe(text);
    expect(settings.settings()).toEqual(before);
  });

  test('is refused for a stream that is not there', async () => {
    const { settings } = await lab();
    for (const change of [settings.changeStream('x', {}), settings.moveStream('x', 0), settings.removeStream('x')]) {
      expect(await refusal(change)).toMatchObject({ reason: 'unknown_stream' });
    }
  });

  test('is refused where it would make more than 64 streams; all of them can be removed', async () => {
    const { settings } = await lab({ text: configText(...Array.from({ length: 64 }, (_, at) => ({ id: `s${at}` }))) });
    const tooMany = { reason: 'bad_setting', message: 'A station shows at most 64 streams.' };
    expect(await refusal(settings.addStream(clock))).toMatchObject(tooMany);
    for (let at = 0; at < 64; at++) await settings.removeStream(`s${at}`);
    expect(ids(settings.settings())).toBe('');
    await settings.addStream(clock);
    expect(ids(settings.settings())).toBe('clock');
  });
});

describe('Streams from the command line', () => {
  test('can’t be changed, but the station can be renamed', async () => {
    const { settings, station, saved } = await lab({ text: configText({ id: 'a' }), fixedBy: 'command_line' });
    for (const change of [
      settings.addStream(clock),
      settings.changeStream('a', { name: 'b' }),
      settings.moveStream('a', 0),
      settings.removeStream('a'),
    ]) {
      expect(await refusal(change)).toMatchObject({ reason: 'settings_fixed' });
    }
    expect(await settings.renameStation('Room 2')).toMatchObject({ stationName: 'Room 2', fixedBy: 'command_line' });
    expect(await saved()).toMatchObject({ name: 'Room 2', streams: [{ id: 'a' }] });
    expect(station.state().station.name).toBe('Room 2');
  });

  test('stay on the screens when the file names others', async () => {
    const { settings, station, path } = await lab({ text: configText({ id: 'a' }), fixedBy: 'command_line' });
    await writeFile(path, configText({ id: 'z' }));
    expect(ids(await settings.renameStation('Room 2'))).toBe('a');
    expect(ids(station.state())).toBe('a');
  });
});

describe('Sharing', () => {
  test('is what the door to the network says', async () => {
    let sharing: Sharing = { kind: 'off' };
    const on: Sharing = {
      kind: 'on',
      links: ['https://10.0.0.1/#key'],
      code: 'K7QX-4MTP',
      streams: 'all',
      expiresAtMs: 1,
    };
    const { settings } = await lab({
      sharing: {
        state: () => sharing,
        start: () => Promise.resolve(void (sharing = on)),
        stop: () => Promise.resolve(void (sharing = { kind: 'off' })),
      },
    });
    expect((await settings.share()).sharing).toEqual(on);
    expect((await settings.stopSharing()).sharing).toEqual({ kind: 'off' });
  });

  test('is refused where there is no such door', async () => {
    const { settings } = await lab();
    expect(await refusal(settings.share())).toMatchObject({ reason: 'cannot_share' });
    expect((await settings.stopSharing()).sharing).toEqual({ kind: 'off' });
  });
});
