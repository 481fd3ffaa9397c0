import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCommandLine, type RunOptions } from '../../src/main/command-line.ts';
import { prepareLaunch } from '../../src/main/launch.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eyepiece-'));
  await writeFile(join(folder, 'take.mp4'), '');
});
afterAll(() => rm(folder, { recursive: true }));

interface Ended {
  readonly code: number | string | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** The station as a user starts it, for command lines that end at once. */
function runStation(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      ['src/main/headless.ts', ...args],
      { env: { ...process.env, ...env } },
      (_error, stdout, stderr) => done({ code: child.exitCode, stdout, stderr }),
    );
  });
}

function optionsOf(args: readonly string[], env: NodeJS.ProcessEnv = {}): RunOptions {
  const commandLine = parseCommandLine(args, { EYEPIECE_DATA_DIR: folder, ...env });
  if (commandLine.kind !== 'run') throw new Error(`This asks for ${commandLine.kind}.`);
  return commandLine.options;
}

describe('A flag or value that makes no sense ends the station with exit code 2 and one line that names it', () => {
  const sharing = /in the settings of the kiosk or by --share; allowed are 127\.0\.0\.1, ::1, localhost\n/;
  test.each<[string[], NodeJS.ProcessEnv, RegExp]>([
    [['--prot', '8081'], {}, /unknown flag "--prot"; the flags are --help, --host, --port, /],
    [['-x'], {}, /unknown flag "-x"/],
    [['station.json'], {}, /"station\.json" is not a flag/],
    [['--port'], {}, /--port needs a value/],
    [['--port', '--verbose'], {}, /--port needs a value/],
    [['--port', 'abc'], {}, /--port "abc" must be a whole number from 0 to 65535/],
    [['--port', '65536'], {}, /--port "65536" must be a whole number from 0 to 65535/],
    [['--port', '-1'], {}, /--port "-1" must be a whole number/],
    [['--port', '80\n81'], {}, /--port "80\\n81" must be a whole number/],
    [['--host', '0.0.0.0'], {}, sharing],
    [['--host', 'lab-pc'], {}, sharing],
    [
      ['--share', '--host', '10.0.0.1'],
      {},
      /"10\.0\.0\.1": allowed are 127\.0\.0\.1, ::1, localhost, 0\.0\.0\.0, ::\n/,
    ],
    [['--share=yes'], {}, /--share takes no value/],
    [['--add-admin'], {}, /--add-admin needs a value/],
    [['--add-admin', ' '], {}, /--add-admin " " must not be empty/],
    [['--add-admin', 'An\nna'], {}, /--add-admin "An\\nna" must be plain text/],
    [['--camera', 'webcam'], {}, /--camera "webcam" must be a whole number from 0 to 63/],
    [['--source', 'ftp://me:secret@cam/'], {}, /--source "ftp:\/\/…@cam\/" must be an address \(rtsp:\/\/, /],
    [['--source', 'ftp://me:p@ss/secret@cam/'], {}, /--source "ftp:\/\/…@cam\/" must be an address/],
    [['--source', 'simulated:moon'], {}, /simulated:brightfield, simulated:fluorescence/],
    [['--source', './nothing-here.mp4'], {}, /a file that is there/],
    [['--config', './nothing-here.json'], {}, /--config "\.\/nothing-here\.json": there is no such file/],
    [['--data-dir', ''], {}, /--data-dir "" must be a path/],
    [['--verbose=yes'], {}, /--verbose takes no value/],
    [[], { EYEPIECE_PORT: 'abc' }, /EYEPIECE_PORT "abc" must be a whole number/],
    [[], { EYEPIECE_HOST: '10.0.0.1' }, /EYEPIECE_HOST "10\.0\.0\.1": sharing/],
    [[], { EYEPIECE_SHARE: 'maybe' }, /EYEPIECE_SHARE "maybe" must be 1, true, 0 or false/],
    [[], { EYEPIECE_VERBOSE: 'maybe' }, /EYEPIECE_VERBOSE "maybe" must be 1, true, 0 or false/],
  ])('%j %j', (args, env, told) => {
    const launch = prepareLaunch(args, { ...process.env, ...env });
    if (!('exitCode' in launch)) throw new Error('The station would start.');
    const { exitCode, output, complaint } = launch;
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
    expect(complaint).toMatch(/^eyepiece: [^\n]+\n$/);
    expect(complaint).toMatch(told);
    expect(complaint).not.toContain('secret');
  });

  test.for<[string[], NodeJS.ProcessEnv]>([
    [['--prot', '8081'], {}],
    [[], { EYEPIECE_PORT: 'abc' }],
  ])('which is all that its process says: %j %j', async ([args, env]) => {
    const { code, stdout, stderr } = await runStation(args, env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^eyepiece: [^\n]+\n$/);
  });
});

test('--help names every flag', async () => {
  const { code, stdout, stderr } = await runStation(['--help', '--port', 'abc']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const flag of [
    'host',
    'port',
    'share',
    'add-admin',
    'camera',
    'source',
    'config',
    'data-dir',
    'verbose',
    'version',
  ]) {
    expect(stdout).toContain(`--${flag}`);
  }
});

test('--version prints the version of the package', async () => {
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  expect(await runStation(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

describe('The command line', () => {
  test('leaves to the configuration file what it does not say', () => {
    expect(optionsOf([])).toEqual({
      dataDir: folder,
      configFile: join(folder, 'station.json'),
      isVerbose: false,
    });
  });

  test('wins over the environment, flag by flag', () => {
    const env = { EYEPIECE_PORT: '1', EYEPIECE_HOST: '::1', EYEPIECE_VERBOSE: '1', EYEPIECE_SOURCE: 'simulated:dim' };
    expect(optionsOf(['--port', '2', '--port=3', '--camera', '0'], env)).toMatchObject({
      port: 3,
      host: '::1',
      isVerbose: true,
      streams: [{ id: 'camera-0' }],
    });
    expect(optionsOf([], env).streams).toMatchObject([{ id: 'dim' }]);
  });

  test.each<[string[], NodeJS.ProcessEnv, Partial<RunOptions>]>([
    [[], {}, {}],
    [['--share'], {}, { share: {} }],
    [['--share', '--host', '0.0.0.0'], {}, { share: { host: '0.0.0.0' } }],
    [['--share', '--host', '::'], {}, { share: { host: '::' } }],
    [['--share', '--host', '::1'], {}, { host: '::1', share: {} }],
    [[], { EYEPIECE_SHARE: '1', EYEPIECE_HOST: '0.0.0.0' }, { share: { host: '0.0.0.0' } }],
  ])('shares on the network only where it says so: %j %j', (args, env, expected) => {
    const { host, share } = optionsOf(args, env);
    expect({ ...(host !== undefined && { host }), ...(share && { share }) }).toEqual(expected);
  });

  test('writes down an admin instead of starting, in the folder that it names', () => {
    expect(parseCommandLine(['--add-admin', ' Anna ', '--data-dir', folder], {})).toEqual({
      kind: 'add_admin',
      name: 'Anna',
      dataDir: folder,
    });
  });

  test('shows each camera and source that it names, under ids of their own', () => {
    const take = join(folder, 'take.mp4');
    const args = ['--camera', '0', '--camera', '2', '--camera', '0', '--source', 'rtsp://me:secret@cam:554/1'];
    const streams = optionsOf([...args, '--source', take, '--source', 'simulated:clock']).streams;
    expect(streams?.map(({ id, name, source }) => [id, name, source])).toEqual([
      ['camera-0', 'Camera 0', { kind: 'camera', device: 0 }],
      ['camera-2', 'Camera 2', { kind: 'camera', device: 2 }],
      ['camera-0-2', 'Camera 0', { kind: 'camera', device: 0 }],
      ['url', 'cam:554', { kind: 'url', url: 'rtsp://me:secret@cam:554/1' }],
      ['file', 'take.mp4', { kind: 'file', path: resolve(take) }],
      ['clock', 'Measuring clock', { kind: 'simulated', detector: 'clock' }],
    ]);
  });
});
