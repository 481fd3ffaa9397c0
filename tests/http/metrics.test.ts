import { describe, expect, it } from 'vitest';
import { exposition } from '../../src/main/http/exposition.ts';
import type { StationState, StreamState, ViewerState } from '../../src/shared/state.ts';
import { fakeStation, sampleState, sampleStream, sampleViewer } from '../contract/fake-station.ts';
import { reading } from '../station/pictures.ts';
import { call, openDoor } from './door.ts';
import { parseExposition, type Exposition } from './exposition.ts';

const away: StreamState = {
  ...sampleStream,
  id: 'away',
  name: 'The "old" one\\two\nthree µ',
  status: { kind: 'offline', fault: { reason: 'busy', detail: 'x' }, sinceMs: 0, nextTryAtMs: 0, attempt: 1 },
  fps: null,
  frozenSinceMs: 1_700_000_000_000,
  renditions: [],
  viewers: 0,
  starts: 7,
  skippedFrames: 12,
};
const state: StationState = {
  ...sampleState(),
  streams: [
    {
      ...sampleStream,
      reading: { ...reading(1), fullScaleShare: 0.25 },
      renditions: [
        { codec: 'h264', scale: 1, viewers: 2, kbitPerS: 2_400, maxKbitPerS: 4_000 },
        { codec: 'h264', scale: 4, viewers: 1, kbitPerS: 300, maxKbitPerS: 500 },
        { codec: 'jpeg', scale: 1, viewers: 1, kbitPerS: 900, maxKbitPerS: null },
      ],
    },
    away,
  ],
  viewers: [
    {
      ...sampleViewer,
      availableKbitPerS: 9_000,
      roundTripMs: 12.5,
      jitterMs: null,
      lossShare: 0.01,
      backlogBytes: 1_000,
      resentPackets: 3,
    },
    {
      ...sampleViewer,
      id: 'abcdef02',
      path: 'relayed',
      roundTripMs: 80,
      jitterMs: 2,
      lossShare: 0.2,
      kbitPerS: 800,
      scale: 4,
      availableKbitPerS: 800,
      pictures: { maxFps: 5, bufferedBytes: 500, sentPictures: 90, skippedPictures: 7 },
    },
    {
      ...sampleViewer,
      id: 'abcdef03',
      isConnected: false,
      path: null,
      kbitPerS: 0,
      roundTripMs: null,
      lossShare: null,
    },
  ],
};

async function scrape(told: StationState): Promise<{ readonly metrics: Exposition; readonly state: StationState }> {
  const station = fakeStation();
  station.tell(told);
  const door = await openDoor({ station });
  const { status, headers, text } = await call(door, { path: '/metrics' });
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  const { text: json } = await call(door, { path: '/api/state' });
  return { metrics: parseExposition(text), state: JSON.parse(json) as StationState };
}

function valueOf({ samples }: Exposition, name: string, labels: Record<string, string> = {}): number | undefined {
  return samples.find(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  )?.value;
}

