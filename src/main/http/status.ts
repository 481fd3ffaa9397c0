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
  /** All viewers of all streams. In snake case as `connection_id` of `/offer` is, for the programs that use the two. */
  readonly active_connections: number;
  readonly streams: readonly StatusOfStream[];
}

export function statusOf({ timeMs, station, streams }: StationState): Status {
  return {
    name: station.name,
    version: station.version,
    uptimeS: Math.max(0, Math.round((timeMs - station.startedAtMs) / 1_000)),
    active_connections: streams.reduce((sum, stream) => sum + stream.viewers, 0),
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
