import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import * as v from 'valibot';
import type { CameraInfo } from '../../shared/api.ts';
import { forkCapture, type ForkCapture } from './process.ts';

/** A camera that hangs when it is asked for its modes must not keep the list from being shown. */
const timeoutMs = 5_000;

const isBuilt = import.meta.url.endsWith('.js');
const entry = new URL(isBuilt ? './worker/list-cameras.js' : './worker/list-cameras.ts', import.meta.url);

const camerasSchema = v.array(
  v.object({
    id: v.string(),
    name: v.string(),
    path: v.string(),
    modes: v.array(v.object({ widthPx: v.number(), heightPx: v.number(), fps: v.number(), format: v.string() })),
  }),
);

/**
 * Lists the capture devices of this machine. The modes come from the native engine, which runs outside the station; where
 * it gives no answer, Linux's own list is shown without modes.
 */
export async function listCameras(log: Logger, fork: ForkCapture = forkCapture): Promise<readonly CameraInfo[]> {
  const [native, linux] = await Promise.all([
    askNative(log, fork),
    process.platform === 'linux' ? readLinuxCameras() : [],
  ]);
  if (!native) return linux;
  return native.map((camera) => ({ ...camera, id: linux.find(({ path }) => path === camera.path)?.id ?? camera.id }));
}

async function askNative(log: Logger, fork: ForkCapture): Promise<readonly CameraInfo[] | null> {
  try {
    return v.parse(camerasSchema, JSON.parse(await readOutput(fork)));
  } catch (error) {
    // The module can't be loaded here, or a camera hangs: the system's own list is what there is.
    log.debug({ err: error }, 'The native engine did not list the cameras.');
    return null;
  }
}

/** Runs the listing to its end and returns what it printed. */
function readOutput(fork: ForkCapture): Promise<string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const listing = fork(entry, {
      // It answers on its standard output, which works the same wherever it runs.
      message: () => undefined,
      exited() {
        clearTimeout(impatience);
        resolve(Buffer.concat(parts).toString('utf8'));
      },
    });
    const impatience = setTimeout(() => listing.kill('SIGKILL'), timeoutMs);
    const [stdout, stderr] = listing.output;
    stdout?.on('data', (chunk: Buffer) => parts.push(chunk));
    // What FFmpeg has to say of a camera that is in use is of no interest here; but a full pipe would hold it up.
    stderr?.resume();
  });
}

/** The cameras that the kernel and udev know, each by the most lasting of its names. @param root Another one in tests. */
export async function readLinuxCameras(root = '/'): Promise<readonly CameraInfo[]> {
  const folder = join(root, 'sys/class/video4linux');
  const nodes = (await list(folder)).filter((name) => /^video\d+$/.test(name));
  const idsOf = await readStableNames(root);
  const cameras = await Promise.all(
    nodes.map(async (node) => {
      const path = `/dev/${node}`;
      const name = await readText(join(folder, node, 'name'));
      // A webcam's further nodes carry metadata, not pictures.
      const isFirst = (await readText(join(folder, node, 'index'))) === '0';
      return isFirst ? { id: idsOf.get(path) ?? path, name: name || node, path, modes: [] } : null;
    }),
  );
  return cameras
    .filter((camera) => camera !== null)
    .sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }));
}

/** From device path to udev's names: by what is plugged in, else by where it is plugged in. */
async function readStableNames(root: string): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  const devices = await realpath(join(root, 'dev')).catch(() => '');
  for (const kind of ['by-path', 'by-id']) {
    const folder = join(root, 'dev/v4l', kind);
    for (const link of await list(folder)) {
      const target = await realpath(join(folder, link)).catch(() => '');
      if (target.startsWith(devices)) names.set(`/dev${target.slice(devices.length)}`, `/dev/v4l/${kind}/${link}`);
    }
  }
  return names;
}

/** A machine without cameras has none of these folders. */
function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function readText(path: string): Promise<string> {
  // A camera may be unplugged between the listing and the reading.
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trim();
}
