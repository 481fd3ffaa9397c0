import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultDataDir, loadConfig, parseConfig } from '../../src/main/config.ts';
import { sourceSchema } from '../../src/shared/source.ts';

const file = resolve('/lab/station.json');

/** What the screens say about a configuration; null where nothing is wrong. */
function complaint(content: string): string | null {
  return parseConfig(file, content).notices[0]?.detail ?? null;
}

/** A configuration with one stream, whose keys are given as JSON lines. */
function stream(...lines: string[]): string {
  return `{\n  "streams": [\n    {\n${lines.join(',\n')}\n    }\n  ]\n}`;
}

describe('A station without a configuration file', () => {
  test('shows the four simulated detectors on loopback', async () => {
    const { config, notices } = await loadConfig(join(tmpdir(), 'eyepiece-nowhere', 'station.json'));
    expect(notices).toEqual([]);
    expect(config.streams.map(({ id, name }) => [id, name])).toEqual([
      ['brightfield', 'Brightfield'],
      ['fluorescence', 'Fluorescence'],
      ['dim', 'Dim detector'],
      ['flaky', 'Flaky camera'],
    ]);
    expect(config).toMatchObject({
      name: hostname(),
      http: { host: '127.0.0.1', port: 8080, shareTls: 'self-signed', allowedOrigins: [] },
      engine: 'auto',
      iceServers: [],
      lingerMs: 10_000,
    });
  });
});

describe('A good configuration', () => {
  test('may have comments, trailing commas and a byte order mark', () => {
    const { config, notices } = parseConfig(file, '\uFEFF{ // ours\n "name": "Room 2", /* and */ "lingerMs": 0, }');
    expect(notices).toEqual([]);
    expect(config).toMatchObject({ name: 'Room 2', lingerMs: 0 });
  });

  test('finds recordings and detector programs beside itself, and leaves programs on the PATH alone', () => {
    const { config } = parseConfig(
      file,
      `{"streams": [
        {"id": "a", "name": "A", "source": {"kind": "file", "path": "takes/a.mp4"}},
        {"id": "b", "name": "B", "source": {"kind": "program", "command": ["./detect", "-x", "./b.py", "plain.py"]}},
        {"id": "c", "name": "C", "source": {"kind": "program", "command": ["python3", "../c.py"]}}
      ]}`,
    );
    expect(config.streams.map(({ source }) => source)).toEqual([
      { kind: 'file', path: resolve('/lab/takes/a.mp4') },
      { kind: 'program', command: [resolve('/lab/detect'), '-x', resolve('/lab/b.py'), 'plain.py'] },
      { kind: 'program', command: ['python3', resolve('/c.py')] },
    ]);
  });

  test('finds a certificate beside itself', () => {
    const { config, notices } = parseConfig(
      file,
      '{"http": {"shareTls": {"certFile": "own.pem", "keyFile": "/k.pem"}}}',
    );
    expect(notices).toEqual([]);
    expect(config.http.shareTls).toEqual({ certFile: resolve('/lab/own.pem'), keyFile: resolve('/k.pem') });
  });

  test('is what the example is, which shows every kind of source', async () => {
    const { config, notices } = await loadConfig('resources/station.example.json');
    expect(notices).toEqual([]);
    const kinds = sourceSchema.options.map((option) => option.entries.kind.literal);
    expect(new Set(config.streams.map(({ source }) => source.kind))).toEqual(new Set(kinds));
  });
});

