import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { AccessAdmin } from '../shared/access.ts';
import type { StationApi } from '../shared/api.ts';
import type { CallsApi, CallsDesk } from '../shared/calls.ts';
import type { DirectoryDesk, Due } from '../shared/directory.ts';
import { captureRetry } from '../shared/retry.ts';
import type { Settings, SettingsApi } from '../shared/settings.ts';
import type { StationNotice } from '../shared/state.ts';
import { openAccessFile } from './access/access-file.ts';
import { labAddresses, MachineNames } from './access/addresses.ts';
import { currentCertificate } from './access/certificates.ts';
import { Colleagues } from './access/colleagues.ts';
import { networkSettings } from './access/network-settings.ts';
import { systemPlaces } from './access/network-source.ts';
import { NetworkSharing } from './access/sharing.ts';
import { Tokens } from './access/tokens.ts';
import { Calls } from './calls/calls.ts';
import { listCameras } from './capture/cameras.ts';
import { captureProcesses, forkCapture, type ForkCapture } from './capture/process.ts';
import { maxPort, type StationConfig } from './config.ts';
import { announce } from './directory/announcement.ts';
import { askKey } from './directory/ask-key.ts';
import type { LabDirectory } from './directory/lab-directory.ts';
import { openHttpDoor } from './http/server.ts';
import { iceServersAt } from './ice-servers.ts';
import { watchStation } from './other-station/watch-station.ts';
import { StationFile } from './settings/station-file.ts';
import { StationSettings } from './settings/station-settings.ts';
import { startDirectory } from './start-directory.ts';
import { Seats } from './station/seats.ts';
import { Station, type StationParts } from './station/station.ts';
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
  /** The calls of whoever stands at the station's own screen. */
  readonly calls: CallsApi;
  /** Who may come in over the network, whether the station is shared at this moment or not. */
  readonly access: AccessAdmin;
  /** Null where this station is not the lab's directory. */
  readonly directory: DirectoryDesk | null;
  /** Asks other stations of the lab for this one's own screen; null where this is not the lab's directory. */
  readonly forwarder: LabDirectory['forwarder'] | null;
  /** Who has booked this station now, or is the next to, as a directory told it last; null where nobody is known to. */
  readonly due: () => Due | null;
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
  const { name, streams, http } = config;
  warnOfFewPorts(config, log);
  const { station, lent } = createStations(config, notices, fork, log);
  const httpLog = log.child({ part: 'http' });
  const calls = new Calls({ stationName: () => station.state().station.name, log: log.child({ part: 'calls' }) });
  const colleagues = new Colleagues(config.trusts, log.child({ part: 'access' }));
  const ownPorts = new Set<number>();
  let directory: LabDirectory | null = null;
  const sharing = shareOnNetwork(
    station,
    config,
    dataDir,
    { lent, settings: () => settings, calls, colleagues, directory: () => directory?.desk ?? null, ownPorts },
    httpLog,
  );
  const settings: SettingsApi = new StationSettings({
    station,
    sharing,
    file: new StationFile(configFile, notices.length > 0),
    config,
    fixedBy,
    colleagues,
    askKey,
    log: log.child({ part: 'settings' }),
  });
  const started: { close(): Promise<void> | void }[] = [station, ...(lent ? [lent] : []), calls];
  try {
    const due = () => colleagues.due();
    const door = await openHttpDoor({ ...http, station, calls, due, assetsDir: pageDir, log: httpLog });
    ownPorts.add(door.port);
    const around = { config, dataDir, sharing, colleagues, station, lent, ownPorts, host: share?.host };
    directory = await startDirectory(around, log);
    started.push(...(directory ? [directory] : []), door, sharing);
    if (share) await sharing.keepOpen(share.host);
    log.info({ name, url: door.url, streams: streams.length }, 'The station is ready.');
    let closing: Promise<void> | undefined;
    const close = (): Promise<void> =>
      (closing ??= closeInReverse(started, log).then(() => log.info('The station is closed.')));
    return {
      station,
      settings,
      calls: calls.station,
      access: sharing.admin,
      ...onScreen(directory),
      due,
      dataDir,
      url: door.url,
      log,
      close,
    };
  } catch (error) {
    await closeInReverse(started, log);
    throw error;
  }
}

