import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebRtcLessons, webRtcRetry, whyNotWebRtc } from '../../../src/renderer/station/fallback.ts';
import type { PlayerFault } from '../../../src/renderer/station/player-session.ts';

const waiting = (reason: PlayerFault, number: number) =>
  ({ kind: 'waiting', retry: { reason, number, of: 5 }, retryAtMs: 0 }) as const;

describe('Pictures are to come over HTTP', () => {
  test.each([
    ['where there is no common codec, at once', waiting('no_common_codec', 1), 'no_common_codec'],
    ['after two tries that found no path', waiting('connect_timeout', 2), 'no_path'],
    ['where a Player gave up for want of a path', { kind: 'gave_up', reason: 'connect_timeout' } as const, 'no_path'],
  ])('%s', (_when, state, why) => {
    expect(whyNotWebRtc(state)).toBe(why);
  });
});

describe('Pictures are not to come over HTTP', () => {
  test.each([
    ['after one try that found no path', waiting('connect_timeout', 1)],
    ['where the station is away', waiting('unreachable', 5)],
    ['where a path broke that was there', waiting('connection_lost', 3)],
    ['where the station is full', { kind: 'gave_up', reason: 'station_full' } as const],
    ['while a try is under way', { kind: 'connecting', retry: { reason: 'unreachable', number: 2, of: 5 } } as const],
    ['while pictures come over WebRTC', { kind: 'playing', isRepairing: true } as const],
  ])('%s', (_when, state) => {
    expect(whyNotWebRtc(state)).toBeNull();
  });
});

test('WebRTC is tried again after half a minute, then ever more seldom, without end', () => {
  const retry = webRtcRetry(() => 0.5);
  expect([1, 2, 3, 4, 5, 100].map((failures) => retry.delayMs(failures))).toEqual([
    30_000, 60_000, 120_000, 300_000, 300_000, 300_000,
  ]);
});

describe('What one Tile has learnt', () => {
  beforeEach(() => void vi.stubGlobal('RTCPeerConnection', class {}));
  afterEach(() => void vi.unstubAllGlobals());

  test('holds for all of them where it is about the network, until one has a path', () => {
    const lessons = new WebRtcLessons();
    expect(lessons.whyNot('a')).toBeNull();
    lessons.learn('a', 'no_path');
    expect(lessons.whyNot('b')).toBe('no_path');
    lessons.learn('c', null);
    expect(lessons.whyNot('b')).toBeNull();
  });

  test('holds for its own stream where it is about the codec', () => {
    const lessons = new WebRtcLessons();
    lessons.learn('a', 'no_common_codec');
    expect(lessons.whyNot('a')).toBe('no_common_codec');
    expect(lessons.whyNot('b')).toBeNull();
    lessons.learn('a', null);
    expect(lessons.whyNot('a')).toBeNull();
  });

  test('does not matter where the browser has no WebRTC', () => {
    vi.unstubAllGlobals();
    expect(new WebRtcLessons().whyNot('a')).toBe('no_webrtc');
  });
});
