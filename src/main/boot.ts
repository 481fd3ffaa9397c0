import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { StationApi } from '../shared/api.ts';
import { captureRetry } from '../shared/retry.ts';
import type { StationNotice } from '../shared/state.ts';
import { listCameras } from './capture/cameras.ts';
import { captureProcesses, forkCapture, type ForkCapture } from './capture/process.ts';
import type { StationConfig } from './config.ts';
import { openHttpDoor } from './http/server.ts';
import { Station } from './station/station.ts';
import { acceptViewers } from './webrtc/accept-viewers.ts';

// out/ mirrors src/, so that relative places are the same in both but for the ending.
const isBuilt = import.meta.url.endsWith('.js');
const captureEntry = new URL(isBuilt ? './capture/worker/main.js' : './capture/worker/main.ts', import.meta.url);

/** The built page, for every door. */
export const pageDir = fileURLToPath(new URL(isBuilt ? '../renderer' : '../../out/renderer', import.meta.url));

/** What Electron does in its own way; on plain Node nothing of it is needed. */
export interface ShellParts {
  readonly fork?: ForkCapture;
}

export interface BootedStation {
  readonly station: StationApi;
  /** Where the page is. */
  readonly url: string;
  readonly log: Logger;
  /** Closes everything in the reverse order of its start. Idempotent. */
  close(): Promise<void>;
}

/**
 * Joins the parts of a station and starts them.
 * @throws The system's error where the HTTP door can't listen; everything that was started is closed again.
 */
export async function boot(
  config: StationConfig,
  notices: readonly StationNotice[],
  log: Logger,
  { fork = forkCapture }: ShellParts = {},
): Promise<BootedStation> {
  const { name, streams, http, engine, iceServers, lingerMs, maxViewers } = config;
  const station = new Station({
    name,
    version: version(),
    notices,
    streams,
    startCapture: captureProcesses({ entry: captureEntry, engine, fork, log: log.child({ part: 'capture' }) }),
    acceptViewer: acceptViewers({ iceServers, listenAddress: http.host, log: log.child({ part: 'webrtc' }) }),
    listCameras: () => listCameras(log.child({ part: 'capture' }), fork),
    captureRetry,
    iceServers,
    maxViewers,
    lingerMs,
    logger: log.child({ part: 'station' }),
  });
  const started: { close(): Promise<void> }[] = [station];
  try {
    const httpLog = log.child({ part: 'http' });
    const door = await openHttpDoor({ ...http, station, assetsDir: pageDir, log: httpLog });
    started.push(door);
    log.info({ name, url: door.url, streams: streams.length }, 'The station is ready.');
    let closing: Promise<void> | undefined;
    const close = (): Promise<void> =>
      (closing ??= closeInReverse(started, log).then(() => log.info('The station is closed.')));
    return { station, url: door.url, log, close };
  } catch (error) {
    await closeInReverse(started, log);
    throw error;
  }
}

/** The version of the package. */
export function version(): string {
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { readonly version: string }).version;
}

async function closeInReverse(started: readonly { close(): Promise<void> }[], log: Logger): Promise<void> {
  for (const part of started.toReversed()) {
    // One part that fails to close must not keep the others open.
    await part.close().catch((error: unknown) => log.error({ err: error }, 'A part of the station did not close.'));
  }
}