/** The station and, where it is the lab's directory, the one of the Streams that it lends, which shares its places. */
function createStations(
  config: StationConfig,
  notices: readonly StationNotice[],
  fork: ForkCapture,
  log: Logger,
): { readonly station: Station; readonly lent: Station | null } {
  const { name, streams, http, engine, media, lingerMs, maxViewers, keepaliveMs, maxBacklogBytes } = config;
  const iceServers = () => iceServersAt(config.iceServers, Date.now());
  const sessions = webrtcSessions({
    iceServers,
    loopbackHost: http.host,
    media,
    keepaliveMs,
    maxBacklogBytes,
    log: log.child({ part: 'webrtc' }),
  });
  const parts: StationParts = {
    name,
    version: version(),
    notices,
    streams,
    startCapture: captureProcesses({ entry: captureEntry, engine, fork, log: log.child({ part: 'capture' }) }),
    ...sessions,
    watchStation: watchStation({
      offerToWatch: sessions.offerToWatch,
      isSelf: (runId) => runId === station.state().station.runId,
      log: log.child({ part: 'other-station' }),
    }),
    listCameras: () => listCameras(log.child({ part: 'capture' }), fork),
    captureRetry,
    iceServers,
    maxViewers,
    lingerMs,
    logger: log.child({ part: 'station' }),
  };
  const seats = new Seats(parts);
  const station = new Station(parts, seats);
  return { station, lent: config.directory ? new Station({ ...parts, notices: [], streams: [] }, seats) : null };
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

async function closeInReverse(started: readonly { close(): Promise<void> | void }[], log: Logger): Promise<void> {
  for (const part of started.toReversed()) {
    try {
      await part.close();
    } catch (error) {
      // One part that fails to close must not keep the others open.
      log.error({ err: error }, 'A part of the station did not close.');
    }
  }
}

/** What the second door needs of the other parts. */
interface BehindSecondDoor {
  readonly lent: Station | null;
  readonly settings: () => SettingsApi;
  readonly calls: CallsDesk;
  readonly colleagues: Colleagues;
  readonly directory: () => DirectoryDesk | null;
  /** Filled with the ports that this station's doors have had. */
  readonly ownPorts: Set<number>;
}

/** The second door: closed until somebody at the station opens it, and only for whoever may come in. */
function shareOnNetwork(
  station: Station,
  { http: { port, sharePort, shareTls, announce: isAnnounced } }: StationConfig,
  dataDir: string,
  { lent, settings, calls, colleagues, directory, ownPorts }: BehindSecondDoor,
  log: Logger,
): NetworkSharing {
  const names = new MachineNames();
  const places = { ...systemPlaces, cameras: () => station.cameras() };
  return new NetworkSharing({
    station,
    lent,
    openDoor: async (host, { access, admin, station: behind, certificate }) => {
      const desk = directory();
      const door = await openHttpDoor({
        station: behind,
        host,
        port: sharePort ?? (port === 0 || port === maxPort ? 0 : port + 1),
        assetsDir: pageDir,
        allowedOrigins: { includes: (origin) => colleagues.isOfDirectory(origin) },
        calls,
        due: () => colleagues.due(),
        guard: { access, admin, settings: networkSettings(settings(), places), ...(desk && { directory: desk }) },
        ...(certificate && { tls: certificate }),
        answersTo: (name) => names.has(name),
        log,
      });
      ownPorts.add(door.port);
      const { name } = station.state().station;
      const announced = { name, scheme: certificate ? 'https' : 'http', port: door.port } as const;
      const endAnnouncement = isAnnounced ? announce(announced, labAddresses(host), log) : null;
      return {
        port: door.port,
        useCertificate: (certificate) => door.useTls(certificate),
        close: () => {
          endAnnouncement?.();
          return door.close();
        },
      };
    },
    setShared: async (isShared) => {
      await Promise.all([station.setShared(isShared), lent?.setShared(isShared)]);
    },
    openFile: () => openAccessFile(dataDir),
    certificate: () => currentCertificate(shareTls, dataDir),
    tokens: new Tokens(station.state().station.runId),
    colleagues,
    log,
  });
}

/** What the station's own screen has of the lab. */
function onScreen(directory: LabDirectory | null): Pick<BootedStation, 'directory' | 'forwarder'> {
  return { directory: directory?.desk ?? null, forwarder: directory?.forwarder ?? null };
}
