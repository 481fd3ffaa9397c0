import { describe, expect, test } from 'vitest';
import { numbersOf, type Numbers } from '../../../src/renderer/station/numbers.ts';
import { thresholds } from '../../../src/renderer/station/thresholds.ts';
import { silenceEdgesMs, verdictsOf, type Aspect, type Verdict } from '../../../src/renderer/station/verdicts.ts';
import type { ViewerState } from '../../../src/shared/state.ts';
import { noStationFacts } from '../../../src/renderer/station/station-facts.ts';
import { facts, sampleAt, samples, stationFacts, viewerState } from '../telemetry-samples.ts';

const well = numbersOf(samples(10), facts);
const numbers = (overrides: Partial<Numbers>): Numbers => ({ ...well, ...overrides });
const newest = (overrides: Parameters<typeof sampleAt>[1]): Partial<Numbers> => ({ newest: sampleAt(10, overrides) });
const viewer = (overrides: Partial<ViewerState>): Partial<Numbers> => ({
  station: { ...stationFacts, viewer: { ...viewerState, ...overrides } },
});
const latency = (overrides: Partial<Numbers['latency']>): Partial<Numbers> => ({
  latency: { ...well.latency, ...overrides },
});

test('A session that runs well is good in every respect', () => {
  expect(new Set(Object.values(verdictsOf(well)))).toEqual(new Set(['good']));
});

test('Without a session nothing is judged but what comes from the pictures', () => {
  const verdicts = verdictsOf(numbersOf([], { ...facts, latencyMs: null, station: noStationFacts }));
  expect(new Set(Object.values(verdicts))).toEqual(new Set([null]));
});

