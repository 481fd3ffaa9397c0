import type { Engine, StationState, StreamState, StreamStatus, PictureCodec } from '../../shared/state.ts';

/** What `GET /status` says of one Stream; what is not known yet is null. */
interface StatusOfStream {
  readonly id: string;
  readonly name: string;
  readonly state: StreamStatus['kind'];
  readonly widthPx: number | null;
  readonly heightPx: number | null;
  readonly fps: number | null;
  /** Of the Renditions that somebody watches now. */
  readonly codecs: readonly PictureCodec[];
  readonly engine: Engine | null;
  readonly viewers: number;
}

/** What `GET /status` says: the flat summary for scripts and monitoring, where `/api/state` has everything. */
export interface Status {
  readonly name: string;
  readonly version: string;
  readonly uptimeS: number;
  /** This and the next three are what clients of robot camera servers read. */
  readonly status: 'running';
  /** All viewers of all streams. */
  readonly active_connections: number;
  /** Whether the first stream, which they watch, can be watched: false while its source is away. */
  readonly camera_stream: boolean;
  /** Of this door. */
  readonly port: number | null;
  readonly streams: readonly StatusOfStream[];
}

/** @param port Of the door that is asked. */
export function statusOf({ timeMs, station, streams }: StationState, port: number | null = null): Status {
  return {
    name: station.name,
    version: station.version,
    uptimeS: Math.max(0, Math.round((timeMs - station.startedAtMs) / 1_000)),
    status: 'running',
    active_connections: streams.reduce((sum, stream) => sum + stream.viewers, 0),
    camera_stream: streams[0] !== undefined && streams[0].status.kind !== 'offline',
    port,
    streams: streams.map(statusOfStream),
  };
}

function statusOfStream({ id, name, status, detector, fps, renditions, viewers }: StreamState): StatusOfStream {
  return {
    id,
    name,
    state: status.kind,
    widthPx: detector?.widthPx ?? null,
    heightPx: detector?.heightPx ?? null,
    fps: fps === null ? null : Math.round(fps * 10) / 10,
    codecs: [...new Set(renditions.map(({ codec }) => codec))],
    engine: detector?.engine ?? null,
    viewers,
  };
}
