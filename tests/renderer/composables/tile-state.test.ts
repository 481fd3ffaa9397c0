import { describe, expect, test } from 'vitest';
import type { StreamState } from '../../../src/shared/state.ts';
import { staleAfterMs, tileState, type TileFacts } from '../../../src/renderer/composables/tile-state.ts';
import { noPictures } from '../../../src/renderer/station/picture-meter.ts';
import { sampleStream } from '../fake-page.ts';

const nowMs = 1_700_000_000_000;
const offline: StreamState['status'] = {
  kind: 'offline',
  fault: { reason: 'unreachable', detail: 'No route to 192.168.4.7.' },
  sinceMs: nowMs - 10_000,
  nextTryAtMs: nowMs + 4_000,
  attempt: 3,
};

function facts(overrides: Partial<TileFacts> = {}): TileFacts {
  return {
    stream: sampleStream,
    isStationReachable: true,
    player: { kind: 'playing', isRepairing: false },
    pictures: { fps: 30, latencyMs: 38, ageMs: 50, intervalMs: 33 },
    nowMs,
    stationNowMs: nowMs,
    ...overrides,
  };
}

const stream = (overrides: Partial<StreamState>): StreamState => ({ ...sampleStream, ...overrides });
const camera = { widthPx: 1280, heightPx: 720, pixelType: 'rgb24', significantBits: 8, engine: 'native' } as const;
const second = { reason: 'unreachable', number: 2, of: 5 } as const;
const aged = (ageMs: number): TileFacts['pictures'] => ({ fps: 30, latencyMs: 38, ageMs, intervalMs: 33 });

describe('A Tile', () => {
  test('is live while pictures come', () => {
    expect(tileState(facts())).toEqual({ kind: 'live' });
  });

  test('is stale when the newest picture is older than a second', () => {
    expect(tileState(facts({ pictures: aged(1_000) })).kind).toBe('live');
    expect(tileState(facts({ pictures: aged(2_100) }))).toEqual({ kind: 'stale', ageMs: 2_100, isRepairing: false });
  });

  test('grants a slow detector two and a half of its intervals, and a long exposure the same', () => {
    const unknown = stream({ detector: null });
    expect(staleAfterMs(unknown, noPictures)).toBe(1_000);
    expect(staleAfterMs(unknown, { ...noPictures, intervalMs: 2_000 })).toBe(5_000);
    expect(staleAfterMs(stream({ detector: { ...camera, nominalFps: 0.1 } }), noPictures)).toBe(25_000);
    const reading = {
      number: 1,
      captureTimeMs: nowMs,
      exposureMs: 2_000,
      min: 0,
      max: 1,
      mean: 0.5,
      fullScaleShare: 0,
      zeroShare: 0,
      hash: '',
      display: { lowCount: 0, highCount: 1, isAuto: false },
    };
    expect(staleAfterMs(stream({ reading }), noPictures)).toBe(5_000);
  });

  test('stays stale while the station counts fewer and fewer pictures of a detector that has stopped', () => {
    for (const ageMs of [1_500, 2_000, 4_000, 8_000]) {
      const fading = stream({ fps: 1_000 / ageMs });
      expect(tileState(facts({ stream: fading, pictures: aged(ageMs) }))).toEqual({
        kind: 'stale',
        ageMs,
        isRepairing: false,
      });
    }
  });

  test('is connecting until the first picture, and says that the detector starts', () => {
    const player = { kind: 'connecting', retry: null } as const;
    expect(tileState(facts({ player }))).toEqual({ kind: 'connecting', isStarting: false });
    const starting = stream({ status: { kind: 'starting' } });
    expect(tileState(facts({ player, stream: starting }))).toEqual({ kind: 'connecting', isStarting: true });
  });

  test('is offline with the cause as soon as the station says so, although the last picture is fresh', () => {
    expect(tileState(facts({ stream: stream({ status: offline }) }))).toEqual({
      kind: 'offline',
      cause: 'unreachable_source',
      detail: 'No route to 192.168.4.7.',
      next: { by: 'station', inMs: 4_000 },
    });
  });

  test('asks whether a detector is plugged in, and not whether a recording or a program is', () => {
    const fault = { reason: 'not_found', detail: 'It is not there.' } as const;
    const causes = (['camera', 'file', 'program'] as const).map((sourceKind) => {
      const state = tileState(facts({ stream: stream({ sourceKind, status: { ...offline, fault } }) }));
      return state.kind === 'offline' ? state.cause : null;
    });
    expect(causes).toEqual(['not_found', 'not_found_file', 'not_found_program']);
  });

  test('counts down in the time of the station, which may differ from the page', () => {
    const state = tileState(facts({ stream: stream({ status: offline }), nowMs: nowMs + 60_000 }));
    expect(state).toMatchObject({ next: { inMs: 4_000 } });
    const tried = tileState(facts({ stream: stream({ status: offline }), stationNowMs: nowMs + 9_000 }));
    expect(tried).toMatchObject({ next: { inMs: 0 } });
  });

  test('believes its own pictures where the station has fallen silent', () => {
    const silent = { stream: stream({ status: offline }), isStationReachable: false };
    expect(tileState(facts(silent)).kind).toBe('live');
    expect(tileState(facts({ ...silent, pictures: aged(3_000) })).kind).toBe('stale');
  });

  test('is offline with the cause of its own while its Player waits', () => {
    const player = { kind: 'waiting', retryAtMs: nowMs + 2_000, retry: second } as const;
    expect(tileState(facts({ player }))).toEqual({
      kind: 'offline',
      cause: 'unreachable',
      detail: null,
      next: { by: 'page', inMs: 2_000, number: 2, of: 5 },
    });
  });

  test('is stale while the connection of its last picture is repaired, and live while pictures come all the same', () => {
    const player = { kind: 'playing', isRepairing: true } as const;
    expect(tileState(facts({ player, pictures: aged(3_000) }))).toEqual({
      kind: 'stale',
      ageMs: 3_000,
      isRepairing: true,
    });
    expect(tileState(facts({ player }))).toEqual({ kind: 'live' });
  });

  test('leaves it to a person when its Player has given up', () => {
    const player = { kind: 'gave_up', reason: 'connect_timeout' } as const;
    expect(tileState(facts({ player }))).toMatchObject({ cause: 'connect_timeout', next: { by: 'person' } });
  });

  test('stays offline while its Player tries again, and says so', () => {
    const player = { kind: 'connecting', retry: second } as const;
    expect(tileState(facts({ player }))).toMatchObject({
      kind: 'offline',
      cause: 'unreachable',
      next: { by: 'page', inMs: 0 },
    });
  });

  test('is off when it has no Player', () => {
    expect(tileState(facts({ player: { kind: 'closed' } }))).toEqual({ kind: 'idle' });
  });
});
