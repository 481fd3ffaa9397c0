import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openProgram } from '../../src/main/capture/worker/program.ts';
import { watchReader } from '../support/watch-reader.ts';
import type { WatchedReader } from '../support/watch-reader.ts';

const example = fileURLToPath(new URL('../../resources/detectors/simulated_detector.py', import.meta.url));
const python = process.platform === 'win32' ? 'python' : 'python3';
const header = '{"eyepiece":1,"widthPx":4,"heightPx":2,"pixelType":"uint8","significantBits":8}';

const closing: (() => Promise<void>)[] = [];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eyepiece-program-'));
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => rm(folder, { recursive: true }));

function start(...command: string[]): WatchedReader {
  const reader = watchReader((notices) => openProgram(command, notices));
  closing.push(() => reader.close());
  return reader;
}

/** Starts a detector program that is written in JavaScript: `write` puts text or bytes out. */
function detector(body: string): WatchedReader {
  const prelude = `const write = (data) => require('node:fs').writeSync(1, data); const header = '${header}\\n';`;
  return start(process.execPath, '-e', `${prelude} ${body}`);
}

const stayAlive = 'setInterval(() => {}, 1000);';

describe('A detector program', () => {
  it('is read as the example in Python sends it', async ({ skip }) => {
    const hasPython = spawnSync(python, ['--version']).status === 0;
    skip(!hasPython, `there is no ${python} on this machine`);
    const reader = start(python, example, '--fps', '50');
    const pictures = await reader.take(20);

    expect(reader.opened).toEqual([{ pixelSizeUm: 0.1 }]);
    expect(pictures[0]).toMatchObject({
      ...{ number: 1, widthPx: 512, heightPx: 512, pixelType: 'uint16le', significantBits: 12, exposureMs: 20 },
    });
    expect(pictures.map(({ number }) => number)).toEqual(pictures.map((_, index) => index + 1));
    const times = pictures.map(({ captureTimeMs }) => captureTimeMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    for (const { mean } of pictures) {
      // Offset and beads, and nothing above 12 bits.
      expect(mean).toBeGreaterThan(100);
      expect(mean).toBeLessThan(4096);
    }
  });

  it('is read whatever the pieces are in which its output arrives', async () => {
    const reader = detector(`
      const bytes = Buffer.concat([1, 2, 3].map((n) => Buffer.concat([
        Buffer.from('{"frame":' + n + ',"bytes":8}\\r\\n'), Buffer.alloc(8, 10 * n)])));
      write(header);
      let position = 0;
      const timer = setInterval(() => {
        if (position < bytes.length) write(bytes.subarray(position, position += 3)); else clearInterval(timer);
      }, 1);
      ${stayAlive}`);
    const pictures = await reader.take(3);
    expect(pictures.map(({ number, mean }) => [number, mean])).toEqual([
      [1, 10],
      [2, 20],
      [3, 30],
    ]);
    expect(reader.opened).toEqual([{}]);
  });

  it('may leave numbers out, and times too, and add keys of its own', async () => {
    const before = Date.now();
    const reader = detector(`
      write(header);
      write('{"frame":5,"bytes":8,"gain":3}\\n' + 'abcdefgh' + '{"frame":9,"bytes":8,"exposureMs":12.5}\\n' + 'abcdefgh');
      ${stayAlive}`);
    const [first, second] = await reader.take(2);
    expect([first!.number, second!.number]).toEqual([5, 9]);
    expect(first!.captureTimeMs).toBeGreaterThanOrEqual(before);
    expect(first).not.toHaveProperty('exposureMs');
    expect(second!.exposureMs).toBe(12.5);
  });

  it('sends large pictures through unchanged', async () => {
    const reader = detector(`
      const width = 2048, height = 2048, data = Buffer.alloc(width * height * 2);
      for (let i = 0; i < width * height; i++) data.writeUInt16LE(i % 4096, 2 * i);
      const all = (data) => { let sent = 0; while (sent < data.length) sent += require('node:fs').writeSync(1, data, sent); };
      write(JSON.stringify({ eyepiece: 1, widthPx: width, heightPx: height, pixelType: 'uint16le', significantBits: 12 }) + '\\n');
      for (let n = 1; n <= 3; n++) { write(JSON.stringify({ frame: n, bytes: data.length }) + '\\n'); all(data); }
      ${stayAlive}`);
    const pictures = await reader.take(3);
    expect(pictures.map(({ mean }) => mean)).toEqual([2047.5, 2047.5, 2047.5]);
  });
});

describe('A detector program that breaks the protocol', () => {
  it.each([
    ['prints something else', `write('Camera SDK 3.1 ready\\n')`, /“Camera SDK 3\.1 ready”: it is not JSON/],
    ['says too little of itself', `write('{"eyepiece":1,"widthPx":4}\\n')`, /heightPx/],
    ['speaks another version', `write(header.replace('"eyepiece":1', '"eyepiece":2'))`, /eyepiece/],
    ['is of no size', `write(header.replace('"widthPx":4', '"widthPx":0'))`, /widthPx/],
    ['is a single row', `write(header.replace('"heightPx":2', '"heightPx":1'))`, /heightPx/],
    ['is of an absurd size', `write(header.replace('"widthPx":4', '"widthPx":99999'))`, /widthPx/],
    [
      'has more bits than fit',
      `write(header.replace('Bits":8', 'Bits":12'))`,
      /significantBits of uint8 must be 1 to 8/,
    ],
    ['has an unknown pixel type', `write(header.replace('uint8', 'float64'))`, /pixelType/],
    ['announces too few bytes', `write(header + '{"frame":1,"bytes":7}\\n')`, /bytes must be 8/],
    [
      'counts backwards',
      `write(header + '{"frame":2,"bytes":8}\\nabcdefgh{"frame":2,"bytes":8}\\n')`,
      /frame must be above 2/,
    ],
    [
      'tells the time in seconds',
      `write(header + '{"frame":1,"bytes":8,"captureTimeMs":1700000000}\\n')`,
      /Unix time in milliseconds/,
    ],
    [
      'loses its place',
      `write(header + '{"frame":1,"bytes":8}\\nabcdefghij{"frame":2,"bytes":8}\\n')`,
      /“ij\{"frame":2,"bytes":8\}”/,
    ],
    ['sends a line without end', `write('x'.repeat(5000))`, /“x{120}…”: it is longer than 4096 bytes/],
    ['sends binary data', `write(Buffer.from([0, 1, 2, 255, 27, 10]))`, /it is not JSON/],
  ])('and %s is quoted with its first bad line', async (_what, body, expected) => {
    const reader = detector(`${body}; ${stayAlive}`);
    const fault = await reader.fault();
    expect(fault.reason).toBe('bad_output');
    expect(fault.detail).toMatch(expected);
    // eslint-disable-next-line no-control-regex -- none may reach a screen or a log.
    expect(fault.detail).not.toMatch(/[\u0000-\u001f\u007f]/);
    expect(reader.faults).toHaveLength(1);
  });

  it('is not heard any more, however much it goes on', async () => {
    const reader = detector(`write(header + 'nonsense\\n' + '{"frame":1,"bytes":8}\\nabcdefgh'); ${stayAlive}`);
    await reader.fault();
    await reader.close();
    expect(reader.pictures).toHaveLength(0);
    expect(reader.faults).toHaveLength(1);
  });
});

describe('A detector program that ends', () => {
  it('is quoted with its exit code and its last words', async () => {
    const reader = detector(`
      write(header + '{"frame":1,"bytes":8}\\nabcdefgh');
      console.error('warming up'); console.error('no camera on rtsp://lab:opensesame@10.0.0.1/'); console.error('');
      process.exitCode = 3;`);
    const fault = await reader.fault();
    expect(fault).toEqual({
      reason: 'ended',
      detail: 'The program ended (exit code 3): no camera on rtsp://10.0.0.1/.',
    });
    // What it had sent before is not lost.
    expect(reader.pictures).toHaveLength(1);
  });

  it('may do so in the middle of a picture', async () => {
    const reader = detector(`write(header + '{"frame":1,"bytes":8}\\nabc');`);
    expect(await reader.fault()).toMatchObject({
      reason: 'ended',
      detail: 'The program ended (exit code 0) without a word.',
    });
    expect(reader.pictures).toHaveLength(0);
  });

  it('by a signal is said to have been ended by it', async () => {
    const reader = detector(`process.kill(process.pid, 'SIGKILL');`);
    expect((await reader.fault()).detail).toContain('signal SIGKILL');
  });
});

describe('A detector program that can not be started', () => {
  it.each(['eyepiece-no-such-program', './no/such/program'])('because there is no %s is not found', async (program) => {
    const fault = await start(program).fault();
    expect(fault).toEqual({ reason: 'not_found', detail: `There is no program ${program}.` });
  });

  it('because it is not a program is refused', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows knows no permission to execute');
    const path = join(folder, 'notes.txt');
    await writeFile(path, 'not a program', { mode: 0o644 });
    expect(await start(path).fault()).toMatchObject({ reason: 'refused' });
  });

  it('is no shell command: what looks like one is only an argument', async () => {
    const trap = join(folder, 'trap');
    const reader = start(process.execPath, '-e', 'console.error(process.argv[1])', `; touch ${trap}`);
    expect((await reader.fault()).detail).toContain(`; touch ${trap}`);
    expect(existsSync(trap)).toBe(false);
  });
});