describe('Each edge of the table', () => {
  const edges: readonly [Aspect, string, Verdict, Partial<Numbers>][] = [
    ['connection', 'connected', 'good', newest({ connection: 'connected' })],
    ['connection', 'connecting', 'fair', newest({ connection: 'connecting' })],
    [
      'connection',
      'interrupted for 4.999 s',
      'fair',
      { ...newest({ connection: 'disconnected' }), disconnectedMs: 4_999 },
    ],
    ['connection', 'interrupted for 5 s', 'bad', { ...newest({ connection: 'disconnected' }), disconnectedMs: 5_000 }],
    ['connection', 'failed', 'bad', newest({ connection: 'failed' })],
    ['connection', 'closed', 'bad', newest({ connection: 'closed' })],
    ['rate', '90 %', 'good', { verdictFps: 27 }],
    ['rate', 'just below 90 %', 'fair', { verdictFps: 26.9 }],
    ['rate', '60 %', 'fair', { verdictFps: 18 }],
    ['rate', 'just below 60 %', 'bad', { verdictFps: 17.9 }],
    ['latency', '99.9 ms at the station', 'good', latency({ totalMs: 99.9 })],
    ['latency', '100 ms at the station', 'fair', latency({ totalMs: 100 })],
    ['latency', '200 ms at the station', 'fair', latency({ totalMs: 200 })],
    ['latency', 'above 200 ms at the station', 'bad', latency({ totalMs: 200.1 })],
    ['latency', '199.9 ms elsewhere', 'good', { ...latency({ totalMs: 199.9 }), isLocal: false }],
    ['latency', '200 ms elsewhere', 'fair', { ...latency({ totalMs: 200 }), isLocal: false }],
    ['latency', '500 ms elsewhere', 'fair', { ...latency({ totalMs: 500 }), isLocal: false }],
    ['latency', 'above 500 ms elsewhere', 'bad', { ...latency({ totalMs: 500.1 }), isLocal: false }],
    ['loss', '0.99 %', 'good', { lossShare: 0.0099 }],
    ['loss', '1 %', 'fair', { lossShare: 0.01 }],
    ['loss', '4 %', 'fair', { lossShare: 0.04 }],
    ['loss', 'above 4 %', 'bad', { lossShare: 0.0401 }],
    ['drops', '0.99 %', 'good', { dropShare: 0.0099 }],
    ['drops', '1 %', 'fair', { dropShare: 0.01 }],
    ['drops', '5 %', 'fair', { dropShare: 0.05 }],
    ['drops', 'above 5 %', 'bad', { dropShare: 0.0501 }],
    ['freezes', 'none', 'good', { freezes: 0, freezesMs: 0 }],
    ['freezes', 'one of 499 ms', 'fair', { freezes: 1, freezesMs: 499 }],
    ['freezes', 'one of 500 ms', 'bad', { freezes: 1, freezesMs: 500 }],
    ['freezes', 'two short ones', 'bad', { freezes: 2, freezesMs: 400 }],
    ['freshness', 'just below two intervals', 'good', newest({ silentMs: 65.9 })],
    ['freshness', 'two intervals', 'fair', newest({ silentMs: 66 })],
    ['freshness', '2.999 s', 'fair', newest({ silentMs: 2_999 })],
    ['freshness', '3 s', 'bad', newest({ silentMs: 3_000 })],
    [
      'freshness',
      '3 s of a detector that exposes for 2 s',
      'good',
      { ...newest({ silentMs: 3_000 }), intervalMs: 2_000 },
    ],
    ['freshness', '4.9 s of one that exposes for 2 s', 'fair', { ...newest({ silentMs: 4_900 }), intervalMs: 2_000 }],
    ['freshness', '5 s of one that exposes for 2 s', 'bad', { ...newest({ silentMs: 5_000 }), intervalMs: 2_000 }],
    ['roundTrip', '19.9 ms', 'good', newest({ roundTripMs: 19.9 })],
    ['roundTrip', '20 ms', 'fair', newest({ roundTripMs: 20 })],
    ['roundTrip', '100 ms', 'fair', newest({ roundTripMs: 100 })],
    ['roundTrip', 'above 100 ms', 'bad', newest({ roundTripMs: 100.1 })],
    ['buffer', '49.9 ms', 'good', latency({ bufferMs: 49.9 })],
    ['buffer', '50 ms', 'fair', latency({ bufferMs: 50 })],
    ['buffer', '150 ms', 'fair', latency({ bufferMs: 150 })],
    ['buffer', 'above 150 ms', 'bad', latency({ bufferMs: 150.1 })],
    ['smoothness', '24 % of the interval', 'good', { spreadMs: 8 }],
    ['smoothness', '27 % of the interval', 'fair', { spreadMs: 9 }],
    ['smoothness', '76 % of the interval', 'bad', { spreadMs: 25.1 }],
    ['camera', '90 % of what it announces', 'good', { verdictCameraFps: 27 }],
    ['camera', 'just below 90 %', 'fair', { verdictCameraFps: 26.9 }],
    ['camera', 'just below 60 %', 'bad', { verdictCameraFps: 17.9 }],
    ['keepalive', '2.999 s ago', 'good', newest({ keepaliveAgeMs: 2_999 })],
    ['keepalive', '3 s ago', 'fair', newest({ keepaliveAgeMs: 3_000 })],
    ['keepalive', 'more than 6 s ago', 'bad', newest({ keepaliveAgeMs: 6_001 })],
    ['backlog', '1 MiB less a byte', 'good', viewer({ backlogBytes: 1_048_575 })],
    ['backlog', '4 MiB', 'fair', viewer({ backlogBytes: 4_194_304 })],
    ['backlog', 'above 4 MiB', 'bad', viewer({ backlogBytes: 4_194_305 })],
    ['size', 'half because the tile is small', 'good', { sizeReason: 'tile' }],
    ['size', 'half because the link is weak', 'fair', { sizeReason: 'link' }],
    ['station', '49.9 ms late', 'good', { station: { ...stationFacts, eventLoopLagMs: 49.9 } }],
    ['station', '200 ms late', 'fair', { station: { ...stationFacts, eventLoopLagMs: 200 } }],
    ['station', 'more than 200 ms late', 'bad', { station: { ...stationFacts, eventLoopLagMs: 200.1 } }],
    ['decode', '39 % of the interval', 'good', latency({ decodeMs: 13 })],
    ['decode', '41 % of the interval', 'fair', latency({ decodeMs: 13.7 })],
    ['decode', '79 % of the interval', 'fair', latency({ decodeMs: 26.4 })],
    ['decode', '81 % of the interval', 'bad', latency({ decodeMs: 27 })],
  ];

  test.each(edges)('%s: %s is %s', (aspect, _what, verdict, overrides) => {
    expect(verdictsOf(numbers(overrides))[aspect]).toBe(verdict);
  });

  test('is met by a case for every threshold', () => {
    const judged = new Set(edges.map(([aspect]) => aspect));
    expect([...judged].sort()).toEqual(Object.keys(verdictsOf(well)).sort());
  });
});

test('What is unknown gets no verdict, and zero is no unknown', () => {
  const unknown = verdictsOf(
    numbers({ lossShare: null, verdictFps: null, ...newest({ silentMs: null, roundTripMs: null }) }),
  );
  expect(unknown).toMatchObject({ loss: null, rate: null, freshness: null, roundTrip: null });
  expect(verdictsOf(numbers({ verdictFps: 0 })).rate).toBe('bad');
  expect(verdictsOf(numbers({ cameraFps: null })).rate).toBeNull();
});

test('A picture counts as lost at the same age at which a Tile of a slow detector turns stale', () => {
  expect(silenceEdgesMs(2_000).lostMs).toBe(2.5 * 2_000);
  expect(silenceEdgesMs(null)).toEqual({ oldMs: 0, lostMs: thresholds.silence.lostMs });
});
