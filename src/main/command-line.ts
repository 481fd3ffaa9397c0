import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { userNameSchema } from '../shared/access.ts';
import {
  simulatedDetectors,
  sourceSchema,
  sourceUrlSchemes,
  type Source,
  type StreamConfig,
} from '../shared/source.ts';
import {
  defaultDataDir,
  defaultStreams,
  loopbackHosts,
  loopbackOnly,
  maxPort,
  allAddresses,
  simulatedStream,
  type LoopbackHost,
  type AllAddresses,
} from './config.ts';

/** What the command line and the environment ask for. What is left out here is decided by the configuration file. */
export interface RunOptions {
  readonly host?: LoopbackHost;
  readonly port?: number;
  /** Opens the network's door at the start. @property host All addresses, of both families where it is left out. */
  readonly share?: { readonly host?: AllAddresses };
  /** Shown instead of the configured Streams. */
  readonly streams?: readonly StreamConfig[];
  /** Where Eyepiece keeps its files. */
  readonly dataDir: string;
  readonly configFile: string;
  readonly isVerbose: boolean;
}

export type CommandLine =
  | { readonly kind: 'run'; readonly options: RunOptions }
  /** Nothing is started; the program ends when the user is written down. */
  | { readonly kind: 'add_admin'; readonly name: string; readonly dataDir: string }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' };

/** A flag or value that makes no sense; the message is one line that names it and the allowed values. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const flags = {
  help: { type: 'boolean', short: 'h', value: '', about: 'print this and exit' },
  host: {
    type: 'string',
    value: 'ADDRESS',
    about: `where to listen: ${loopbackHosts.join(', ')} (default 127.0.0.1); with --share ${allAddresses.join(', ')}`,
  },
  port: { type: 'string', value: 'N', about: `0 to ${maxPort}; 0 takes any free port (default 8080)` },
  share: { type: 'boolean', value: '', about: 'open the door for the network, for users and programs, from the start' },
  'add-admin': { type: 'string', value: 'NAME', about: 'write down a user who may do everything, and exit' },
  camera: { type: 'string', multiple: true, value: 'N', about: 'show this camera, 0 is the first; may be repeated' },
  source: {
    type: 'string',
    multiple: true,
    value: 'URL',
    about: `show this source: ${sourceUrlSchemes[0]}://… or another address, a file, simulated:NAME; may be repeated`,
  },
  config: { type: 'string', value: 'FILE', about: 'configuration file (default DIR/station.json)' },
  'data-dir': { type: 'string', value: 'DIR', about: `where Eyepiece keeps its files (default ${defaultDataDir()})` },
  verbose: { type: 'boolean', value: '', about: 'log more' },
  version: { type: 'boolean', value: '', about: 'print the version and exit' },
} as const;
type Flag = keyof typeof flags;

export const helpText = `Usage: eyepiece [flags]

Shows live pictures of lab instruments at http://127.0.0.1:8080/ and to WebRTC (WHEP) players.
Without a configuration file it shows simulated detectors (${defaultStreams()
  .map(({ id }) => id)
  .join(', ')}).

${(Object.keys(flags) as Flag[]).map(helpLine).join('\n')}

--add-admin asks for the password, or reads it from standard input.
--camera and --source replace the configured streams. Each flag has a twin in the environment, such as
EYEPIECE_PORT or EYEPIECE_DATA_DIR; a flag wins over its twin, and both win over the configuration file.
`;

function helpLine(name: Flag): string {
  return `  ${`--${name} ${flags[name].value}`.padEnd(17)} ${flags[name].about}`;
}

/**
 * Reads the flags and their environment twins.
 * @throws UsageError
 */
export function parseCommandLine(args: readonly string[], env: NodeJS.ProcessEnv): CommandLine {
  const given = readFlags(args);
  if (given.has('help')) return { kind: 'help' };
  if (given.has('version')) return { kind: 'version' };

  const streams = readStreams(given, env);
  const isShared = given.has('share') || (readOne('share', new Map(), env, parseSwitch) ?? false);
  const host = readOne('host', given, env, isShared ? parseAnyHost : parseHost);
  const port = readOne('port', given, env, parsePort);
  const dataDir = resolve(readOne('data-dir', given, env, parsePath) ?? defaultDataDir(env));
  const admin = given.get('add-admin')?.at(-1);
  if (admin !== undefined) return { kind: 'add_admin', name: parseUserName(admin), dataDir };
  const config = readOne('config', given, env, parseFile);
  return {
    kind: 'run',
    options: {
      ...(isLoopback(host) && { host }),
      ...(isShared && { share: host === undefined || isLoopback(host) ? {} : { host } }),
      ...(port !== undefined && { port }),
      ...(streams.length > 0 && { streams }),
      dataDir,
      configFile: resolve(config ?? join(dataDir, 'station.json')),
      isVerbose: given.has('verbose') || (readOne('verbose', new Map(), env, parseSwitch) ?? false),
    },
  };
}