describe('Closing', () => {
  it('ends a program that won’t leave when asked', async () => {
    const reader = detector(`
      process.on('SIGTERM', () => {});
      write(header + '{"frame":' + process.pid + ',"bytes":8}\\nabcdefgh'); ${stayAlive}`);
    const [{ number: pid } = { number: 0 }] = await reader.take(1);
    await reader.close();
    expect(isAlive(pid)).toBe(false);
    expect(reader.faults).toHaveLength(0);
  });

  it('ends a program that is stuck because nobody reads', async () => {
    const reader = detector(`
      write(header); let n = ${process.pid}; const data = Buffer.alloc(8);
      for (;;) { write('{"frame":' + ++n + ',"bytes":8}\\n'); write(data); }`);
    await reader.take(100);
    await reader.close();
    await reader.close();
    expect(reader.faults).toHaveLength(0);
  });

  it('is not needed where our own process is killed: the program dies with it', async ({ skip }) => {
    skip(process.platform !== 'linux', 'tried on Linux only');
    skip(
      spawnSync('setpriv', ['--pdeathsig', 'KILL', '--', 'true']).status !== 0,
      'there is no setpriv on this machine',
    );
    const module = new URL('../../src/main/capture/worker/program.ts', import.meta.url).href;
    const child = `require('node:fs').writeSync(1, ${JSON.stringify(`${header}\n`)} + '{"frame":' + process.pid + ',"bytes":8}\\nabcdefgh'); ${stayAlive}`;
    const parent = spawn(process.execPath, [
      ...['--input-type=module', '-e'],
      `import { openProgram } from ${JSON.stringify(module)};
       openProgram([process.execPath, '-e', ${JSON.stringify(child)}], {
         opened() {}, ended(fault) { console.log(fault.detail); }, picture({ number }) { console.log(number); } });`,
    ]);
    const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
    const pid = Number(line);
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000 });
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // ESRCH: there is no such process.
    return false;
  }
}
