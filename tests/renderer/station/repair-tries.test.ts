import { describe, expect, test } from 'vitest';
import { repairLimits, type RepairLadder } from '../../../src/renderer/station/repair.ts';
import { clock, player, start, wait } from './open-ladder.ts';

describe('New sessions', () => {
  test('are tried for after 1, 2, 4, 8 and 10 seconds, and then it gives up', () => {
    const ladder = start();
    const waits: unknown[] = [];
    for (let attempt = 0; attempt < 5; attempt++) {
      ladder.lost('unreachable');
      waits.push(wait(ladder));
      clock.pass(10_000);
    }
    expect(waits).toEqual([
      [1_000, 1, 5],
      [2_000, 2, 5],
      [4_000, 3, 5],
      [8_000, 4, 5],
      [10_000, 5, 5],
    ]);
    ladder.lost('unreachable');
    expect(ladder.rung).toEqual({ kind: 'gave_up', reason: 'unreachable' });
    expect(clock.pending).toBe(0);
  });

  test('are tried for every ten seconds without end on a wall', () => {
    const ladder = start({ maxTries: null });
    for (let attempt = 1; attempt <= 100; attempt++) {
      ladder.lost('unreachable');
      if (attempt >= 5) expect(wait(ladder)).toEqual([10_000, attempt, null]);
      clock.pass(10_000);
    }
    expect(player.count('connect')).toBe(101);
  });

  test('spread their waits, so that many Players do not return at once', () => {
    const waits = Array.from({ length: 50 }, () => {
      const ladder = start({ jitterShare: repairLimits.jitterShare });
      ladder.lost('unreachable');
      return wait(ladder)?.[0] ?? 0;
    });
    expect(new Set(waits).size).toBeGreaterThan(10);
    for (const waitMs of waits) expect(Math.abs(waitMs - 1_000)).toBeLessThanOrEqual(200);
  });

  test('wait as long as the station asks for', () => {
    const ladder = start();
    ladder.lost('station_full', 7_000);
    expect(wait(ladder)).toEqual([7_000, 1, 5]);
    clock.pass(7_000);
    ladder.lost('station_full', 500);
    expect(wait(ladder)).toEqual([2_000, 2, 5]);
  });

  test('are counted from the start again after thirty seconds of pictures, and not before', () => {
    const ladder = start();
    const loseAfter = (playedMs: number): unknown => {
      player.played = playedMs;
      ladder.lost('connection_lost');
      const waited = wait(ladder);
      clock.pass(10_000);
      return waited;
    };
    expect([0, 29_999, 30_000].map(loseAfter)).toEqual([
      [1_000, 1, 5],
      [2_000, 2, 5],
      [1_000, 1, 5],
    ]);
  });

  test('say what the last one failed of until the station answers', () => {
    const ladder = start();
    ladder.lost('unreachable');
    clock.pass(1_000);
    expect(ladder.rung).toEqual({ kind: 'connecting', retry: { reason: 'unreachable', number: 1, of: 5 } });
    ladder.answered();
    expect(ladder.rung).toEqual({ kind: 'connecting', retry: null });
  });

  test('are counted from the start again where the station is another one', () => {
    const ladder = start();
    ladder.lost('unreachable');
    ladder.start();
    expect(ladder.rung).toEqual({ kind: 'connecting', retry: null });
    ladder.lost('unreachable');
    expect(wait(ladder)).toEqual([1_000, 1, 5]);
  });
});

describe('Whoever has given up', () => {
  function giveUp(): RepairLadder {
    const ladder = start({ maxTries: 1 });
    ladder.lost('unreachable');
    clock.pass(1_000);
    ladder.lost('unreachable');
    return ladder;
  }

  test('begins again with all tries when a person wants it', () => {
    const ladder = giveUp();
    ladder.tryNow();
    expect(ladder.rung).toEqual({ kind: 'connecting', retry: { reason: 'unreachable', number: 1, of: 1 } });
    expect(player.count('connect')).toBe(3);
  });

  test.each(['network', 'wake', 'seen'] as const)('begins again on news of the kind: %s', (hope) => {
    const ladder = giveUp();
    ladder.hope(hope);
    expect(ladder.rung.kind).toBe('connecting');
  });
});