/** Every given flag with its values; node's own strict mode words its errors for programmers, over several lines. */
function readFlags(args: readonly string[]): Map<Flag, string[]> {
  const { tokens } = parseArgs({
    args: [...args],
    options: flags,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<Flag, string[]>();
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') throw new UsageError(`${quoted(token.value)} is not a flag; ${knownFlags}`);
    if (!Object.hasOwn(flags, token.name)) throw new UsageError(`unknown flag ${quoted(token.rawName)}; ${knownFlags}`);
    const name = token.name as Flag;
    const { type, value } = flags[name];
    if (type === 'boolean' && token.value !== undefined) throw new UsageError(`--${name} takes no value`);
    if (type === 'string' && (token.value === undefined || (!token.inlineValue && token.value.startsWith('--')))) {
      throw new UsageError(`--${name} needs a value: --${name} ${value}, ${flags[name].about}`);
    }
    given.set(name, [...(given.get(name) ?? []), token.value ?? '']);
  }
  return given;
}

const knownFlags = `the flags are ${Object.keys(flags)
  .map((name) => `--${name}`)
  .join(', ')}`;

/** The last value of a flag, else its twin's, read and checked. The parser says what it would have allowed. */
function readOne<T>(
  name: Flag,
  given: ReadonlyMap<Flag, readonly string[]>,
  env: NodeJS.ProcessEnv,
  parse: (value: string, label: string) => T,
): T | undefined {
  const flagged = given.get(name)?.at(-1);
  if (flagged !== undefined) return parse(flagged, `--${name}`);
  const twin = twinOf(name);
  const value = env[twin];
  return value ? parse(value, twin) : undefined;
}

function twinOf(name: Flag): string {
  return `EYEPIECE_${name.toUpperCase().replaceAll('-', '_')}`;
}

function readStreams(given: ReadonlyMap<Flag, readonly string[]>, env: NodeJS.ProcessEnv): StreamConfig[] {
  const cameras = (given.get('camera') ?? []).map((value) => parseCamera(value, '--camera'));
  const sources = (given.get('source') ?? []).map((value) => parseSource(value, '--source'));
  const streams = [...cameras, ...sources];
  if (streams.length === 0) {
    const camera = readOne('camera', given, env, parseCamera);
    const source = readOne('source', given, env, parseSource);
    streams.push(...[camera, source].filter((stream) => stream !== undefined));
  }
  return withUniqueIds(streams);
}

function parseHost(value: string, label: string): LoopbackHost {
  const host = loopbackHosts.find((allowed) => allowed === value);
  if (!host) throw new UsageError(`${label} ${quoted(value)}: ${loopbackOnly}`);
  return host;
}

function parseAnyHost(value: string, label: string): LoopbackHost | AllAddresses {
  const hosts = [...loopbackHosts, ...allAddresses];
  const host = hosts.find((allowed) => allowed === value);
  if (!host) throw new UsageError(`${label} ${quoted(value)}: allowed are ${hosts.join(', ')}`);
  return host;
}

function isLoopback(host: LoopbackHost | AllAddresses | undefined): host is LoopbackHost {
  return loopbackHosts.some((allowed) => allowed === host);
}

function parseUserName(value: string): string {
  const { success, output, issues } = v.safeParse(userNameSchema, value);
  if (!success) throw new UsageError(`--add-admin ${quoted(value)} ${issues[0].message}`);
  return output;
}

function parsePort(value: string, label: string): number {
  return wholeNumber(value, label, maxPort);
}

function parsePath(value: string, label: string): string {
  if (value === '' || value.includes('\0')) throw new UsageError(`${label} ${quoted(value)} must be a path`);
  return value;
}

function parseFile(value: string, label: string): string {
  if (!existsSync(parsePath(value, label))) throw new UsageError(`${label} ${quoted(value)}: there is no such file`);
  return value;
}

function parseSwitch(value: string, label: string): boolean {
  if (['1', 'true'].includes(value)) return true;
  if (['0', 'false'].includes(value)) return false;
  throw new UsageError(`${label} ${quoted(value)} must be 1, true, 0 or false`);
}

function parseCamera(value: string, label: string): StreamConfig {
  const device = wholeNumber(value, label, 63);
  return { id: `camera-${device}`, name: `Camera ${device}`, source: { kind: 'camera', device }, quality: 'standard' };
}

function parseSource(value: string, label: string): StreamConfig {
  const detector = simulatedDetectors.find((name) => value === `simulated:${name}`);
  if (detector) return simulatedStream(detector);
  const stream = (name: string, source: Source): StreamConfig => ({
    id: source.kind,
    name: name.slice(0, 80),
    source,
    quality: 'standard',
  });
  const url = { kind: 'url', url: value } as const;
  // The host alone makes the name: the rest of an address may hold a password.
  if (v.is(sourceSchema, url) && URL.canParse(value)) return stream(new URL(value).host, url);
  if (isFile(value)) return stream(basename(value), { kind: 'file', path: resolve(value) });
  throw new UsageError(
    `${label} ${quoted(withoutPassword(value))} must be an address (${sourceUrlSchemes.join('://, ')}://), ` +
      `a file that is there, or ${simulatedDetectors.map((name) => `simulated:${name}`).join(', ')}`,
  );
}

function isFile(path: string): boolean {
  return !path.includes('\0') && (statSync(path, { throwIfNoEntry: false })?.isFile() ?? false);
}

function wholeNumber(value: string, label: string, max: number): number {
  if (!/^\d{1,6}$/.test(value) || Number(value) > max) {
    throw new UsageError(`${label} ${quoted(value)} must be a whole number from 0 to ${max}`);
  }
  return Number(value);
}

/** The second Stream with the id `camera-0` becomes `camera-0-2`, and so on. */
function withUniqueIds(streams: readonly StreamConfig[]): StreamConfig[] {
  const taken = new Set<string>();
  return streams.map((stream) => {
    let id = stream.id;
    for (let copy = 2; taken.has(id); copy++) id = `${stream.id}-${copy}`;
    taken.add(id);
    return { ...stream, id };
  });
}

function withoutPassword(value: string): string {
  // A password may hold any character, where it was typed without percent signs; the host comes after the last @.
  return value.replace(/\/\/.*@/, '//…@');
}

// JSON keeps the message on one line, whatever was typed.
function quoted(value: string): string {
  return JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value);
}
