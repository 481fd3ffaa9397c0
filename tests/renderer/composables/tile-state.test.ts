import { describe, expect, test } from 'vitest';
import type { PixelReading, StreamState } from '../../../src/shared/state.ts';
import { causeOfState, staleAfterMs, tileState, type TileFacts } from '../../../src/renderer/composables/tile-state.ts';
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

/** When the picture was taken that is shown. */
const takenAtMs = nowMs - 60_000;
const aged = (ageMs: number): TileFacts['pictures'] => ({
  fps: 30,
  latencyMs: 38,
  ageMs,
  silentMs: Math.max(0, ageMs - 38),
  intervalMs: 33,
  captureTimeMs: takenAtMs,
  number: 7,
  latencyUncertaintyMs: 0,
});

function facts(overrides: Partial<TileFacts> = {}): TileFacts {
  return {
    stream: sampleStream,
    isStationReachable: true,
    player: { kind: 'playing', isRepairing: false },
    pictures: aged(50),
    link: { isConnected: true, keepaliveAgeMs: 300, arrived: 'unknown', awakeMs: Number.POSITIVE_INFINITY },
    stateAgeMs: 300,
    nowMs,
    stationNowMs: nowMs,
    ...overrides,
  };
}

function readingOf(overrides: Partial<PixelReading> = {}): PixelReading {
  return {
    number: 7,
    captureTimeMs: takenAtMs,
    min: 0,
    max: 1,
    mean: 0.5,
    fullScaleShare: 0,
    zeroShare: 0,
    hash: '',
    display: { lowCount: 0, highCount: 1, isAuto: false },
    ...overrides,
  };
}

const stream = (overrides: Partial<StreamState>): StreamState => ({ ...sampleStream, ...overrides });
const camera = { widthPx: 1280, heightPx: 720, pixelType: 'rgb24', significantBits: 8, engine: 'native' } as const;
const second = { reason: 'unreachable', number: 2, of: 5 } as const;

