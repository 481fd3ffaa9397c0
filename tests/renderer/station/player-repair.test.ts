// @vitest-environment happy-dom
import { describe, expect, test, vi } from 'vitest';
import { Refusal } from '../../../src/renderer/station/client.ts';
import { FakePeer } from '../fake-page.ts';
import {
  firstWaitMs,
  pictures,
  playing,
  repairing,
  settle,
  start,
  startPlaying,
  states,
  station,
  video,
} from './open-player.ts';

describe('A Player with a broken connection', () => {
  test('moves a path that stays silent for two seconds within the session, and says so', async () => {
    const started = await startPlaying();
    FakePeer.newest.turn('disconnected');
    await vi.advanceTimersByTimeAsync(1_999);
    expect(station.restartIce).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(station.restartIce).toHaveBeenCalledTimes(1);
    expect(started.state).toEqual(repairing);
    FakePeer.newest.turn('connected');
    expect(started.state).toEqual(playing);
    expect(station.open).toHaveBeenCalledTimes(1);
  });

  test('opens a new session where the station refuses to move the path', async () => {
    const started = await startPlaying();
    station.restartIce.mockRejectedValueOnce(new Refusal('unknown_viewer', 'gone'));
    FakePeer.newest.turn('disconnected');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(started.state).toMatchObject({ kind: 'waiting', retry: { reason: 'connection_lost' } });
    expect(station.watched).toEqual([]);
    await vi.advanceTimersByTimeAsync(firstWaitMs);
    expect(station.watched).toEqual(['brightfield']);
  });

  test('keeps the session where a refused move does not stop the pictures', async () => {
    const started = await startPlaying();
    station.restartIce.mockRejectedValueOnce(new Refusal('unknown_viewer', 'gone'));
    FakePeer.newest.turn('disconnected');
    await vi.advanceTimersByTimeAsync(1_999);
    pictures.show(video, Date.now());
    await vi.advanceTimersByTimeAsync(1);
    expect(started.state).toEqual(playing);
    expect(FakePeer.newest.isClosed).toBe(false);
  });

  test('moves the path at once when the network has changed, and takes no answer to a move of before', async () => {
    let signal: AbortSignal | undefined;
    station.restartIce.mockImplementationOnce((first) => {
      signal = first;
      return new Promise(() => undefined);
    });
    const started = await startPlaying();
    FakePeer.newest.turn('disconnected');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(signal?.aborted).toBe(false);
    window.dispatchEvent(new Event('online'));
    await settle();
    expect(signal?.aborted).toBe(true);
    expect(station.restartIce).toHaveBeenCalledTimes(2);
    expect(started.state).toEqual(repairing);
  });

  test('says nothing of repairs before the first picture', async () => {
    await start();
    FakePeer.newest.turn('connected');
    FakePeer.newest.turn('disconnected');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(station.restartIce).toHaveBeenCalledTimes(1);
    expect(states).toEqual([{ kind: 'connecting', retry: null }]);
  });

  test('gives up after five tries in vain, and begins again when it is told to', async () => {
    station.open.mockRejectedValue(new Refusal('unreachable', 'away'));
    const started = await start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(station.open).toHaveBeenCalledTimes(6);
    expect(started.state).toEqual({ kind: 'gave_up', reason: 'unreachable' });
    started.tryNow();
    expect(started.state).toEqual({ kind: 'connecting', retry: { reason: 'unreachable', number: 1, of: 5 } });
    await settle();
    expect(station.open).toHaveBeenCalledTimes(7);
  });
});
