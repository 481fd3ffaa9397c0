import { readFile } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import * as v from 'valibot';
import { directoryConfigSchema, type DirectoryConfig } from '../shared/directory.ts';
import { maxTrusts, trustedDirectorySchema, type TrustedDirectory } from '../shared/joining.ts';
import { configuredIceServersSchema, type ConfiguredIceServer } from '../shared/ice-server.ts';
import { keepaliveBoundsMs } from '../shared/keepalive.ts';
import {
  maxStreams,
  simulatedDetectors,
  streamConfigSchema,
  streamNameSchema,
  type SimulatedDetector,
  type StreamConfig,
} from '../shared/source.ts';
import type { StationNotice } from '../shared/state.ts';
import type { TlsChoice } from './access/certificates.ts';
import type { EngineChoice } from './capture/protocol.ts';
import { describeProblem, parseConfigText } from './config-errors.ts';

/** The addresses that the station may listen on: nobody but this machine reaches them. */
export const loopbackHosts = ['127.0.0.1', '::1', 'localhost'] as const;
export type LoopbackHost = (typeof loopbackHosts)[number];

/** Why no other address is allowed. */
export const loopbackOnly =
  'sharing on the network is a step of its own, in the settings of the kiosk or by --share; ' +
  `allowed are ${loopbackHosts.join(', ')}`;

/** All addresses of the machine, IPv4 only or IPv6 too. */
export const allAddresses = ['0.0.0.0', '::'] as const;
export type AllAddresses = (typeof allAddresses)[number];

export const engineChoices = ['auto', 'native', 'ffmpeg'] as const satisfies readonly EngineChoice[];

export const maxPort = 65_535;

const simulatedNames: Record<SimulatedDetector, string> = {
  brightfield: 'Brightfield',
  fluorescence: 'Fluorescence',
  dim: 'Dim detector',
  flaky: 'Flaky camera',
  clock: 'Measuring clock',
};

/** The Stream of a simulated detector; its id is the detector's. */
export function simulatedStream(detector: SimulatedDetector): StreamConfig {
  return {
    id: detector,
    name: simulatedNames[detector],
    source: { kind: 'simulated', detector },
    quality: 'standard',
  };
}

/** What a station shows that nobody has configured. */
export function defaultStreams(): StreamConfig[] {
  return simulatedDetectors.filter((detector) => detector !== 'clock').map(simulatedStream);
}

const text = (maxLength: number) => v.pipe(v.string(), v.nonEmpty('must not be empty'), v.maxLength(maxLength));
const wholeNumber = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
const oneOf = <const T extends readonly string[]>(options: T) =>
  v.picklist(options, `must be one of ${options.join(', ')}`);

const origin = v.pipe(
  text(256),
  v.check((value) => URL.canParse(value) && new URL(value).origin === value, 'must look like https://lab.example.org'),
);

const streamsSchema = v.pipe(
  v.array(streamConfigSchema),
  v.maxLength(maxStreams),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const ids = dataset.value.map(({ id }) => id);
    const repeated = ids.findIndex((id, at) => ids.indexOf(id) < at);
    const stream = dataset.value[repeated];
    if (!stream) return;
    addIssue({
      message: 'is the id of another stream already',
      path: [
        { type: 'array', origin: 'value', input: dataset.value, key: repeated, value: stream },
        { type: 'object', origin: 'value', input: stream, key: 'id', value: stream.id },
      ],
    });
  }),
);

/** Media sockets take no port that needs rights of the system, and none that a browser's check would not be sent to. */
const minMediaPort = 1_024;
const mediaPort = wholeNumber(minMediaPort, maxPort);

const mediaSchema = v.strictObject({
  /** The first and the last UDP port for pictures; any free ones, unless told. Each Viewer takes one of them. */
  udpPorts: v.exactOptional(
    v.pipe(
      v.tuple([mediaPort, mediaPort], 'must be the first and the last port, such as [50000, 50199]'),
      v.check(([first, last]) => first <= last, 'must begin with the lower port'),
    ),
  ),
  /** The TCP port for Players that UDP does not reach (RFC 6544), the same for all; false for none, any free one unless told. */
  tcpPort: v.exactOptional(v.union([mediaPort, v.literal(false)], `must be a port from ${minMediaPort} up, or false`)),
  /**
   * Which of the machine's networks guests may be sent pictures on, as names (eth0) or addresses; all but those of containers and
   * virtual machines, unless told.
   */
  networks: v.exactOptional(v.pipe(v.array(text(64)), v.minLength(1, 'must name a network'), v.maxLength(16))),
});

