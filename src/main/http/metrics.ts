import type { StationApi } from '../../shared/api.ts';
import type { RenditionState, StationState, StreamState, StreamStatus, ViewerState } from '../../shared/state.ts';
import { exposition, expositionType, type Family } from './exposition.ts';
import { handler, media, type Handler } from './handler.ts';

/** The handler of the URL that Prometheus reads. */
export function metricsHandler(station: StationApi): Handler {
  const about = { summary: 'Tells the figures of station, streams and viewers.', answers: media('text/plain') };
  return handler(about, (_request, reply): string => {
    reply.header('content-type', expositionType);
    return exposition(familiesOf(station.state()));
  });
}

/** A name, perhaps without its prefix, what it means, and the number itself; null where it is not known. */
type Row<T> = readonly [name: string, help: string, value: (of: T) => number | null];

const ofStation: readonly Row<StationState>[] = [
  [
    'eyepiece_station_uptime_seconds',
    'Time since the station started.',
    ({ timeMs, station }) => seconds(timeMs - station.startedAtMs),
  ],
  // These two have the names that dashboards for Node.js know.
  [
    'process_resident_memory_bytes',
    'Resident memory of the station without its captures.',
    ({ station }) => station.load.memoryBytes,
  ],
  [
    'nodejs_eventloop_lag_p99_seconds',
    'How late the station comes to its work, 99th percentile.',
    ({ station }) => seconds(station.load.eventLoopLagMs),
  ],
];

const ofStream: readonly Row<StreamState>[] = [
  ['frames_per_second', 'Pictures that arrive from the source.', ({ fps }) => fps],
  ['viewers', 'Viewers that are connected or connecting.', ({ viewers }) => viewers],
  ['starts_total', 'How often the capture was started.', ({ starts }) => starts],
  ['skipped_frames_total', 'Pictures that viewers missed because they were behind.', (of) => of.skippedFrames],
  [
    'saturated_ratio',
    'Share of samples at full scale in the last reading.',
    (of) => of.reading?.fullScaleShare ?? null,
  ],
  ['frozen', 'Whether the detector gives the same picture again and again.', (of) => Number(of.frozenSinceMs !== null)],
];

const ofRendition: readonly Row<RenditionState>[] = [
  ['bytes_per_second', 'What one encoding of a stream sends to each of its viewers.', (of) => bytes(of.kbitPerS)],
  ['max_bytes_per_second', 'What its encoder may use at most.', (of) => bytes(of.maxKbitPerS)],
  ['viewers', 'Viewers that are sent it.', ({ viewers }) => viewers],
];

/** All viewers of a stream together, or the worst of them; never one by one, because their ids come and go. */
const ofViewers: readonly Row<readonly ViewerState[]>[] = [
  ['connected', 'Viewers that can be sent pictures.', sum(({ isConnected }) => Number(isConnected))],
  ['relayed', 'Viewers that are reached over a TURN server.', sum(({ path }) => Number(path === 'relayed'))],
  ['sent_bytes_per_second', 'Sent to all viewers.', sum(({ kbitPerS }) => bytes(kbitPerS))],
  ['small', 'Viewers that are sent the video smaller than it is.', sum(({ scale }) => Number(scale > 1))],
  ['backlog_bytes', 'Waiting to be sent to all viewers.', sum(({ backlogBytes }) => backlogBytes)],
  ['resent_packets', 'Packets that the viewers now there were sent again.', sum(({ resentPackets }) => resentPackets)],
  ['keyframe_requests', 'Keyframes that the viewers now there asked for.', sum((viewer) => viewer.keyframeRequests)],
  ['max_backlog_bytes', 'Waiting to be sent to the worst viewer.', worst(({ backlogBytes }) => backlogBytes)],
  ['max_round_trip_seconds', 'To the worst viewer and back.', worst(({ roundTripMs }) => seconds(roundTripMs))],
  ['max_jitter_seconds', 'At the worst viewer.', worst(({ jitterMs }) => seconds(jitterMs))],
  ['max_loss_ratio', 'Share of packets lost on the way to the worst viewer.', worst(({ lossShare }) => lossShare)],
  [
    'min_available_bytes_per_second',
    'What the link of the worst viewer could carry, as its browser estimates.',
    least(({ availableKbitPerS }) => bytes(availableKbitPerS)),
  ],
  [
    'picture_backlog_bytes',
    'Waiting to be sent to all viewers as whole pictures.',
    sum(({ pictures }) => pictures?.bufferedBytes ?? 0),
  ],
  [
    'skipped_pictures',
    'Whole pictures that the viewers now there missed because they were behind.',
    sum(({ pictures }) => pictures?.skippedPictures ?? 0),
  ],
];

