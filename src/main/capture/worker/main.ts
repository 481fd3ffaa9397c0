import type { Source } from '../../../shared/source.ts';
import type { SourceFault } from '../../../shared/state.ts';
import type { EngineChoice, FromCapture, ToCapture } from '../protocol.ts';
import { chooseEngine } from './choose-engine.ts';
import type { EngineParts } from './engine.ts';
import { makeOutbox } from './outbox.ts';
import { Pipeline } from './pipeline.ts';
import { openProgram } from './program.ts';
import type { Reader, ReaderNotices } from './reader.ts';
import { openSimulated } from './simulated/open.ts';
import { openStationChannel } from './station-channel.ts';

/** The station kills a Capture after two seconds; this one ends by itself before, whatever hangs. */
const longestStopMs = 1_500;

interface Running {
  readonly pipeline: Pipeline;
  readonly reader: Reader;
}

/** Resolves when the Source is being opened; null where that can't be. */
let running: Promise<Running | null> = Promise.resolve(null);
let isStopping = false;

const post = openStationChannel(receive, stop);
const outbox = makeOutbox(post, (renditionId) => receive({ kind: 'keyframe', renditionId }));

process.on('SIGTERM', stop);
// Ctrl-C at a terminal reaches this process too; it is the station that decides what ends when.
process.on('SIGINT', () => undefined);

function receive(message: ToCapture): void {
  if (message.kind === 'start') running = start(message.source, message.engine);
  else if (message.kind === 'stop') stop();
  // Each waits for the engine, and so all stay in their order.
  else if (message.kind === 'decode') void running.then((parts) => parts?.reader.take?.(message.frame));
  else void running.then((parts) => parts && obey(parts.pipeline, message));
}

function obey(pipeline: Pipeline, message: Exclude<ToCapture, { kind: 'start' | 'stop' | 'decode' }>): void {
  switch (message.kind) {
    case 'openRendition':
      return pipeline.openRendition(message.spec);
    case 'adjustRendition':
      return pipeline.adjustRendition(message.spec);
    case 'closeRendition':
      return pipeline.closeRendition(message.id);
    case 'keyframe':
      return pipeline.requestKeyframe(message.renditionId);
  }
}

async function start(source: Source, choice: EngineChoice): Promise<Running | null> {
  const chosen = await chooseEngine(choice);
  if ('fault' in chosen) {
    fail(chosen.fault);
    return null;
  }
  const pipeline = new Pipeline(chosen.engine, send);
  const reader = openReader(source, chosen.engine, {
    opened: (info) => pipeline.opened(info),
    picture: (picture) => {
      if (!isStopping) pipeline.picture(picture);
    },
    ended: fail,
  });
  return { pipeline, reader };
}

function openReader(source: Source, engine: EngineParts, notices: ReaderNotices): Reader {
  switch (source.kind) {
    case 'simulated':
      return openSimulated(source.detector, notices);
    case 'program':
      return openProgram(source.command, notices);
    case 'camera':
    case 'url':
    case 'file':
      return engine.openReader(source, notices);
    case 'published':
      return openPublished(engine, notices);
    case 'station':
      // Its pictures come to the station, which has them decoded as a `published` one.
      throw new Error('The station watches other stations itself.');
  }
}

function openPublished(engine: EngineParts, notices: ReaderNotices): Reader {
  if (engine.openDecoder) return engine.openDecoder(notices);
  const detail = 'What is published can be decoded by the native engine only. It is passed on all the same.';
  queueMicrotask(() => notices.ended({ reason: 'no_engine', detail }));
  return { close: () => Promise.resolve() };
}

function send(message: FromCapture): void {
  if (isStopping) return;
  outbox.send(message);
  if (message.kind === 'failed') stop();
}

function fail(fault: SourceFault): void {
  send({ kind: 'failed', fault });
}

/** Lets go of the Source and ends the process. */
function stop(): void {
  if (isStopping) return;
  isStopping = true;
  setTimeout(() => process.exit(0), longestStopMs).unref();
  void close().finally(() => process.exit(0));
}

async function close(): Promise<void> {
  const parts = await running;
  await Promise.all([parts?.reader.close(), parts?.pipeline.close(), outbox.drained()]);
}