/** The content of `station.json`. Every key may be left out; a key that is not known here is an error. */
export const stationConfigSchema = v.strictObject({
  /** What the station calls itself on every screen. The machine's name, unless told. */
  name: v.optional(streamNameSchema, () => hostname()),
  /** None where the station is a directory and nothing else, or waits for its first detector. */
  streams: v.optional(streamsSchema, defaultStreams),
  http: v.optional(
    v.strictObject({
      host: v.optional(v.picklist(loopbackHosts, loopbackOnly), '127.0.0.1'),
      /** 0 takes any free port. */
      port: v.optional(wholeNumber(0, maxPort), 8080),
      /** Where colleagues on the network come in while the station is shared; the one after `port`, unless told. */
      sharePort: v.exactOptional(wholeNumber(0, maxPort)),
      /**
       * How the network's door is encrypted: with a certificate that the station makes for itself, with one of your own (PEM, with those
       * in between), or not at all, which is for networks where nobody else can read or change what passes.
       */
      shareTls: v.optional(
        v.union(
          [v.picklist(['self-signed', 'off']), v.strictObject({ certFile: text(4_096), keyFile: text(4_096) })],
          'must be "self-signed", "off" or {"certFile": …, "keyFile": …}',
        ),
        'self-signed',
      ),
      /** Whether the station says on the network that it is there, while it is shared (`_eyepiece._tcp`, multicast DNS). */
      announce: v.optional(v.boolean(), true),
      /** Web pages of other origins that may call the station from a browser. */
      allowedOrigins: v.optional(v.pipe(v.array(origin), v.maxLength(64)), []),
    }),
    {},
  ),
  engine: v.optional(oneOf(engineChoices), 'auto'),
  /** Empty by default: the station then sends nothing to anybody but its viewers. */
  iceServers: v.optional(configuredIceServersSchema, []),
  /** Where pictures leave the machine. */
  media: v.optional(mediaSchema, {}),
  /** How long a Capture goes on after its last viewer. */
  lingerMs: v.optional(wholeNumber(0, 3_600_000), 10_000),
  /** Counted over all Streams: one page with four Tiles is four viewers. Guests can't have the last quarter (16 at most). */
  maxViewers: v.optional(wholeNumber(1, 1_000), 64),
  /** How often a Viewer's Player is asked whether it is still there, unless it wishes otherwise. */
  keepaliveMs: v.optional(wholeNumber(keepaliveBoundsMs.min, keepaliveBoundsMs.max), 5_000),
  /** Makes this station the lab's directory. */
  directory: v.exactOptional(directoryConfigSchema),
  /** The directories whose tickets let colleagues in at the network's door. */
  trusts: v.optional(
    v.pipe(
      v.array(v.strictObject({ ...trustedDirectorySchema.entries, url: origin })),
      v.maxLength(maxTrusts),
      v.check(
        (trusts) => new Set(trusts.map(({ publicKey }) => publicKey.x)).size === trusts.length,
        'must name each directory once',
      ),
    ),
    [],
  ),
  /** How much may wait to be sent to one Viewer before it misses pictures. */
  maxBacklogBytes: v.optional(wholeNumber(65_536, 1_073_741_824), 4_194_304),
});

export interface StationConfig {
  readonly name: string;
  readonly streams: readonly StreamConfig[];
  readonly http: {
    readonly host: LoopbackHost;
    readonly port: number;
    readonly sharePort?: number;
    readonly shareTls: TlsChoice;
    readonly announce: boolean;
    readonly allowedOrigins: readonly string[];
  };
  readonly engine: EngineChoice;
  readonly iceServers: readonly ConfiguredIceServer[];
  readonly media: {
    readonly udpPorts?: readonly [number, number];
    readonly tcpPort?: number | false;
    readonly networks?: readonly string[];
  };
  readonly lingerMs: number;
  readonly maxViewers: number;
  readonly keepaliveMs: number;
  readonly directory?: DirectoryConfig;
  readonly trusts: readonly TrustedDirectory[];
  readonly maxBacklogBytes: number;
}

