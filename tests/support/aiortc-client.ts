import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./aiortc-client.py', import.meta.url));

/** Debian's own Python, which Debian's modules are for; another may come first on the PATH. */
const python = '/usr/bin/python3';

/** A program on aiortc that watches. */
export interface AiortcClient {
  /** The next thing that it says. */
  next(): Promise<Readonly<Record<string, unknown>>>;
  /** Says goodbye as its protocol wants. Resolves with what it says last. */
  leave(): Promise<Readonly<Record<string, unknown>>>;
  /** Ends it, if it has not ended. */
  kill(): Promise<void>;
}

/** Why there is no aiortc here, or null where there is. */
export function aiortcMissing(): string | null {
  const { status, stderr, error } = spawnSync(python, ['-c', 'import aiortc'], { encoding: 'utf8', timeout: 20_000 });
  if (status === 0) return null;
  const cause = error?.message ?? stderr.trim().split('\n').at(-1) ?? 'no reason given';
  return `aiortc is not installed (python3-aiortc): ${cause}`;
}

/** Starts a program that opens a session by this protocol and plays this codec. @param url Of the station. */
export function startAiortcClient(
  protocol: 'robot' | 'whep',
  codec: 'H264' | 'VP8',
  stream: string,
  url: string,
): AiortcClient {
  const args = [script, '--protocol', protocol, '--codec', codec, '--stream', stream, url.replace(/\/$/, '')];
  // It ends with its standard input, so that it never outlives the test.
  const client = spawn(python, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const exited = once(client, 'exit');
  let complaint = '';
  client.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const lines = createInterface({ input: client.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`The aiortc client has ended: ${complaint}`);
    return JSON.parse(value) as Record<string, unknown>;
  };
  return {
    next,
    async leave() {
      client.stdin.end();
      const last = await next();
      await exited;
      return last;
    },
    async kill() {
      client.kill('SIGKILL');
      await exited;
    },
  };
}
