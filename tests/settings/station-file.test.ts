import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
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

describe('station.json', () => {
  test('is made with the default streams spelled out where there was none', async () => {
    const { settings, text, saved } = await lab();
    await settings.renameStation('Room 2');
    expect(await text()).toMatch(/^\/\/ .*\n\{\n {2}"name": "Room 2",\n {2}"streams": \[\n/);
    expect(ids(await saved())).toBe('brightfield fluorescence dim flaky');
  });

  test('keeps what the operator wrote, byte for byte, but for the change', async () => {
    const example = await readFile('resources/station.example.json', 'utf8');
    const { settings, text } = await lab({ text: `\uFEFF${example}` });
    await settings.changeStream('incubator', { quality: 'high' });
    expect(await text()).toBe(`\uFEFF${example.replace('"economy"\n', '"high"\n')}`);
  });

  test('keeps passwords and relative paths of streams that are not changed', async () => {
    const source = { kind: 'program', command: ['python3', './detect.py', '--key', 'secret'] };
    const { settings, text, folder, station } = await lab({ text: configText({ id: 'a', source }, { id: 'b' }) });
    await settings.moveStream('a', 1);
    expect(await text()).toContain(JSON.stringify(source));
    expect(JSON.stringify(settings.settings())).not.toContain('secret');
    expect(JSON.stringify(station.state())).not.toContain('secret');
    expect(await readdir(folder)).toEqual(['station.json']);
  });

  test('that was edited by hand meanwhile keeps those edits, and they take effect with the next change', async () => {
    const { settings, path, saved } = await lab({ text: configText({ id: 'a' }) });
    await writeFile(
      path,
      '{"streams": [{"id": "z", "name": "Z", "source": {"kind": "camera", "device": 0}}], "lingerMs": 1}',
    );
    expect(ids(await settings.addStream(clock))).toBe('z clock');
    expect(await saved()).toMatchObject({ lingerMs: 1, streams: [{ id: 'z' }, { id: 'clock' }] });
    expect(settings.settings().stationName).toBe(hostname());
  });

  test('that is gone is made anew of what runs, so that no picture goes with it', async () => {
    const { settings, path, saved } = await lab({ text: configText({ id: 'a' }, { id: 'b' }) });
    await rm(path);
    expect(ids(await settings.changeStream('b', { quality: 'high' }))).toBe('a b');
    expect(await saved()).toMatchObject({ name: 'Lab', streams: [{ id: 'a' }, { id: 'b', quality: 'high' }] });
  });

  test('that is gone does not get the streams of the command line', async () => {
    const { settings, path, saved } = await lab({ text: configText({ id: 'a' }), fixedBy: 'command_line' });
    await rm(path);
    expect(ids(await settings.renameStation('Room 2'))).toBe('a');
    expect(ids(await saved())).toBe('brightfield fluorescence dim flaky');
  });

  test('that was broken by hand meanwhile is told with line and key, and not touched', async () => {
    const { settings, path, text } = await lab({ text: configText({ id: 'a' }) });
    await writeFile(path, '{\n  "lingerMs": "soon"\n}');
    const { reason, message } = await refusal(settings.addStream(clock));
    expect([reason, message]).toEqual([
      'bad_setting',
      'station.json line 2, lingerMs: must be a number. The file was changed by hand; mend it first.',
    ]);
    expect(await text()).toContain('soon');
    expect(ids(settings.settings())).toBe('a');
  });

  test('that was broken from the start is kept aside with the first change, and the notice goes away', async () => {
    const { settings, station, folder, path } = await lab({ text: '{ "name": "Lab", oops' });
    expect(station.state().notices).toHaveLength(1);
    await settings.removeStream('flaky');
    expect(await readFile(`${path}.bad`, 'utf8')).toBe('{ "name": "Lab", oops');
    expect((await readdir(folder)).sort()).toEqual(['station.json', 'station.json.bad']);
    expect(station.state()).toMatchObject({ notices: [], streams: { length: 3 } });
    // From now on it is a file like any other.
    await writeFile(path, 'oops');
    expect(await refusal(settings.removeStream('dim'))).toMatchObject({ reason: 'bad_setting' });
  });

  test('that was mended by hand before the first change is used as it is', async () => {
    const { settings, station, folder, path } = await lab({ text: 'oops' });
    await writeFile(path, configText({ id: 'mended' }));
    expect(ids(await settings.addStream(clock))).toBe('mended clock');
    expect(station.state().notices).toEqual([]);
    expect(await readdir(folder)).toEqual(['station.json']);
  });

  test('that cannot be written changes nothing, until it can be', async () => {
    const { settings, station, path, text, join: watch } = await lab({ text: configText({ id: 'a' }, { id: 'b' }) });
    const viewer = await watch('a');
    const before = await text();
    const obstacle = `${path}.${process.pid}.tmp`;
    await mkdir(obstacle);
    expect(await refusal(settings.removeStream('a'))).toMatchObject({ reason: 'not_saved' });
    expect(await text()).toBe(before);
    expect([ids(settings.settings()), ids(station.state()), viewer.end]).toEqual(['a b', 'a b', null]);
    await rm(obstacle, { recursive: true });
    expect(ids(await settings.removeStream('a'))).toBe('b');
  });

  test('that cannot be read is not replaced', async () => {
    const { settings, path } = await lab({ text: configText({ id: 'a' }) });
    await rm(path);
    await mkdir(path);
    const { reason, message } = await refusal(settings.renameStation('Room 2'));
    expect(reason).toBe('not_saved');
    expect(message).toContain('station.json cannot be read');
  });
});
