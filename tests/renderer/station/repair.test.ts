import { describe, expect, test } from 'vitest';
import { Refusal } from '../../../src/renderer/station/client.ts';
import { repairLimits } from '../../../src/renderer/station/repair.ts';
import { clock, player, start, startSteady, wait } from './open-ladder.ts';

describe('A station that leaves pings unanswered', () => {
  test('is looked for on another path of the same session, at once', async () => {
    const ladder = startSteady();
    ladder.unanswered();
    expect(ladder.rung).toEqual({ kind: 'restarting' });
    await player.takeRestart();
    expect(ladder.rung).toEqual({ kind: 'steady' });
    expect(player.count('connect')).toBe(1);
  });

  test('costs the session where it goes on without a picture', async () => {
    const ladder = startSteady();
    ladder.unanswered();
    await player.takeRestart();
    ladder.unanswered();
    expect(ladder.rung).toEqual({ kind: 'steady' });
    clock.pass(10_001);
    ladder.unanswered();
    expect(ladder.rung).toMatchObject({ kind: 'waiting', retry: { reason: 'connection_lost' } });
  });

  test('is there all the same while its pictures come', () => {
    const ladder = startSteady();
    player.fed = true;
    ladder.unanswered();
    expect(ladder.rung).toEqual({ kind: 'steady' });
  });

  test('is not asked for twice while the path is doubted anyway', () => {
    const ladder = startSteady();
    ladder.disconnected();
    ladder.unanswered();
    expect(ladder.rung).toEqual({ kind: 'doubtful' });
  });
});

describe('A silent path', () => {
  test('may heal by itself for two seconds', () => {
    const ladder = startSteady();
    ladder.disconnected();
    clock.pass(1_999);
    ladder.connected();
    clock.pass(60_000);
    expect(ladder.rung).toEqual({ kind: 'steady' });
    expect(player.done).toEqual(['disconnect', 'connect']);
  });

  test('is replaced within the same session after two seconds', async () => {
    const ladder = startSteady();
    ladder.disconnected();
    clock.pass(2_000);
    expect(ladder.rung).toEqual({ kind: 'restarting' });
    await player.takeRestart();
    expect(ladder.rung).toEqual({ kind: 'restarting' });
    ladder.connected();
    expect(ladder.rung).toEqual({ kind: 'steady' });
    expect(player.count('restart')).toBe(1);
    expect(player.count('connect')).toBe(1);
  });

  test('costs the session where the station refuses the restart', async () => {
    const ladder = startSteady();
    ladder.disconnected();
    clock.pass(2_000);
    await player.refuseRestart();
    expect(ladder.rung).toMatchObject({ kind: 'waiting', retry: { reason: 'connection_lost' } });
    expect(player.done.at(-1)).toBe('disconnect');
  });

  test('leaves a station that refuses the restart alone for as long as it asks for', async () => {
    const ladder = startSteady();
    ladder.disconnected();
    clock.pass(2_000);
    await player.refuseRestart(-1, new Refusal('closing', 'closing', 5_000));
    expect(wait(ladder)).toEqual([5_000, 1, 5]);
  });

  test('costs the session where the station does not answer the restart', () => {
    const ladder = startSteady();
    ladder.disconnected();
    clock.pass(2_000 + repairLimits.restartMs - 1);
    expect(ladder.rung.kind).toBe('restarting');
    clock.pass(1);
    expect(ladder.rung.kind).toBe('waiting');
  });

  test('is replaced again and again while the station is not reached, which a new session would not reach either', async () => {
    const ladder = startSteady();
    ladder.disconnected();
    clock.pass(2_000);
    for (let restart = 1; restart <= 5; restart++) {
      expect(player.count('restart')).toBe(restart);
      await player.missRestart();
      expect(ladder.rung).toEqual({ kind: 'restarting' });
      clock.pass(repairLimits.restartEachMs);
    }
    ladder.connected();
    clock.pass(60_000);
    expect(ladder.rung).toEqual({ kind: 'steady' });
    expect(player.count('connect')).toBe(1);
  });

  test('costs the session where the station is not reached for ten seconds', async () => {
    const ladder = startSteady();
    ladder.disconnected();
    clock.pass(2_000);
    const restarts = repairLimits.restartMs / repairLimits.restartEachMs;
    for (let restart = 1; restart < restarts; restart++) {
      await player.missRestart();
      expect(ladder.rung).toEqual({ kind: 'restarting' });
      clock.pass(repairLimits.restartEachMs);
    }
    await player.missRestart();
    expect(ladder.rung).toMatchObject({ kind: 'waiting', retry: { reason: 'connection_lost', number: 1 } });
  });

  test('costs the session where the restart is answered and leads nowhere', async () => {
    const ladder = startSteady();
    ladder.disconnected();
    clock.pass(2_000);
    await player.takeRestart();
    clock.pass(repairLimits.restartMs);
    expect(ladder.rung.kind).toBe('waiting');
  });

  test('that has failed for good costs the session at once', () => {
    const ladder = startSteady();
    ladder.lost('connection_lost');
    expect(wait(ladder)).toEqual([1_000, 1, 5]);
  });
});

