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

/**
 * What both entries do alike: reads the command line and the configuration, and boots the station.
 * Exit codes: 2 for a flag, value or file that makes no sense, 1 where the station can't start.
 */
export async function launch(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  shell: ShellParts = {},
): Promise<BootedStation | Exit> {
  let commandLine: CommandLine;
  try {
    commandLine = parseCommandLine(args, env);
  } catch (error) {
    if (error instanceof UsageError) return complain(2, error.message);
    throw error;
  }
  if (commandLine.kind === 'help') return { exitCode: 0, output: helpText, complaint: '' };
  if (commandLine.kind === 'version') return { exitCode: 0, output: `${version()}\n`, complaint: '' };

  const { options } = commandLine;
  const log = createLog({ isVerbose: options.isVerbose });
  const { config, notices } = withOptions(await loadConfig(options.configFile), options);
  for (const { detail } of notices) log.warn(detail);
  try {
    return await boot(config, notices, log, shell);
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
