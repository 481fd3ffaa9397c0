import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newCall, nextCall, type CallEvent } from '../../src/main/calls/call.ts';
import { desertedMs, ringMs, type Call, type Party } from '../../src/shared/calls.ts';
import { StationError } from '../../src/shared/errors.ts';

const anna: Party = { id: 'user:Anna', kind: 'user', name: 'Anna' };
const station: Party = { id: 'station', kind: 'station', name: 'Room 2' };
const startMs = 1_700_000_000_000;
const ringing = (): Call => newCall('call-1', anna, station, startMs);
const accept: CallEvent = { kind: 'accept', by: station.id };
const answered = (): Call => nextCall(ringing(), accept, startMs + 5_000);

describe('A call', () => {
  it('rings for 45 seconds and is unanswered then', () => {
    const tick: CallEvent = { kind: 'tick', desertedSinceMs: null };
    expect(nextCall(ringing(), tick, startMs + ringMs - 1).kind).toBe('pending');
    expect(nextCall(ringing(), tick, startMs + ringMs)).toMatchObject({ kind: 'ended', why: 'unanswered', by: null });
  });

  it('can be answered by nobody but who is called', () => {
    for (const kind of ['accept', 'decline'] as const) {
      expect(() => nextCall(ringing(), { kind, by: anna.id }, startMs)).toThrow(StationError);
    }
    expect(answered().kind).toBe('ongoing');
  });

  it('is cancelled by the caller, and declined by who is called, as long as it rings', () => {
    const end = (by: string) => nextCall(ringing(), { kind: 'end', by, why: 'hung_up' }, startMs);
    expect(end(anna.id)).toMatchObject({ why: 'cancelled', by: anna.id });
    expect(end(station.id)).toMatchObject({ why: 'declined', by: station.id });
  });

  it('outlives both of its ends for 30 seconds, and one of them for ever', () => {
    const after = (goneMs: number) =>
      nextCall(answered(), { kind: 'tick', desertedSinceMs: startMs }, startMs + goneMs);
    expect(after(desertedMs - 1).kind).toBe('ongoing');
    expect(after(desertedMs)).toMatchObject({ kind: 'ended', why: 'deserted' });
    expect(nextCall(answered(), { kind: 'tick', desertedSinceMs: null }, startMs + 1e9).kind).toBe('ongoing');
  });

  it('takes two who hang up at the same time', () => {
    const ended = nextCall(answered(), { kind: 'end', by: anna.id, why: 'hung_up' }, startMs);
    expect(nextCall(ended, { kind: 'end', by: station.id, why: 'hung_up' }, startMs + 1)).toBe(ended);
  });
});

const by = fc.constantFrom(anna.id, station.id);
const event = fc.oneof(
  fc.record({ kind: fc.constantFrom('accept' as const, 'decline' as const), by }),
  fc.record({ kind: fc.constant('end' as const), by, why: fc.constantFrom('hung_up', 'lost', 'access_ended') }),
  fc.record({
    kind: fc.constant('tick' as const),
    desertedSinceMs: fc.option(fc.nat(100_000).map((ms) => startMs + ms)),
  }),
) as fc.Arbitrary<CallEvent>;
const steps = fc.array(fc.tuple(event, fc.nat(20_000)), { maxLength: 12 });
const order = { pending: 0, ongoing: 1, ended: 2 } as const;

describe('Whatever happens to a call in whatever order', () => {
  it('it only goes on from ringing to ongoing to ended, keeps its two parties, and never changes once it has ended', () => {
    fc.assert(
      fc.property(steps, (happened) => {
        let call = ringing();
        let nowMs = startMs;
        for (const [next, laterMs] of happened) {
          nowMs += laterMs;
          const before = call;
          try {
            call = nextCall(before, next, nowMs);
          } catch (error) {
            expect((error as StationError).reason).toBe('wrong_state');
          }
          expect(order[call.kind]).toBeGreaterThanOrEqual(order[before.kind]);
          expect([call.callId, call.caller, call.callee]).toEqual(['call-1', anna, station]);
          if (before.kind === 'ended') expect(call).toBe(before);
          if (before.kind === 'pending' && call.kind === 'ongoing') expect(next).toEqual(accept);
        }
      }),
    );
  });
});
