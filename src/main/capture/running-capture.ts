import { createInterface } from 'node:readline';
import type { Logger } from 'pino';
import type { Source } from '../../shared/source.ts';
import type { SourceFault } from '../../shared/state.ts';
import type { Capture, CaptureNotices } from '../station/ports.ts';
import type { CaptureProcess, CaptureProcessNotices } from './process.ts';
import type { EngineChoice, FromCapture } from './protocol.ts';

/** How long a Capture that was asked to end, or said that it will, has time for it. */
const patienceMs = 2_000;
/** So many of its last lines are kept to tell why it crashed. */
const keptLines = 200;
const longestLine = 500;

export interface CaptureParts {
  readonly source: Source;
  readonly engine: EngineChoice;
  readonly notices: CaptureNotices;
  readonly log: Logger;
}

/** One Capture over the process that `start` makes: passes messages up and down, and tells its end exactly once. */
export function runCapture(
  start: (notices: CaptureProcessNotices) => CaptureProcess,
  { source, engine, notices, log }: CaptureParts,
): Capture {
  const lastLines: string[] = [];
  /** Set once the end is decided; what still comes from the process after that is nobody's business. */
  let fault: SourceFault | undefined;
  let isClosing = false;
  let tellGone = (): void => undefined;
  const gone = new Promise<void>((resolve) => (tellGone = resolve));

  const child = start({ message: receive, exited });
  for (const stream of child.output) keepLines(stream, lastLines, log.child({ pid: child.pid }));
  child.postMessage({ kind: 'start', source, engine });

  function receive(message: FromCapture): void {
    if (fault) return;
    switch (message.kind) {
      case 'frame':
        return notices.frame(message.renditionId, message.frame);
      case 'reading':
        return notices.reading(message.reading);
      case 'detector':
        return notices.detector(message.info, message.canKeyframeOnDemand);
      case 'failed':
        // Told when the process has gone: only then can the Source be opened again.
        fault = message.fault;
        return killLater();
    }
  }

  function exited(how: string): void {
    if (!fault) log.warn({ pid: child.pid, lastLines: lastLines.slice(-20) }, `A Capture process ${how}.`);
    fault ??= { reason: 'crashed', detail: crashDetail(how, lastLines) };
    tellGone();
    notices.ended(fault);
  }

  function killLater(): void {
    const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    void gone.then(() => clearTimeout(timer));
  }

  function close(): Promise<void> {
    if (!isClosing) {
      isClosing = true;
      child.postMessage({ kind: 'stop' });
      // On Windows every signal kills at once, and the Source would not be let go of.
      if (process.platform !== 'win32') child.kill('SIGTERM');
      killLater();
      fault ??= { reason: 'ended', detail: 'The station has ended this Capture.' };
    }
    return gone;
  }

  return {
    // Electron knows it only when the process runs.
    get pid() {
      return child.pid;
    },
    openRendition: (spec) => child.postMessage({ kind: 'openRendition', spec }),
    adjustRendition: (spec) => child.postMessage({ kind: 'adjustRendition', spec }),
    closeRendition: (id) => child.postMessage({ kind: 'closeRendition', id }),
    decode: (frame) => child.postMessage({ kind: 'decode', frame }),
    requestKeyframe: (renditionId) => child.postMessage({ kind: 'keyframe', renditionId }),
    close,
  };
}

/** Reads a stream to its end, so that its writer never waits, and keeps what was written last. */
function keepLines(stream: NodeJS.ReadableStream, lastLines: string[], log: Logger): void {
  createInterface({ input: stream }).on('line', (line) => {
    const short = line.slice(0, longestLine);
    log.debug(short);
    lastLines.push(short);
    if (lastLines.length > keptLines) lastLines.shift();
  });
}

/** Node's last line is its version; what helps is the last line that names an error. */
function crashDetail(how: string, lines: readonly string[]): string {
  const said = lines.filter((line) => line.trim() !== '' && !line.startsWith('Node.js v'));
  const cause = said.findLast((line) => /\b\w*(?:error|fatal|assertion)\b/i.test(line)) ?? said.at(-1);
  return `The Capture process ${how}${cause === undefined ? '.' : `: ${cause.trim()}`}`;
}
