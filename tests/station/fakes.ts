import pino from 'pino';
import { StationError } from '../../src/shared/errors.ts';
import { backoff } from '../../src/shared/retry.ts';
import { streamConfigSchema, type Source, type StreamConfig } from '../../src/shared/source.ts';
import type { StreamState } from '../../src/shared/state.ts';
import { FakeCapture } from './fake-capture.ts';
import { acceptInto, type FakePublisher } from './fake-publisher.ts';
import { FakeOffer, FakeViewer } from './fake-viewer.ts';
import type { Seats } from '../../src/main/station/seats.ts';
import { Station, type StationParts } from '../../src/main/station/station.ts';
import * as v from 'valibot';

export function streamConfig(config: Partial<v.InferInput<typeof streamConfigSchema>> = {}): StreamConfig {
  const source: Source = { kind: 'simulated', detector: 'clock' };
  return v.parse(streamConfigSchema, { id: 'one', name: 'One', source, ...config });
}

export interface World {
  readonly station: Station;
  /** In the order of their starts. */
  readonly captures: FakeCapture[];
  readonly viewers: FakeViewer[];
  /** In the order in which the station made them. */
  readonly offers: FakeOffer[];
  /** In the order in which they came. */
  readonly publishers: FakePublisher[];
  readonly logLines: { readonly level: number; readonly msg: string }[];
  /** The newest Capture. */
  readonly capture: () => FakeCapture;
  readonly stream: (id?: string) => StreamState;
  /** A Viewer that is connected, unless the offer says otherwise. */
  readonly join: (streamId?: string, offer?: string) => Promise<FakeViewer>;
}

/** A station on fake Captures and Viewers. An offer is `h264` or `vp8`, the name of the codec; anything else is refused. */
export function openStation(changes: Partial<StationParts> = {}, seats?: Seats): World {
  const captures: FakeCapture[] = [];
  const viewers: FakeViewer[] = [];
  const offers: FakeOffer[] = [];
  const publishers: FakePublisher[] = [];
  const logLines: World['logLines'] = [];
  const parts: StationParts = {
    name: 'Lab',
    version: '1.2.3',
    notices: [],
    streams: [streamConfig()],
    startCapture: (source, notices) => {
      const capture = new FakeCapture(source, notices);
      captures.push(capture);
      return capture;
    },
    watchStation: () => {
      throw new Error('No test here watches another station.');
    },
    acceptViewer: (offer, _reach, notices) => {
      if (offer !== 'h264' && offer !== 'vp8') return Promise.reject(StationError.badOffer('it is a test'));
      const viewer = new FakeViewer(offer, notices);
      viewers.push(viewer);
      return Promise.resolve({ viewer, answerSdp: 'answer' });
    },
    offerViewer: (_iceServers, _reach, notices) => {
      const offer = new FakeOffer(notices);
      offers.push(offer);
      return Promise.resolve(offer);
    },
    acceptPublisher: acceptInto(publishers),
    listCameras: () => Promise.resolve([]),
    captureRetry: () => backoff({ stepsMs: [500, 1_000, 2_000, 5_000, 10_000], jitterShare: 0 }),
    iceServers: () => [],
    maxViewers: 16,
    logger: pino({ base: null }, { write: (line: string) => void logLines.push(JSON.parse(line) as never) }),
    ...changes,
  };
  const station = new Station(parts, seats);
  return {
    station,
    captures,
    viewers,
    offers,
    publishers,
    logLines,
    capture: () => last(captures),
    stream: (id = 'one') => {
      const found = station.state().streams.find((stream) => stream.id === id);
      if (!found) throw new Error(`no stream ${id}`);
      return found;
    },
    join: async (streamId, offer = 'h264') => {
      const { viewerId } = await station.watch(streamId, offer);
      const viewer = viewers.find(({ id }) => id === viewerId);
      if (!viewer) throw new Error('the station names a viewer that was never made');
      viewer.connect();
      return viewer;
    },
  };
}

function last<T>(list: readonly T[]): T {
  const item = list.at(-1);
  if (item === undefined) throw new Error('there is none yet');
  return item;
}
