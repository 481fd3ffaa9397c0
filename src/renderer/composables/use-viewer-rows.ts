import { computed, type ComputedRef } from 'vue';
import type { StreamState, ViewerState } from '../../shared/state.ts';
import { thresholds } from '../station/thresholds.ts';
import { judge, type Verdict } from '../station/verdicts.ts';
import { useStation } from '../stores/station.ts';
import { useTelemetries } from '../stores/telemetry.ts';
import { useMeasures } from './use-measures.ts';
import { unknownNumber, useWords } from './use-words.ts';
import type { Words } from '../locales/en.ts';

/** The columns of the table, from left to right. */
export const viewerColumns = [
  'stream',
  'size',
  'codec',
  'path',
  'kbitPerS',
  'roundTrip',
  'loss',
  'backlog',
  'skipped',
  'keepalive',
  'connected',
] as const satisfies readonly (keyof Words['viewers']['column'])[];
export type ViewerColumn = (typeof viewerColumns)[number];

export interface ViewerCell {
  readonly column: ViewerColumn;
  readonly text: string;
  readonly verdict: Verdict | null;
}

/** One Viewer of the station. */
export interface ViewerRow {
  readonly id: string;
  /** One of this screen's Tiles. */
  readonly isOwn: boolean;
  readonly cells: readonly ViewerCell[];
}

const codecNames = { h264: 'H264', vp8: 'VP8' } as const;

/** All Viewers of the station, Stream by Stream, as the table says them. */
export function useViewerRows(): ComputedRef<readonly ViewerRow[]> {
  const station = useStation();
  const telemetries = useTelemetries();
  const { word, wholeDuration } = useWords();
  const { milliseconds, share, bitrate, bytes, count } = useMeasures();

  function sizeOf({ scale }: ViewerState, stream: StreamState | undefined): string {
    const detector = stream?.detector;
    if (!detector) return unknownNumber;
    const [width, height] = [Math.floor(detector.widthPx / scale), Math.floor(detector.heightPx / scale)];
    return word('telemetry.sizePx', { width, height });
  }

  function textOf(column: ViewerColumn, viewer: ViewerState, stream: StreamState | undefined): string {
    switch (column) {
      case 'stream':
        return stream?.name ?? viewer.streamId;
      case 'size':
        return sizeOf(viewer, stream);
      case 'codec':
        return codecNames[viewer.codec];
      case 'path':
        return viewer.path ? word(`viewers.path.${viewer.path}`) : unknownNumber;
      case 'kbitPerS':
        return bitrate(viewer.kbitPerS);
      case 'roundTrip':
        return milliseconds(viewer.roundTripMs);
      case 'loss':
        return share(viewer.lossShare);
      case 'backlog':
        return bytes(viewer.backlogBytes);
      case 'skipped':
        return count(viewer.skippedFrames);
      case 'keepalive':
        return milliseconds(viewer.keepalive?.ageMs ?? null);
      case 'connected':
        return viewer.connectedForMs === null ? word('viewers.connecting') : wholeDuration(viewer.connectedForMs);
    }
  }

  return computed(() =>
    (station.state?.viewers ?? []).map((viewer) => {
      const stream = station.streams.find(({ id }) => id === viewer.streamId);
      const cells = viewerColumns.map((column) => ({
        column,
        text: textOf(column, viewer, stream),
        verdict: verdictOf(column, viewer),
      }));
      return { id: viewer.id, isOwn: telemetries.isOwn(viewer), cells };
    }),
  );
}

/** The same edges as for this screen's own sessions. A Player may ping more seldom than ours, and is not judged for that. */
function verdictOf(column: ViewerColumn, viewer: ViewerState): Verdict | null {
  switch (column) {
    case 'roundTrip':
      return judge(viewer.roundTripMs, thresholds.roundTripMs);
    case 'loss':
      return judge(viewer.lossShare, thresholds.lossShare);
    case 'backlog':
      return judge(viewer.backlogBytes, thresholds.backlogBytes);
    default:
      return null;
  }
}