describe('A restart that fails', () => {
  test('ends nothing where the path has healed by itself meanwhile, however late it fails', async () => {
    const ladder = startSteady();
    ladder.disconnected();
    clock.pass(2_000);
    ladder.connected();
    await player.refuseRestart();
    clock.pass(60_000);
    expect(ladder.rung).toEqual({ kind: 'steady' });
    expect(player.count('connect')).toBe(1);
  });

  test('ends nothing where pictures come although the path is said to be silent, and is tried again', async () => {
    const ladder = startSteady();
    player.fed = true;
    ladder.disconnected();
    clock.pass(2_000);
    await player.refuseRestart();
    expect(ladder.rung).toEqual({ kind: 'doubtful' });
    clock.pass(2_000);
    expect(ladder.rung).toEqual({ kind: 'restarting' });
    player.fed = false;
    await player.refuseRestart();
    expect(ladder.rung.kind).toBe('waiting');
  });

  test('ends nothing where it was only a precaution', async () => {
    const ladder = startSteady();
    ladder.hope('network');
    await player.refuseRestart();
    expect(ladder.rung).toEqual({ kind: 'steady' });
  });
});

describe('News of the network', () => {
  test.each(['network', 'wake'] as const)('(%s) restart ICE at once, although nothing seems wrong', (hope) => {
    const ladder = startSteady();
    ladder.hope(hope);
    expect(ladder.rung).toEqual({ kind: 'restarting' });
  });

  test('are one piece of news where they come in twos', async () => {
    const ladder = startSteady();
    ladder.hope('network');
    ladder.hope('wake');
    await player.takeRestart();
    ladder.hope('network');
    expect(player.count('restart')).toBe(1);
    expect(ladder.rung).toEqual({ kind: 'steady' });
  });

  test('begin anew a restart that hangs on the path of before', async () => {
    const ladder = startSteady();
    ladder.disconnected();
    clock.pass(2_000);
    clock.pass(3_000);
    ladder.hope('network');
    expect(player.count('restart')).toBe(2);
    await player.refuseRestart(0);
    expect(ladder.rung).toEqual({ kind: 'restarting' });
    ladder.connected();
    expect(ladder.rung).toEqual({ kind: 'steady' });
  });

  test('begin anew a try that hangs on the path of before', () => {
    const ladder = start();
    ladder.lost('unreachable');
    clock.pass(1_000 + 3_000);
    ladder.hope('network');
    expect(player.count('connect')).toBe(3);
    expect(ladder.rung).toMatchObject({ kind: 'connecting', retry: { number: 1 } });
  });

  test('end a wait, and all tries count anew', () => {
    const ladder = start();
    ladder.lost('unreachable');
    clock.pass(1_000);
    ladder.lost('unreachable', 60_000);
    ladder.hope('wake');
    expect(ladder.rung).toMatchObject({ kind: 'connecting', retry: { reason: 'unreachable', number: 1 } });
    ladder.lost('unreachable');
    expect(wait(ladder)).toEqual([1_000, 1, 5]);
  });
});

describe('Somebody who looks at the page again', () => {
  test('disturbs no path that works', () => {
    const ladder = startSteady();
    ladder.hope('seen');
    expect(ladder.rung).toEqual({ kind: 'steady' });
  });

  test('has a silent path replaced at once', () => {
    const ladder = startSteady();
    ladder.disconnected();
    ladder.hope('seen');
    expect(ladder.rung).toEqual({ kind: 'restarting' });
  });
});

describe('A closed ladder', () => {
  test('moves no more', () => {
    const ladder = startSteady();
    ladder.disconnected();
    ladder.close();
    ladder.lost('connection_lost');
    ladder.connected();
    ladder.hope('network');
    clock.pass(60_000);
    expect(ladder.rung).toEqual({ kind: 'closed' });
    expect(clock.pending).toBe(0);
  });

  test('opens no session where it was closed by whoever heard of its step', () => {
    const ladder = start();
    player.onRung = ({ kind }) => kind === 'waiting' && ladder.close();
    ladder.lost('source_offline');
    clock.pass(60_000);
    expect(player.count('connect')).toBe(1);
    expect(clock.pending).toBe(0);
  });
});