const statusKinds: readonly StreamStatus['kind'][] = ['idle', 'starting', 'live', 'offline'];

/** The numbers of a state under Prometheus' conventions: seconds, bytes, and shares of one. */
function familiesOf(state: StationState): readonly Family[] {
  const { station, streams, viewers } = state;
  const { name, version } = station;
  return [
    { name: 'eyepiece_station_info', help: 'The station.', samples: [{ labels: { name, version }, value: 1 }] },
    ...ofStation.map(([row, help, value]) => ({ name: row, help, samples: [{ value: value(state) }] })),
    ...descriptionsOf(streams),
    ...ofStream.map(([row, help, value]) => ({
      name: `eyepiece_stream_${row}`,
      help,
      samples: streams.map((stream) => ({ labels: { stream: stream.id }, value: value(stream) })),
    })),
    ...ofViewers.map(([row, help, value]) => ({
      name: `eyepiece_viewers_${row}`,
      help,
      samples: streams.map(({ id }) => ({
        labels: { stream: id },
        value: value(viewers.filter(({ streamId }) => streamId === id)),
      })),
    })),
  ];
}

/** What has more labels than the stream's id. */
function descriptionsOf(streams: readonly StreamState[]): readonly Family[] {
  return [
    {
      name: 'eyepiece_stream_info',
      help: 'The streams of the station.',
      samples: streams.map(({ id, name, sourceKind }) => ({
        labels: { stream: id, name, source_kind: sourceKind },
        value: 1,
      })),
    },
    {
      name: 'eyepiece_stream_state',
      help: 'What the source is doing: 1 for the state that it is in.',
      samples: streams.flatMap(({ id, status }) =>
        statusKinds.map((kind) => ({ labels: { stream: id, state: kind }, value: Number(kind === status.kind) })),
      ),
    },
    ...ofRendition.map(([name, help, value]) => ({
      name: `eyepiece_rendition_${name}`,
      help,
      samples: streams.flatMap(({ id, renditions }) =>
        renditions.map((rendition) => ({
          labels: { stream: id, codec: rendition.codec, scale: String(rendition.scale) },
          value: value(rendition),
        })),
      ),
    })),
  ];
}

function sum(of: (viewer: ViewerState) => number) {
  return (viewers: readonly ViewerState[]): number => viewers.reduce((total, viewer) => total + of(viewer), 0);
}

function worst(of: (viewer: ViewerState) => number | null) {
  return extreme(of, Math.max);
}

function least(of: (viewer: ViewerState) => number | null) {
  return extreme(of, Math.min);
}

/** Of those where it is known; null where it is not known of anybody. */
function extreme(of: (viewer: ViewerState) => number | null, choose: (...values: number[]) => number) {
  return (viewers: readonly ViewerState[]): number | null => {
    const known = viewers.map(of).filter((value) => value !== null);
    return known.length === 0 ? null : choose(...known);
  };
}

function seconds(timeMs: number | null): number | null {
  return timeMs === null ? null : timeMs / 1_000;
}

function bytes(kbit: number): number;
function bytes(kbit: number | null): number | null;
function bytes(kbit: number | null): number | null {
  return kbit === null ? null : (kbit * 1_000) / 8;
}
