import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A program that publishes by WHIP, and that nobody here has written the protocol of. */
export interface WhipProgram {
  /** Resolves when it publishes. */
  readonly begun: Promise<void>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
}

/** FFmpeg's own muxer, in a process of its own: sends a recording in H.264 without encoding it again. @param url Of the stream. */
export function startFfmpegPublisher(url: string, token = ''): WhipProgram {
  return start(process.execPath, [fileURLToPath(new URL('./ffmpeg-publisher.ts', import.meta.url)), url, token]);
}

/** Debian's aiortc with Debian's Python. @param station Its address. */
export function startAiortcPublisher(station: string, stream: string, codec: 'H264' | 'VP8'): WhipProgram {
  const script = fileURLToPath(new URL('./aiortc-publisher.py', import.meta.url));
  return start('/usr/bin/python3', [script, '--codec', codec, '--stream', stream, station.replace(/\/$/, '')]);
}

function start(program: string, args: readonly string[]): WhipProgram {
  // It ends with its standard input, so that it never outlives the test.
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const said = once(createInterface({ input: child.stdout }), 'line');
  const ended = exited.then(() => Promise.reject(new Error(`It has ended: ${complaint}`)));
  // Nobody may wait for it any more when it is ended.
  ended.catch(() => undefined);
  return {
    begun: Promise.race([said.then(() => undefined), ended]),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
