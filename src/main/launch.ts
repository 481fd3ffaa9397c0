import type { Logger } from 'pino';
import { addAdmin } from './add-admin.ts';
import { boot, version, type BootedStation, type ShellParts } from './boot.ts';
import { helpText, parseCommandLine, UsageError, type CommandLine, type RunOptions } from './command-line.ts';
import { loadConfig, type LoadedConfig } from './config.ts';
import { createLog } from './log.ts';

/** A start that ends here: after `--help`, or with one line that says what was wrong. */
export interface Exit {
  readonly exitCode: number;
  /** For standard output. */
  readonly output: string;
  /** For standard error. */
  readonly complaint: string;
}

/** What a command line asks for that makes sense. It can be started again where the first try failed. */
export interface Launch {
  /** Where Eyepiece keeps its files. */
  readonly dataDir: string;
  readonly log: Logger;
  /** Reads the configuration and boots the station. Exit code 1 where it can't start. */
  start(shell?: ShellParts): Promise<BootedStation | Exit>;
}

/** A start that does one thing and ends, whether or not a station runs meanwhile. */
export interface Errand {
  run(): Promise<Exit>;
}

/** Reads the command line, for both entries alike. Exit code 2 for a flag or value that makes no sense. */
export function prepareLaunch(args: readonly string[], env: NodeJS.ProcessEnv): Launch | Errand | Exit {
  let commandLine: CommandLine;
  try {
    commandLine = parseCommandLine(args, env);
  } catch (error) {
    if (error instanceof UsageError) return complain(2, error.message);
    throw error;
  }
  if (commandLine.kind === 'help') return { exitCode: 0, output: helpText, complaint: '' };
  if (commandLine.kind === 'version') return { exitCode: 0, output: `${version()}\n`, complaint: '' };
  if (commandLine.kind === 'add_admin') return { run: () => runAddAdmin(commandLine) };

  const { options } = commandLine;
  const log = createLog({ isVerbose: options.isVerbose });
  return { dataDir: options.dataDir, log, start: (shell) => start(options, log, shell) };
}

async function start(options: RunOptions, log: Logger, shell?: ShellParts): Promise<BootedStation | Exit> {
  const { dataDir, configFile, streams, share } = options;
  const { config, notices } = withOptions(await loadConfig(configFile), options);
  for (const { detail } of notices) log.warn(detail);
  try {
    const fixedBy = streams ? 'command_line' : null;
    return await boot({ config, notices, dataDir, configFile, fixedBy, ...(share && { share }) }, log, shell);
  } catch (error) {
    const { host, port } = config.http;
    if (codeOf(error) === 'EADDRINUSE') {
      return complain(1, `port ${port} of ${host} is taken by another program; choose another with --port`);
    }
    if (codeOf(error) === 'EACCES') {
      return complain(1, `port ${port} of ${host} may not be used by this user; choose one from 1024 up with --port`);
    }
    log.fatal({ err: error }, 'The station could not start.');
    return complain(1, 'the station could not start; the log says why');
  }
}

async function runAddAdmin({ name, dataDir }: { readonly name: string; readonly dataDir: string }): Promise<Exit> {
  const refusal = await addAdmin(name, dataDir, { input: process.stdin, output: process.stderr });
  if (refusal !== null) return complain(1, refusal);
  return { exitCode: 0, output: `${name} may sign in now.\n`, complaint: '' };
}

/** Flags and environment win over the file. */
function withOptions({ config, notices }: LoadedConfig, { host, port, streams }: RunOptions): LoadedConfig {
  const http = { ...config.http, ...(host !== undefined && { host }), ...(port !== undefined && { port }) };
  return { config: { ...config, http, streams: streams ?? config.streams }, notices };
}

function complain(exitCode: number, sentence: string): Exit {
  return { exitCode, output: '', complaint: `eyepiece: ${sentence}\n` };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
