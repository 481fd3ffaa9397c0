import { describe, expect, it } from 'vitest';
import { Presence } from '../../src/main/webrtc/presence.ts';

const limits = { reportTimeoutMs: 10_000, pathTimeoutMs: 30_000 };

/** What a Player does from one instant to another, a second at a time. */
function live(presence: Presence, fromS: number, toS: number, does: 'reports' | 'checks' | 'nothing'): void {
  for (let timeMs = fromS * 1_000; timeMs <= toS * 1_000; timeMs += 1_000) {
    if (does === 'reports') presence.reported(timeMs);
    else if (does === 'checks') presence.pathHeard(timeMs);
  }
}

describe('A Player', () => {
  it('that reports is present, however long', () => {
    const presence = new Presence(limits, 0);
    live(presence, 0, 3_600, 'reports');
    expect(presence.verdict(3_601_000)).toBe('present');
  });

  it('whose link is cut is unheard until consent to send has expired', () => {
    const presence = new Presence(limits, 0);
    live(presence, 0, 10, 'reports');
    expect([13_000, 15_000, 25_000, 39_000, 41_000].map((nowMs) => presence.verdict(nowMs))).toEqual([
      'present',
      'unheard',
      'unheard',
      'unheard',
      'gone',
    ]);
  });

  it('whose link comes back is present at once, with all the patience of before', () => {
    const presence = new Presence(limits, 0);
    live(presence, 0, 10, 'reports');
    expect(presence.pathHeard(35_000)).toBe(true);
    expect(presence.pathHeard(35_500)).toBe(false);
    live(presence, 36, 44, 'checks');
    expect(presence.verdict(44_000)).toBe('present');
  });

  it('whose browser answers but reports nothing is gone', () => {
    const presence = new Presence(limits, 0);
    live(presence, 0, 12, 'checks');
    expect(presence.verdict(12_000)).toBe('gone');
  });

  it('is not blamed for what the station slept through', () => {
    const presence = new Presence(limits, 0);
    live(presence, 0, 10, 'reports');
    presence.excuse(100_000);
    expect(presence.verdict(100_000)).toBe('present');
    expect(presence.verdict(101_000)).toBe('unheard');
  });

  it('that leaves pings unanswered is to blame only where they have reached its browser all the time', () => {
    const presence = new Presence(limits, 0);
    live(presence, 0, 7, 'checks');
    expect(presence.isPageToBlame(7_000)).toBe(true);
    expect(presence.isPageToBlame(12_000)).toBe(false);
    live(presence, 19, 30, 'checks');
    expect(presence.isPageToBlame(30_000)).toBe(false);
    live(presence, 31, 40, 'checks');
    expect(presence.isPageToBlame(40_000)).toBe(true);
  });
});
