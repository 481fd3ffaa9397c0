import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';

export interface LogOptions {
  /** Also the `debug` lines. */
  readonly isVerbose: boolean;
}

/**
 * The root of all loggers. Everything goes to standard error, because standard output carries the ready line alone.
 * A person at a terminal gets readable lines; a service manager gets one JSON object a line.
 */
export function createLog({ isVerbose }: LogOptions): Logger {
  const level = isVerbose ? 'debug' : 'info';
  // Written at once and in this thread: the last lines before an exit are the ones that matter.
  const destination = process.stderr.isTTY
    ? pretty({ destination: 2, sync: true, colorize: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' })
    : pino.destination({ dest: 2, sync: true });
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}
