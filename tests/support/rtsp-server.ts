import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./rtsp-server.py', import.meta.url));

/** Debian's own Python, which Debian's modules are for; another may come first on the PATH. */
const python = '/usr/bin/python3';

const modules = 'import gi; gi.require_version("Gst", "1.0"); gi.require_version("GstRtspServer", "1.0")';
const look = `${modules}; from gi.repository import Gst, GstRtspServer; Gst.init(None)
for name in ("qtdemux", "h264parse", "rtph264pay"): assert Gst.ElementFactory.find(name), "GStreamer has no " + name`;

/** A camera in the network of this machine. */
export interface RtspServer {
  readonly url: string;
  /** Also cuts all connections. */
  close(): Promise<void>;
}

/** Why no RTSP server can be started here, or null where one can. */
export function rtspServerMissing(): string | null {
  const { status, stderr, error } = spawnSync(python, ['-c', look], { encoding: 'utf8', timeout: 20_000 });
  if (status === 0) return null;
  const cause = error?.message ?? stderr.trim().split('\n').at(-1) ?? 'no reason given';
  return `GStreamer's RTSP server is not installed (gir1.2-gst-rtsp-server-1.0, python3-gi, gstreamer1.0-plugins-*): ${cause}`;
}

/**
 * Serves an H.264 recording in a loop at its own rate; each client gets it from the start.
 * @param port A free one where it is 0.
 * @param user `name:password` that it asks for.
 */
export async function startRtspServer(file: string, port = 0, user?: string): Promise<RtspServer> {
  const args = [script, '--port', String(port), ...(user === undefined ? [] : ['--user', user]), file];
  // It ends with its standard input, so that it never outlives the test.
  const server = spawn(python, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(server, 'exit');
  const url = await Promise.race([firstLine(server.stdout), exited.then(() => undefined)]);
  if (url === undefined) throw new Error('The RTSP server ended before it listened.');
  return {
    url,
    async close() {
      server.kill('SIGKILL');
      await exited;
    },
  };
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string | undefined> {
  for await (const line of createInterface({ input: stream })) return line;
  return undefined;
}