describe('the metrics', () => {
  it('say of the station what its state says', async () => {
    const { metrics, state: shown } = await scrape(state);
    const { name, version, startedAtMs, load } = shown.station;
    expect(valueOf(metrics, 'eyepiece_station_info', { name, version })).toBe(1);
    expect(valueOf(metrics, 'eyepiece_station_uptime_seconds')).toBe((shown.timeMs - startedAtMs) / 1_000);
    expect(valueOf(metrics, 'process_resident_memory_bytes')).toBe(load.memoryBytes);
    expect(valueOf(metrics, 'nodejs_eventloop_lag_p99_seconds')).toBe(load.eventLoopLagMs / 1_000);
  });

  it('say of each stream what the state says', async () => {
    const { metrics, state: shown } = await scrape(state);
    expect(shown.streams).toHaveLength(2);
    for (const stream of shown.streams) {
      const of = (name: string, labels = {}) => valueOf(metrics, name, { stream: stream.id, ...labels });
      expect(of('eyepiece_stream_info', { name: stream.name, source_kind: stream.sourceKind })).toBe(1);
      expect(of('eyepiece_stream_frames_per_second')).toBe(stream.fps ?? undefined);
      expect(of('eyepiece_stream_viewers')).toBe(stream.viewers);
      expect(of('eyepiece_stream_starts_total')).toBe(stream.starts);
      expect(of('eyepiece_stream_skipped_frames_total')).toBe(stream.skippedFrames);
      expect(of('eyepiece_stream_saturated_ratio')).toBe(stream.reading?.fullScaleShare);
      for (const kind of ['idle', 'starting', 'live', 'offline']) {
        expect(of('eyepiece_stream_state', { state: kind })).toBe(stream.status.kind === kind ? 1 : 0);
      }
      expect(of('eyepiece_stream_frozen')).toBe(stream.frozenSinceMs === null ? 0 : 1);
      for (const { codec, scale, viewers, kbitPerS, maxKbitPerS } of stream.renditions) {
        const ofRendition = (name: string) => of(`eyepiece_rendition_${name}`, { codec, scale: String(scale) });
        expect(ofRendition('bytes_per_second')).toBe(kbitPerS * 125);
        expect(ofRendition('max_bytes_per_second')).toBe(maxKbitPerS === null ? undefined : maxKbitPerS * 125);
        expect(ofRendition('viewers')).toBe(viewers);
      }
    }
  });

  it('say of viewers together and of the worst, and of none alone', async () => {
    const { metrics, state: shown } = await scrape(state);
    const viewers = shown.viewers.filter(({ streamId }) => streamId === 'bench');
    const total = (of: (viewer: ViewerState) => number) => viewers.reduce((sum, viewer) => sum + of(viewer), 0);
    const of = (name: string, stream = 'bench') => valueOf(metrics, `eyepiece_viewers_${name}`, { stream });
    expect(of('connected')).toBe(2);
    expect(of('relayed')).toBe(1);
    expect(of('sent_bytes_per_second')).toBe(total(({ kbitPerS }) => kbitPerS * 125));
    expect(of('backlog_bytes')).toBe(total(({ backlogBytes }) => backlogBytes));
    expect(of('resent_packets')).toBe(total(({ resentPackets }) => resentPackets));
    expect(of('keyframe_requests')).toBe(total(({ keyframeRequests }) => keyframeRequests));
    expect(of('max_backlog_bytes')).toBe(1_000);
    expect(of('max_round_trip_seconds')).toBe(0.08);
    expect(of('max_jitter_seconds')).toBe(0.002);
    expect(of('max_loss_ratio')).toBe(0.2);
    expect(of('small')).toBe(1);
    expect(of('min_available_bytes_per_second')).toBe(100_000);
    expect(of('picture_backlog_bytes')).toBe(500);
    expect(of('skipped_pictures')).toBe(7);
    expect(of('connected', 'away')).toBe(0);
    expect(of('max_loss_ratio', 'away')).toBeUndefined();
    expect(of('min_available_bytes_per_second', 'away')).toBeUndefined();
    expect(JSON.stringify(metrics.samples)).not.toContain('abcdef0');
  });

  it('have names that end with their unit, counters with _total', async () => {
    const { metrics } = await scrape(state);
    for (const [name, { type, help }] of metrics.families) {
      expect([name, type]).toEqual([name, name.endsWith('_total') ? 'counter' : 'gauge']);
      expect(name).not.toMatch(/_(count|sum|bucket|ms|kbit|percent)(_|$)|[A-Z]/);
      expect(help).not.toBe('');
    }
  });

  it('are well-formed for a station without streams', async () => {
    const { metrics } = await scrape({ ...sampleState(), streams: [], viewers: [] });
    expect([...metrics.families.keys()].some((name) => name.startsWith('eyepiece_stream'))).toBe(false);
    expect(valueOf(metrics, 'eyepiece_station_info')).toBe(1);
  });
});

describe('the text format', () => {
  const labels = { text: 'a "b" \\n \\ \n µ', other: '}, x="1"' };
  it('carries any text in labels and help', () => {
    const help = 'Back\\slash,\nline and "quotes".';
    const { families, samples } = parseExposition(
      exposition([{ name: 'a_ratio', help, samples: [{ labels, value: 1 }, { value: 2 }] }]),
    );
    expect(families.get('a_ratio')).toEqual({ help, type: 'gauge' });
    expect(samples).toEqual([
      { name: 'a_ratio', labels, value: 1 },
      { name: 'a_ratio', labels: {}, value: 2 },
    ]);
  });

  it.each([0, -1.5, 1e-7, 1.2e21, NaN, Infinity, -Infinity])('carries the number %d', (value) => {
    const { samples } = parseExposition(exposition([{ name: 'n', help: 'n', samples: [{ value }] }]));
    expect(samples[0]?.value).toBe(value);
  });

  it('leaves out what is not known', () => {
    expect(exposition([{ name: 'n', help: 'n', samples: [{ value: null }] }])).toBe('');
  });
});