export interface LoadedConfig {
  readonly config: StationConfig;
  /** What is wrong with the file; `config` is the default one then. */
  readonly notices: readonly StationNotice[];
}

/**
 * Reads the configuration file. A broken one never stops the station: it starts with the simulated detectors and says
 * what is wrong and where. Without a file the default configuration holds. Nothing is written here; that is done where
 * settings are changed.
 */
export async function loadConfig(file: string): Promise<LoadedConfig> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    if (isNoEntry(error)) return { config: defaultConfig(), notices: [] };
    return brokenConfig([
      `${basename(file)} cannot be read (${error instanceof Error ? error.message : String(error)})`,
    ]);
  }
  return parseConfig(file, content);
}

/** As loadConfig, for the content of the file. */
export function parseConfig(file: string, content: string): LoadedConfig {
  const checked = checkConfig(file, content);
  return 'problems' in checked ? brokenConfig(checked.problems) : { config: checked.config, notices: [] };
}

/** What the content of the file says, or one line for each thing that is wrong with it. */
export type CheckedConfig = { readonly config: StationConfig } | { readonly problems: readonly string[] };

/** Far more than 64 Streams with long comments. Reading more would hold the pictures up, since all is read in one go. */
const maxConfigChars = 1024 * 1024;

/** Reads and checks the content of the configuration file. */
export function checkConfig(file: string, content: string): CheckedConfig {
  if (content.length > maxConfigChars) return { problems: [`${basename(file)} is longer than 1,048,576 characters`] };
  // Windows editors like to begin a file with a byte order mark, which JSON does not know.
  const parsed = parseConfigText(stationConfigSchema, content.replace(/^\uFEFF/, ''));
  if ('problems' in parsed) {
    return { problems: parsed.problems.map((problem) => describeProblem(basename(file), problem)) };
  }
  const folder = dirname(resolve(file));
  const streams = parsed.value.streams.map((stream) => resolveStreamPaths(stream, folder));
  const { http } = parsed.value;
  return { config: { ...parsed.value, http: { ...http, shareTls: resolveTlsPaths(http.shareTls, folder) }, streams } };
}

/** What holds where nothing is configured. */
export function defaultConfig(): StationConfig {
  return v.parse(stationConfigSchema, {});
}

/** Where this user's Eyepiece keeps its files, as the operating system wants it. */
export function defaultDataDir(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  if (platform === 'win32') return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'eyepiece');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'eyepiece');
  const configHome = env['XDG_CONFIG_HOME'];
  // The XDG base directory specification: a relative path is invalid and has to be ignored.
  return join(configHome && isAbsolute(configHome) ? configHome : join(homedir(), '.config'), 'eyepiece');
}

function brokenConfig([first = '', ...rest]: readonly string[]): LoadedConfig {
  const more = rest.length > 0 ? ` (and ${rest.length} more)` : '';
  const detail = `${first}${more}. The simulated detectors are shown until that is mended.`;
  return { config: defaultConfig(), notices: [{ code: 'bad_configuration', detail }] };
}

/** File and program paths start at the configuration file's folder, so that the folder can be moved as one. */
function resolveStreamPaths(stream: StreamConfig, folder: string): StreamConfig {
  const { source } = stream;
  if (source.kind === 'file') return { ...stream, source: { kind: 'file', path: resolve(folder, source.path) } };
  if (source.kind !== 'program') return stream;
  const command = source.command.map((part, at) => (isPath(part, at === 0) ? resolve(folder, part) : part));
  return { ...stream, source: { kind: 'program', command } };
}

function resolveTlsPaths(choice: TlsChoice, folder: string): TlsChoice {
  if (typeof choice === 'string') return choice;
  return { certFile: resolve(folder, choice.certFile), keyFile: resolve(folder, choice.keyFile) };
}

// A bare program such as `python3` is looked up on the PATH, as everywhere else. Among the arguments, which may be
// anything, only those that are unmistakably relative paths count: `./detector.py`.
function isPath(part: string, isProgram: boolean): boolean {
  return isProgram ? /[/\\]/.test(part) : /^\.{1,2}[/\\]/.test(part);
}

function isNoEntry(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
