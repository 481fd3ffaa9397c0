import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { StationApi } from '../shared/api.ts';
import { captureRetry } from '../shared/retry.ts';
import type { Settings, SettingsApi } from '../shared/settings.ts';
import type { StationNotice } from '../shared/state.ts';
import { openAccessFile } from './access/access-file.ts';
import { MachineNames } from './access/addresses.ts';
import { currentCertificate } from './access/certificates.ts';
import { NetworkSharing } from './access/sharing.ts';
import { Tokens } from './access/tokens.ts';
import { listCameras } from './capture/cameras.ts';
import { captureProcesses, forkCapture, type ForkCapture } from './capture/process.ts';
import { maxPort, type StationConfig } from './config.ts';
import { openHttpDoor } from './http/server.ts';
import { iceServersAt } from './ice-servers.ts';
import { StationFile } from './settings/station-file.ts';
import { StationSettings } from './settings/station-settings.ts';
import { Station } from './station/station.ts';
import { webrtcSessions } from './webrtc/sessions.ts';

// out/ mirrors src/, so that relative places are the same in both but for the ending.
const isBuilt = import.meta.url.endsWith('.js');
const captureEntry = new URL(isBuilt ? './capture/worker/main.js' : './capture/worker/main.ts', import.meta.url);

/** The built page, for every door. */
export const pageDir = fileURLToPath(new URL(isBuilt ? '../renderer' : '../../out/renderer', import.meta.url));

/** What Electron does in its own way; on plain Node nothing of it is needed. */
export interface ShellParts {
  readonly fork?: ForkCapture;
}

export interface BootOptions {
  readonly config: StationConfig;
  /** What is wrong with the configuration file. */
  readonly notices: readonly StationNotice[];
  /** Where changed settings are written. */
  readonly configFile: string;
  /** Where this Eyepiece keeps its files. */
  readonly dataDir: string;
  /** Why the Streams can't be changed, or null. */
  readonly fixedBy: Settings['fixedBy'];
  /** Opens the network's door at the start, and keeps it open. */
  readonly share?: { readonly host?: string };
}

export interface BootedStation {
  readonly station: StationApi;
  readonly settings: SettingsApi;
  readonly dataDir: string;
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
  { config, notices, configFile, dataDir, fixedBy, share }: BootOptions,
  log: Logger,
  { fork = forkCapture }: ShellParts = {},
): Promise<BootedStation> {
  const { name, streams, http, engine, media, lingerMs, maxViewers, keepaliveMs, maxBacklogBytes } = config;
  const iceServers = () => iceServersAt(config.iceServers, Date.now());
  warnOfFewPorts(config, log);
  const station = new Station({
    name,
    version: version(),
    notices,
    streams,
    startCapture: captureProcesses({ entry: captureEntry, engine, fork, log: log.child({ part: 'capture' }) }),
    ...webrtcSessions({
      iceServers,
      loopbackHost: http.host,
      media,
      keepaliveMs,
      maxBacklogBytes,
      log: log.child({ part: 'webrtc' }),
    }),
    listCameras: () => listCameras(log.child({ part: 'capture' }), fork),
    captureRetry,
    iceServers,
    maxViewers,
    lingerMs,
    logger: log.child({ part: 'station' }),
  });
  const httpLog = log.child({ part: 'http' });
  const sharing = shareOnNetwork(station, http, dataDir, httpLog);
  const settings = new StationSettings({
    station,
    sharing,
    file: new StationFile(configFile, notices.length > 0),
    config,
    fixedBy,
    log: log.child({ part: 'settings' }),
  });
  const started: { close(): Promise<void> }[] = [station];
  try {
    const door = await openHttpDoor({ ...http, station, assetsDir: pageDir, log: httpLog });
    started.push(door, sharing);
    if (share) await sharing.keepOpen(share.host);
    log.info({ name, url: door.url, streams: streams.length }, 'The station is ready.');
    let closing: Promise<void> | undefined;
    const close = (): Promise<void> =>
      (closing ??= closeInReverse(started, log).then(() => log.info('The station is closed.')));
    return { station, settings, dataDir, url: door.url, log, close };
  } catch (error) {
    await closeInReverse(started, log);
    throw error;
  }
}

/** Whoever finds none free is refused as if the station were full. */
function warnOfFewPorts({ media: { udpPorts }, maxViewers }: StationConfig, log: Logger): void {
  const ports = udpPorts ? udpPorts[1] - udpPorts[0] + 1 : maxViewers;
  if (ports < maxViewers) log.warn({ ports, maxViewers }, 'media.udpPorts has fewer ports than maxViewers places.');
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

/** The second door: closed until somebody at the station opens it, and only for whoever may come in. */
function shareOnNetwork(
  station: Station,
  { port, sharePort, shareTls }: StationConfig['http'],
  dataDir: string,
  log: Logger,
): NetworkSharing {
  const names = new MachineNames();
  return new NetworkSharing({
    station,
    openDoor: async (host, { access, admin, station: behind, certificate }) => {
      const door = await openHttpDoor({
        station: behind,
        host,
        port: sharePort ?? (port === 0 || port === maxPort ? 0 : port + 1),
        assetsDir: pageDir,
        allowedOrigins: [],
        guard: { access, admin },
        ...(certificate && { tls: certificate }),
        answersTo: (name) => names.has(name),
        log,
      });
      return { port: door.port, useCertificate: (certificate) => door.useTls(certificate), close: () => door.close() };
    },
    setShared: (isShared) => station.setShared(isShared),
    openFile: () => openAccessFile(dataDir),
    certificate: () => currentCertificate(shareTls, dataDir),
    tokens: new Tokens(station.state().station.runId),
    log,
  });
}