describe('A Tile', () => {
  test('is live while pictures come', () => {
    expect(tileState(facts())).toEqual({ kind: 'live' });
  });

  test('is stale when the newest picture is older than a second', () => {
    expect(tileState(facts({ pictures: aged(1_000) })).kind).toBe('live');
    expect(tileState(facts({ pictures: aged(2_100) }))).toMatchObject({
      kind: 'stale',
      ageMs: 2_100,
      isRepairing: false,
    });
  });

  test('grants a slow detector two and a half of its intervals, and a long exposure the same', () => {
    const unknown = stream({ detector: null });
    expect(staleAfterMs(unknown, noPictures)).toBe(1_000);
    expect(staleAfterMs(unknown, { ...noPictures, intervalMs: 2_000 })).toBe(5_000);
    expect(staleAfterMs(stream({ detector: { ...camera, nominalFps: 0.1 } }), noPictures)).toBe(25_000);
    const reading = readingOf({ exposureMs: 2_000 });
    expect(staleAfterMs(stream({ reading }), noPictures)).toBe(5_000);
  });

  test('stays stale while the station counts fewer and fewer pictures of a detector that has stopped', () => {
    for (const ageMs of [1_500, 2_000, 4_000, 8_000]) {
      const fading = stream({ fps: 1_000 / ageMs });
      expect(tileState(facts({ stream: fading, pictures: aged(ageMs) }))).toMatchObject({
        kind: 'stale',
        ageMs,
        isRepairing: false,
      });
    }
  });

  test('tells a detector that has nothing newer from a station that sends nothing', () => {
    const silent = { pictures: aged(2_200), stream: stream({ reading: readingOf() }) };
    expect(tileState(facts(silent))).toMatchObject({ kind: 'stale', cause: 'detector_silent' });
    const link = { ...facts().link, arrived: 'nothing' } as const;
    const newer = stream({ reading: readingOf({ number: 9, captureTimeMs: takenAtMs + 66 }) });
    expect(tileState(facts({ ...silent, link, stream: newer }))).toMatchObject({ cause: 'not_sent' });
    // The capture time of a shown picture is rounded to a tick of RTP.
    const same = stream({ reading: readingOf({ captureTimeMs: takenAtMs + 0.01 }) });
    expect(tileState(facts({ ...silent, link, stream: same }))).toMatchObject({ cause: 'detector_silent' });
    // Over HTTP ten pictures a second are sent of thirty.
    const tenth = { ...aged(2_200), intervalMs: 100 };
    expect(tileState(facts({ ...silent, link, stream: newer, pictures: tenth }))).toMatchObject({
      cause: 'detector_silent',
    });
  });

  test('is never stale during an exposure of five seconds, from the first picture on', () => {
    const slow = { ...aged(0), intervalMs: null };
    for (let silentMs = 0; silentMs < 5_000; silentMs += 100) {
      const pictures = { ...slow, silentMs, ageMs: silentMs + 38 };
      // The station has told of the first picture within a second.
      const exposing = stream({ detector: camera, reading: readingOf({ exposureMs: 5_000 }) });
      const told =
        silentMs < 900 ? { stateAgeMs: silentMs + 100, stream: stream({ detector: camera }) } : { stream: exposing };
      expect(tileState(facts({ ...told, pictures }))).toEqual({ kind: 'live' });
    }
  });

  test('grants a detector that turns from fast to slow its new exposure as soon as a picture tells of it', () => {
    const pictures = { ...aged(1_200), intervalMs: 33 };
    // The state of before: it still tells of the short exposure, and the next one is due.
    const old = readingOf({ exposureMs: 30, captureTimeMs: takenAtMs - 5_000 });
    const before = { stream: stream({ reading: old }), stateAgeMs: 1_300 };
    expect(tileState(facts({ ...before, pictures })).kind).toBe('live');
    const after = { stream: stream({ reading: readingOf({ exposureMs: 5_000 }) }) };
    for (const ageMs of [1_200, 5_000, 10_000]) {
      expect(tileState(facts({ ...after, pictures: { ...aged(ageMs), intervalMs: 33 } })).kind).toBe('live');
    }
    expect(tileState(facts({ ...after, pictures: aged(12_600) })).kind).toBe('stale');
  });

  test('waits for the station’s next word no longer than it is due', () => {
    const old = readingOf({ exposureMs: 30, captureTimeMs: takenAtMs - 5_000 });
    const unheard = { stream: stream({ reading: old }), pictures: aged(1_600), stateAgeMs: 1_700 };
    expect(tileState(facts(unheard)).kind).toBe('stale');
    // A fast detector gives no reason to wait.
    const fast = { stream: stream({ reading: readingOf({ captureTimeMs: takenAtMs - 900 }) }), stateAgeMs: 1_300 };
    expect(tileState(facts({ ...fast, pictures: aged(1_100) })).kind).toBe('stale');
  });

  test('is live on a still sample: the same picture taken anew is a new picture', () => {
    const still = stream({ reading: readingOf({ hash: 'always the same' }) });
    expect(tileState(facts({ stream: still }))).toEqual({ kind: 'live' });
  });

  test('is frozen while the detector repeats a picture, unless even that comes no more', () => {
    const frozen = stream({ frozenSinceMs: nowMs - 4_000 });
    expect(tileState(facts({ stream: frozen }))).toEqual({ kind: 'frozen', sinceMs: nowMs - 4_000 });
    expect(tileState(facts({ stream: frozen, pictures: aged(3_000) })).kind).toBe('stale');
    expect(tileState(facts({ stream: frozen, isStationReachable: false })).kind).toBe('live');
  });

  test('is paused, not stale, while its page is out of sight, and back in sight until the next picture is due', () => {
    const state = (silentMs: number, awakeMs: number | null): string =>
      tileState(facts({ pictures: aged(silentMs + 38), link: { ...facts().link, awakeMs } })).kind;
    expect(state(8_000, null)).toBe('paused');
    expect(state(8_000, 200)).toBe('paused');
    // By now one should have come: something else is wrong.
    expect(state(8_000, 1_200)).toBe('stale');
    // It was out of sight before the last picture.
    expect(state(3_000, 5_000)).toBe('stale');
    // A page that plays on out of sight is as live as any.
    expect(state(20, null)).toBe('live');
  });

  test('is connecting until the first picture, and says that the detector starts', () => {
    const player = { kind: 'connecting', retry: null } as const;
    expect(tileState(facts({ player }))).toEqual({ kind: 'connecting', isStarting: false });
    const starting = stream({ status: { kind: 'starting' } });
    expect(tileState(facts({ player, stream: starting }))).toEqual({ kind: 'connecting', isStarting: true });
  });

  test('waits for its publisher, which is no fault, and names no next try, because nothing is tried', () => {
    const fault = { reason: 'no_publisher', detail: 'Nobody publishes.' } as const;
    const waiting = stream({ sourceKind: 'published', status: { ...offline, fault } });
    const state = tileState(facts({ stream: waiting }));
    expect(state).toEqual({ kind: 'waiting' });
    expect(causeOfState(state)).toBe('no_publisher');
  });

  test('speaks of the other station where the stream is that one’s, and not of a detector', () => {
    const causes = (['unreachable', 'refused', 'not_found', 'busy', 'away_there', 'not_trusted'] as const).map(
      (reason) => {
        const status = { ...offline, fault: { reason, detail: 'It is a test.' } };
        return causeOfState(tileState(facts({ stream: stream({ sourceKind: 'station', status }) })));
      },
    );
    expect(causes).toEqual([
      'unreachable_there',
      'refused_there',
      'not_found_there',
      'busy_there',
      'away_there',
      'not_trusted',
    ]);
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
    const link = { ...facts().link, isConnected: false };
    expect(tileState(facts({ player, link, pictures: aged(3_000) }))).toEqual({
      kind: 'stale',
      ageMs: 3_000,
      cause: 'interrupted',
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
