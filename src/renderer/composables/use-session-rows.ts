import { computed, type ComputedRef } from 'vue';
import type { Numbers } from '../station/numbers.ts';
import type { SizePx } from '../station/stats-sample.ts';
import type { Series, Telemetry } from '../station/telemetry.ts';
import { thresholds, type Edges } from '../station/thresholds.ts';
import { cameraShare, type Aspect, type Verdict } from '../station/verdicts.ts';
import type { Words } from '../locales/en.ts';
import type { SparkPoint } from './sparkline-path.ts';
import { useMeasures } from './use-measures.ts';
import { useWords } from './use-words.ts';

/** One number with its last minute. */
export interface SessionRow {
  readonly name: keyof Words['telemetry']['number'];
  readonly value: string;
  /** Where the number comes from; empty where that goes without saying. */
  readonly basis: string;
  readonly verdict: Verdict | null;
  /** Null where a curve would tell nothing. */
  readonly points: readonly SparkPoint[] | null;
  /** Where good ends, in the unit of the points. */
  readonly threshold: number | null;
}

/** Numbers that belong together. */
export interface SessionGroup {
  readonly name: Exclude<keyof Words['telemetry']['group'], 'link'>;
  readonly rows: readonly SessionRow[];
}

interface RowParts {
  readonly basis?: boolean;
  readonly aspect?: Aspect;
  readonly series?: Series;
  readonly edges?: Edges;
}

/** The points of a sparkline. */
export function sparkPoints({ history }: Telemetry, series: Series): SparkPoint[] {
  return history.map(({ atMs, values }) => ({ atMs, value: values[series] }));
}

/** All numbers of a session, in the order in which a picture meets them. */
export function useSessionRows(telemetry: () => Telemetry): ComputedRef<readonly SessionGroup[]> {
  const { word } = useWords();

  function row(name: SessionRow['name'], value: string, parts: RowParts = {}): SessionRow {
    const { basis, aspect, series, edges } = parts;
    return {
      name,
      value,
      basis: basis === undefined ? '' : word(basis ? 'telemetry.measured' : 'telemetry.estimated'),
      verdict: aspect ? telemetry().verdicts[aspect] : null,
      points: series ? sparkPoints(telemetry(), series) : null,
      threshold: edges?.good ?? null,
    };
  }

  const values = useSessionValues();
  return computed(() => {
    const { numbers } = telemetry();
    return [
      { name: 'pictures', rows: pictureRows(numbers, values, row) },
      { name: 'network', rows: networkRows(numbers, values, row) },
      { name: 'latency', rows: latencyRows(numbers, values, row) },
      { name: 'station', rows: stationRows(numbers, values, row) },
    ];
  });
}

type MakeRow = (name: SessionRow['name'], value: string, parts?: RowParts) => SessionRow;
type Values = ReturnType<typeof useSessionValues>;

/** Numbers that need more than a unit. */
function useSessionValues() {
  const { word, duration } = useWords();
  const measures = useMeasures();
  const { milliseconds, bitrate, count } = measures;
  const size = (px: SizePx | null): string =>
    px === null ? count(null) : word('telemetry.sizePx', { width: px.widthPx, height: px.heightPx });

  function encoded({ station: { viewer, detectorPx }, sizeReason }: Numbers): string {
    if (!viewer || !detectorPx || sizeReason === null) return count(null);
    const { scale } = viewer;
    const [widthPx, heightPx] = [Math.floor(detectorPx.widthPx / scale), Math.floor(detectorPx.heightPx / scale)];
    const sent = { size: size({ widthPx, heightPx }) };
    if (scale === 1 || sizeReason === 'whole') return word('telemetry.scale.whole', sent);
    return word(`telemetry.scale.${sizeReason}${scale === 2 ? 'Half' : 'Quarter'}`, sent);
  }

  function ofLimit({ station: { rendition } }: Numbers): string {
    const { kbitPerS = null, maxKbitPerS = null } = rendition ?? {};
    if (maxKbitPerS === null) return bitrate(kbitPerS);
    return word('telemetry.ofLimit', { rate: bitrate(kbitPerS), limit: bitrate(maxKbitPerS) });
  }

  function buffer({ latency, bufferTargetMs }: Numbers): string {
    if (bufferTargetMs === null || latency.bufferMs === null) return milliseconds(latency.bufferMs);
    const times = { time: milliseconds(latency.bufferMs), target: milliseconds(bufferTargetMs) };
    return word('telemetry.ofTarget', times);
  }

  const freezes = ({ freezes, freezesMs }: Numbers): string =>
    freezes ? `${freezes} (${duration(freezesMs ?? 0)})` : count(freezes);
  const plusMinus = (ms: number | null): string =>
    ms === null ? count(null) : word('telemetry.plusMinus', { time: milliseconds(ms) });

  return { ...measures, size, encoded, ofLimit, buffer, freezes, plusMinus };
}