describe('A broken configuration', () => {
  test.each([
    ['', 'station.json line 1: is not valid JSON here (value expected)'],
    ['[]', 'station.json line 1: must be an object in braces'],
    ['{\n  "name": "a"\n  "lingerMs": 1\n}', 'station.json line 3: is not valid JSON here (comma expected)'],
    ['{"name": "a', 'station.json line 1: is not valid JSON here (unexpected end of string)'],
    ['{\n"nam": "a"}', 'station.json line 2, nam: is not a key that Eyepiece knows'],
    ['{\n\n"name": 3}', 'station.json line 3, name: must be a text'],
    ['{"name": ""}', 'station.json line 1, name: must not be empty'],
    ['{"name": "  "}', 'station.json line 1, name: must not be empty'],
    ['{"name": "a",\n"name": "b"}', 'station.json line 2, name: is there twice'],
    [stream('"id": "a"', '"id": "b"'), 'station.json line 5, streams[0].id: is there twice'],
    ['{"lingerMs": 0.5}', 'station.json line 1, lingerMs: must be a whole number'],
    ['{"maxViewers": 0}', 'station.json line 1, maxViewers: must be at least 1'],
    ['{"maxBacklogBytes": 1000}', 'station.json line 1, maxBacklogBytes: must be at least 65536'],
    ['{"streams": {}}', 'station.json line 1, streams: must be a list'],
    ['{"engine": "vlc"}', 'station.json line 1, engine: must be one of auto, native, ffmpeg'],
    ['{"http": {\n"port": 99999}}', 'station.json line 2, http.port: must be at most 65535'],
    ['{"http": {"allowedOrigins": ["lab.example"]}}', 'http.allowedOrigins[0]: must look like https://lab.example.org'],
    ['{"http": {"host": "0.0.0.0"}}', 'http.host: sharing on the network is a step of its own'],
    ['{"http": {"shareTls": "on"}}', 'http.shareTls: must be "self-signed", "off" or {"certFile": …, "keyFile": …}'],
    ['{"iceServers": [{"urls": "http://x"}]}', 'iceServers[0].urls: must look like stun:host:port or turn:host:port'],
    [
      stream('"id": "a"', '"name": "A"', '"source": {"kind": "webcam"}'),
      'station.json line 6, streams[0].source.kind: must be one of simulated, camera, url, file, program',
    ],
    [stream('"id": "a"', '"name": "A"'), 'station.json line 3, streams[0].source: is missing'],
    [
      stream('"id": "A b"', '"name": "A"', '"source": {"kind": "file", "path": "x"}'),
      'station.json line 4, streams[0].id: must be lower-case letters, digits and hyphens',
    ],
    [
      stream('"id": "a"', '"name": "A"', '"source": {"kind": "camera",\n"device": true}'),
      'station.json line 7, streams[0].source.device: must be a number or a text',
    ],
    ...[
      ['"url": "https://me:secret@bench"', 'source.url: must look like https://192.168.4.20:8081'],
      ['"url": "https://bench/whep"', 'source.url: must look like https://192.168.4.20:8081'],
      ['"url": "rtsp://bench"', 'source.url: must look like https://192.168.4.20:8081'],
      ['"url": "https://bench", "stream": "../x"', 'source.stream: must be lower-case letters'],
      ['"url": "https://bench", "token": "a\\nb"', 'source.token: must be a machine token of the other station'],
      ['"url": "https://bench", "fingerprint": "AB:CD"', 'source.fingerprint: must be the SHA-256 of a certificate'],
      [`"url": "http://bench", "fingerprint": "${'AB'.repeat(32)}"`, 'source: must have an address that starts with'],
    ].map(([keys = '', told = '']) => [
      stream('"id": "a"', '"name": "A"', `"source": {"kind": "station", ${keys}}`),
      `station.json line 6, streams[0].${told}`,
    ]),
    [
      '{"streams": [\n{"id": "a", "name": "A", "source": {"kind": "file", "path": "x"}},\n' +
        '{"id": "a", "name": "B", "source": {"kind": "file", "path": "y"}}]}',
      'station.json line 3, streams[1].id: is the id of another stream already',
    ],
  ])('%j is told with line and key', (content, told) => {
    expect(complaint(content)).toContain(told);
  });

  test('gives way to the simulated detectors, and says so', () => {
    const { config, notices } = parseConfig(file, '{"name": "", "nam": 1}');
    expect(config.streams.map(({ id }) => id)).toEqual(['brightfield', 'fluorescence', 'dim', 'flaky']);
    expect(notices).toEqual([
      {
        code: 'bad_configuration',
        detail:
          'station.json line 1, name: must not be empty (and 1 more). ' +
          'The simulated detectors are shown until that is mended.',
      },
    ]);
  });

  test('never has its passwords repeated', () => {
    const told = complaint(
      stream('"id": "a"', '"name": "A"', '"source": {"kind": "url", "url": "ftp://me:secret@cam"}'),
    );
    expect(told).toContain('streams[0].source.url: must be an address that starts with one of rtsp://');
    expect(told).not.toContain('secret');
    const ofToken = complaint(
      stream('"id": "a"', '"name": "A"', '"source": {"kind": "station", "url": "https://bench", "token": "secret!"}'),
    );
    expect(ofToken).toContain('streams[0].source.token: must be a machine token');
    expect(ofToken).not.toContain('secret');
  });

  test('is not read where it is far too long, nor all told where all of it is wrong', () => {
    const comment = (chars: number): string => `//${'x'.repeat(chars - 5)}\n{}`;
    expect(complaint(comment(1_048_576))).toBeNull();
    expect(complaint(comment(1_048_577))).toContain('station.json is longer than 1,048,576 characters.');
    expect(complaint(`{"streams":[${'1,'.repeat(10_000)}1]}`)).toContain(
      'station.json line 1, streams[0]: must be an object (and 99 more).',
    );
  });

  test('never stops the station, whatever is in it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (content) => parseConfig(file, content).config.streams.length > 0),
    );
    expect(complaint('['.repeat(200_000))).not.toBeNull();
  });

  describe('on disk', () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'eyepiece-'));
    });
    afterEach(() => rm(folder, { recursive: true }));

    test('is left as it is', async () => {
      const path = join(folder, 'station.json');
      await writeFile(path, '{ oops');
      expect((await loadConfig(path)).notices).toHaveLength(1);
      expect(await readFile(path, 'utf8')).toBe('{ oops');
    });

    test('may even be a folder', async () => {
      const [notice] = (await loadConfig(folder)).notices;
      expect(notice?.detail).toContain('cannot be read');
    });
  });
});

test.each([
  ['linux', { XDG_CONFIG_HOME: resolve('/xdg') }, join(resolve('/xdg'), 'eyepiece')],
  ['win32', { APPDATA: resolve('/roaming') }, join(resolve('/roaming'), 'eyepiece')],
] as const)('Files are kept where %s keeps those of its users', (platform, env, expected) => {
  expect(defaultDataDir(env, platform)).toBe(expected);
});
