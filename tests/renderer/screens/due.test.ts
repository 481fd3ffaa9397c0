// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Right } from '../../../src/shared/access.ts';
import { FakeBridge } from '../fake-bridge.ts';
import { marked, openKiosk, openPage, settle, station, stream, text } from '../open-page.ts';

const wall = [stream('bench')];
const minuteMs = 60_000;
const ownZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
/** A zone whose clocks show another time than this machine's. */
const farZone = ownZone === 'Asia/Tokyo' ? 'America/New_York' : 'Asia/Tokyo';
const clock = (timeMs: number, timeZone: string): string =>
  new Intl.DateTimeFormat('en', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(timeMs);

let fromMs: number;
let untilMs: number;

beforeEach(() => {
  vi.setSystemTime('2026-11-23T11:04:00Z');
  fromMs = Date.now() + 2 * minuteMs;
  untilMs = fromMs + 3 * minuteMs;
});

/** Anna is due at a station of a lab whose clocks are those of the zone. */
function dueIn(timeZone: string | null): void {
  station.due.mockImplementation(() => Promise.resolve({ user: 'Anna', fromMs, untilMs, timeZone }));
}

async function openBrowser(me: { readonly rights: readonly Right[] } | null): Promise<void> {
  station.me.mockResolvedValue(me && { kind: 'user', name: 'Olga', role: 'operator', streams: 'all', ...me });
  await openPage(wall);
  await settle();
}

describe('Who is due at the station', () => {
  test('is said on its own screen, locked or not, until his time is over', async () => {
    const bridge = new FakeBridge();
    bridge.lockWith('274913');
    dueIn(ownZone);
    await openKiosk(wall, bridge);
    await settle();
    const span = `${clock(fromMs, ownZone)}–${clock(untilMs, ownZone)}`;
    expect(text(marked('due'))).toBe(`Who has booked this station: ${span} Anna (in 2 min)`);
    await vi.advanceTimersByTimeAsync(2 * minuteMs + 500);
    expect(text(marked('due'))).toContain(`Anna until ${clock(untilMs, ownZone)}`);
    await vi.advanceTimersByTimeAsync(3 * minuteMs);
    expect(marked('due')).toBeNull();
  });

  test('is said in the lab’s time, by name where that is another than the machine’s', async () => {
    dueIn(farZone);
    await openKiosk(wall, new FakeBridge());
    await settle();
    const span = `${clock(fromMs, farZone)}–${clock(untilMs, farZone)} (lab’s time, ${farZone})`;
    expect(text(marked('due'))).toContain(`${span} Anna (in 2 min)`);
  });

  test.each([[null], ['Moon/Tranquility']])(
    'is said in the machine’s own time where the lab’s is not known (%s)',
    async (zone) => {
      dueIn(zone);
      await openKiosk(wall, new FakeBridge());
      await settle();
      expect(text(marked('due'))).toContain(`${clock(fromMs, ownZone)}–${clock(untilMs, ownZone)} Anna (in 2 min)`);
    },
  );

  test('is said in the browser of an operator, and on the station’s own machine, where nobody is asked', async () => {
    dueIn(ownZone);
    await openBrowser({ rights: ['watch', 'see_present'] });
    expect(text(marked('due'))).toContain('Anna');
    await openBrowser(null);
    expect(text(marked('due'))).toContain('Anna');
  });

  test('is nobody’s business who may not see who is there either', async () => {
    dueIn(ownZone);
    await openBrowser({ rights: ['watch'] });
    expect(marked('due')).toBeNull();
    expect(station.due).not.toHaveBeenCalled();
  });
});