function pictureRows(numbers: Numbers, values: Values, row: MakeRow): readonly SessionRow[] {
  const { milliseconds, share, bitrate, size, freezes } = values;
  return [
    row('size', size(numbers.newest?.receivedPx ?? null)),
    row('bitrate', bitrate(numbers.kbitPerS), { series: 'kbitPerS' }),
    row('camera', share(cameraShare(numbers)), { aspect: 'camera', series: 'cameraFps' }),
    row('smoothness', milliseconds(numbers.spreadMs), { aspect: 'smoothness', series: 'spreadMs' }),
    row('decode', milliseconds(numbers.latency.decodeMs), { aspect: 'decode', series: 'decodeMs' }),
    row('drops', share(numbers.dropShare), { aspect: 'drops', series: 'dropShare', edges: thresholds.dropShare }),
    row('freezes', freezes(numbers), { aspect: 'freezes', series: 'freezesMs' }),
  ];
}

function networkRows({ newest, ...numbers }: Numbers, values: Values, row: MakeRow): readonly SessionRow[] {
  const { milliseconds, share, bytes } = values;
  return [
    row('loss', share(numbers.lossShare), { aspect: 'loss', series: 'lossShare', edges: thresholds.lossShare }),
    row('jitter', milliseconds(newest?.jitterMs ?? null), { series: 'jitterMs' }),
    row('roundTrip', milliseconds(newest?.roundTripMs ?? null), {
      aspect: 'roundTrip',
      series: 'roundTripMs',
      edges: thresholds.roundTripMs,
    }),
    row('keepaliveRoundTrip', milliseconds(newest?.keepaliveRoundTripMs ?? null), { series: 'keepaliveRoundTripMs' }),
    row('keepaliveAge', milliseconds(newest?.keepaliveAgeMs ?? null), {
      aspect: 'keepalive',
      series: 'keepaliveAgeMs',
      edges: thresholds.keepaliveAgeMs,
    }),
    row('channel', bytes(newest?.channelBytes ?? null), { series: 'channelBytes' }),
    row('backlog', bytes(numbers.station.viewer?.backlogBytes ?? null), { aspect: 'backlog', series: 'backlogBytes' }),
  ];
}

function latencyRows(numbers: Numbers, values: Values, row: MakeRow): readonly SessionRow[] {
  const { milliseconds, buffer, plusMinus } = values;
  const { latency, newest, isLocal } = numbers;
  const basis = (ms: number | null, isMeasured: boolean) => (ms === null ? {} : { basis: isMeasured });
  return [
    row('rest', milliseconds(latency.restMs), { ...basis(latency.restMs, false), series: 'restMs' }),
    row('network', milliseconds(latency.networkMs), { ...basis(latency.networkMs, false), series: 'networkMs' }),
    row('buffer', buffer(numbers), {
      ...basis(latency.bufferMs, true),
      aspect: 'buffer',
      series: 'bufferMs',
      edges: thresholds.bufferMs,
    }),
    row('decoder', milliseconds(latency.decodeMs), { ...basis(latency.decodeMs, true), series: 'decodeMs' }),
    row('clock', plusMinus(isLocal ? 0 : (newest?.clockUncertaintyMs ?? null))),
  ];
}

function stationRows(numbers: Numbers, values: Values, row: MakeRow): readonly SessionRow[] {
  const { milliseconds, bitrate, count, encoded, ofLimit } = values;
  const { viewer, eventLoopLagMs } = numbers.station;
  return [
    row('encoded', encoded(numbers), { aspect: 'size' }),
    row('sentBitrate', ofLimit(numbers), { series: 'sentKbitPerS' }),
    row('available', bitrate(viewer?.availableKbitPerS ?? null), { series: 'availableKbitPerS' }),
    row('resent', count(viewer?.resentPackets ?? null)),
    row('keyframes', count(viewer?.keyframeRequests ?? null)),
    row('skipped', count(viewer?.skippedFrames ?? null)),
    row('lag', milliseconds(eventLoopLagMs), {
      aspect: 'station',
      series: 'eventLoopLagMs',
      edges: thresholds.eventLoopLagMs,
    }),
  ];
}
