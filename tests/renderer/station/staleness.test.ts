import { expect, test } from 'vitest';
import { staleCause, type StaleCause, type StaleFacts } from '../../../src/renderer/station/staleness.ts';

/** Everything works but the picture: the last one came 2.2 s ago, and the station was heard a moment ago. */
const facts: StaleFacts = {
  silentMs: 2_200,
  intervalMs: 33,
  isConnected: true,
  keepaliveAgeMs: 300,
  stateAgeMs: 400,
  arrived: 'nothing',
  hasNewer: false,
};

const table: readonly (readonly [what: string, overrides: Partial<StaleFacts>, cause: StaleCause])[] = [
  ['the station says that its detector has nothing newer', {}, 'detector_silent'],
  ['the same, before the browser was asked what arrives', { arrived: 'unknown' }, 'detector_silent'],
  ['the same, to a station that knows no data channels', { keepaliveAgeMs: null }, 'detector_silent'],
  ['the browser says that the path is gone', { isConnected: false }, 'interrupted'],
  ['pings have no answer, whatever is heard elsewhere', { keepaliveAgeMs: 2_600, hasNewer: true }, 'interrupted'],
  ['nothing at all is heard where there are no pings', { keepaliveAgeMs: null, stateAgeMs: 3_600 }, 'interrupted'],
  ['pictures arrive', { arrived: 'pictures', hasNewer: true }, 'too_slow'],
  ['pictures arrive of a detector that has stopped meanwhile', { arrived: 'pictures' }, 'too_slow'],
  ['packets arrive that make no pictures', { arrived: 'pieces', hasNewer: true }, 'incomplete'],
  ['the detector goes on, the station answers and sends nothing', { hasNewer: true }, 'not_sent'],
  ['the same, to a station that knows no data channels', { hasNewer: true, keepaliveAgeMs: null }, 'not_sent'],
  [
    'the detector goes on, and the next ping may have no answer',
    { hasNewer: true, keepaliveAgeMs: 1_900 },
    'no_new_picture',
  ],
  ['the detector goes on, before the browser was asked', { hasNewer: true, arrived: 'unknown' }, 'no_new_picture'],
  ['the station spoke last when the picture was fresh', { stateAgeMs: 1_900 }, 'no_new_picture'],
  [
    'the station spoke last within a long exposure',
    { silentMs: 26_000, intervalMs: 10_000, stateAgeMs: 15_000 },
    'no_new_picture',
  ],
  ['the picture does not tell when it was taken', { hasNewer: null }, 'no_new_picture'],
];

test.each(table)('no new picture where %s', (_what, overrides, cause) => {
  expect(staleCause({ ...facts, ...overrides })).toBe(cause);
});

test('a cut is never taken for the detector’s or the station’s silence, at whatever time it is looked at', () => {
  // The station told its state half a second before the cut; the browser is asked each second.
  for (let silentMs = 1_000; silentMs <= 10_000; silentMs += 100) {
    const asked = silentMs >= 2_000 ? 'nothing' : 'unknown';
    const cut = { silentMs, keepaliveAgeMs: silentMs, stateAgeMs: silentMs + 500, arrived: asked } as const;
    for (const hasNewer of [true, false]) {
      const cause = staleCause({ ...facts, ...cut, hasNewer });
      expect(cause).toBe(silentMs > 2_500 ? 'interrupted' : 'no_new_picture');
    }
  }
});
