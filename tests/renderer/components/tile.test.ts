// @vitest-environment happy-dom
import { describe, expect, test, vi } from 'vitest';
import { Refusal } from '../../../src/renderer/station/client.ts';
import { FakeBridge } from '../fake-bridge.ts';
import { FakePeer, sampleStream } from '../fake-page.ts';
import {
  badge,
  openKiosk,
  openPage,
  play,
  press,
  settle,
  shown,
  station,
  stream,
  tell,
  text,
  tile,
} from '../open-page.ts';

describe('A Tile', () => {
  test('says LIVE, rate and latency, and the same to those who cannot see', async () => {
    await openPage([stream('Brightfield')]);
    await play(3, [stream('Brightfield')]);
    const { dataset } = tile('Brightfield');
    expect(badge('Brightfield')).toBe('LIVE');
    expect(text(tile('Brightfield'))).toContain('10.0 fps 38 ms');
    expect(dataset.state).toBe('live');
    expect(Number(dataset.fps)).toBeCloseTo(10, 0);
    expect(Number(dataset.latencyMs)).toBeCloseTo(38, 0);
    expect(tile('Brightfield').getAttribute('aria-label')?.replace('\u00a0', ' ')).toBe(
      'Brightfield, live, 10 pictures per second, 38 ms behind',
    );
  });

  test('never lets a simulated detector pass for a real one', async () => {
    const simulated = [stream('a', { sourceKind: 'simulated' })];
    await openPage(simulated);
    await play(1, simulated);
    expect(badge('a')).toBe('SIMULATED · LIVE');
  });

  test('never lets a recording pass for a live picture', async () => {
    const recording = [stream('a', { sourceKind: 'file' })];
    await openPage(recording);
    await play(1, recording);
    expect(badge('a')).toBe('RECORDING · PLAYING');
  });

  test('says that a latency rests on an estimate', async () => {
    await openPage([stream('a')], { nowMs: () => Date.now(), uncertaintyMs: 4 });
    await play(1);
    expect(text(tile('a'))).toContain('38 ms est.');
  });

  test('says how old a picture is that is not followed by another', async () => {
    await openPage([stream('a')]);
    await play(1, [stream('a')]);
    for (let second = 0; second < 3; second++) {
      await tell([stream('a')]);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(tile('a').dataset.state).toBe('stale');
    expect(badge('a')).toMatch(/^STALE 3\.\d s$/);
    expect(text(tile('a'))).toContain('— fps — ms');
    expect(tile('a').dataset.fps).toBeUndefined();
  });

  test('says the cause in words, the detail as it was found, and the next try', async () => {
    const fault = { reason: 'busy', detail: '/dev/video0 is busy.' } as const;
    const nextTryAtMs = Date.now() + 4_000;
    await openPage([stream('a', { status: { kind: 'offline', fault, sinceMs: 0, nextTryAtMs, attempt: 1 } })]);
    expect(badge('a')).toBe('OFFLINE');
    expect(text(tile('a'))).toContain('Another program is using the detector. /dev/video0 is busy. Next try in 4 s');
    // The parts of a button are not read out, so that its name has to tell.
    expect(tile('a').getAttribute('aria-label')).toBe('a, offline, Another program is using the detector.');
  });

  test('says why its Player waits, and comes back by itself', async () => {
    station.open.mockRejectedValueOnce(new Refusal('station_full', 'full', 5_000));
    await openPage([stream('a')]);
    const sentence = 'The station serves as many viewers as it may. Reconnecting, try 1 of 5, in 5 s';
    expect(text(tile('a'))).toContain(sentence);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(badge('a')).toBe('CONNECTING');
    await play(1);
    expect(badge('a')).toBe('LIVE');
  });

  test('counts the tries of its Player, also the one that is under way', async () => {
    station.open.mockRejectedValueOnce(new Refusal('unreachable', 'away'));
    await openPage([stream('a')]);
    station.open.mockReturnValue(new Promise(() => undefined));
    await vi.advanceTimersByTimeAsync(1_300);
    expect(text(tile('a'))).toContain('The station does not answer. Reconnecting now, try 1 of 5…');
  });

  test('says that the connection is repaired while the last picture grows old', async () => {
    station.restartIce.mockReturnValueOnce(new Promise(() => undefined));
    await openPage([stream('a')]);
    FakePeer.newest.turn('connected');
    await play(1, [stream('a')]);
    FakePeer.newest.turn('disconnected');
    await vi.advanceTimersByTimeAsync(2_500);
    await tell([stream('a')]);
    expect(badge('a')).toMatch(/^STALE 2\.\d s$/);
    expect(text(tile('a'))).toContain('Repairing the connection…');
    FakePeer.newest.turn('connected');
    await play(1, [stream('a')]);
    expect(badge('a')).toBe('LIVE');
    expect(text(tile('a'))).not.toContain('Repairing');
  });

  describe('whose connection could not be repaired', () => {
    const button = (): HTMLElement | null => tile('a').querySelector('[data-testid="try-again"]');

    async function giveUp(): Promise<void> {
      station.open.mockRejectedValue(new Refusal('station_full', 'full'));
      await openPage([stream('a'), stream('b')]);
      for (let second = 0; second < 60; second++) {
        await vi.advanceTimersByTimeAsync(1_000);
        await tell([stream('a'), stream('b')]);
      }
    }

    test('says so, and tries again when its button is used, without being chosen', async () => {
      await giveUp();
      expect(text(tile('a'))).toContain(
        'The station serves as many viewers as it may. The connection could not be repaired. Try again',
      );
      expect(tile('a').getAttribute('aria-label')).toContain('The connection could not be repaired.');
      const tried = station.open.mock.calls.length;
      const pressed = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true });
      button()?.dispatchEvent(pressed);
      // A browser makes a click of it, where nobody has taken the key for itself.
      expect(pressed.defaultPrevented).toBe(false);
      button()?.click();
      await settle();
      expect(station.open).toHaveBeenCalledTimes(tried + 1);
      expect(shown()).toEqual(['a', 'b']);
      await vi.advanceTimersByTimeAsync(500);
      expect(text(tile('a'))).toContain('Reconnecting, try 1 of 5, in');
    });

    test('can be chosen all the same, by a tap beside the button and by the keys', async () => {
      await giveUp();
      tile('a').click();
      await settle();
      expect(shown()).toEqual(['a']);
      await press('Escape');
      await press('Enter', tile('b'));
      expect(shown()).toEqual(['b']);
    });

    test('offers its button to those who cannot see: not as a part of another button', async () => {
      await giveUp();
      expect(button()?.closest('[role="button"]')).toBeNull();
      expect(button()?.tagName).toBe('BUTTON');
      expect(tile('a').tabIndex).toBe(0);
    });

    test('never gives up on a wall', async () => {
      station.open.mockRejectedValue(new Refusal('station_full', 'full'));
      await openKiosk([stream('a')], new FakeBridge());
      for (let second = 0; second < 90; second++) {
        await vi.advanceTimersByTimeAsync(1_000);
        await tell([stream('a')]);
      }
      expect(text(tile('a'))).toMatch(/Reconnecting(?:, try \d+, in \d+ s| now, try \d+…)/);
      expect(button()).toBeNull();
    });
  });

  const fault = { reason: 'ended', detail: 'It ended.' } as const;
  const gone = stream('a', { status: { kind: 'offline', fault, sinceMs: 0, nextTryAtMs: 0, attempt: 1 } });

  test('asks for nothing while the station says that the detector is away, and at once when it is back', async () => {
    await openPage([gone]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(badge('a')).toBe('OFFLINE');
    expect(station.open).not.toHaveBeenCalled();
    await tell([stream('a')]);
    expect(station.watched).toEqual(['a']);
  });

  test('asks no further where it was refused because the detector has just gone', async () => {
    station.open.mockRejectedValueOnce(new Refusal('source_offline', 'away', 1_000));
    await openPage([stream('a')]);
    await tell([gone]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(station.open).toHaveBeenCalledTimes(1);
    await tell([stream('a')]);
    expect(station.watched).toEqual(['a']);
  });

  test('stays with a detector that goes away while it is watched', async () => {
    await openPage([stream('a')]);
    await play(1);
    await tell([gone]);
    expect(badge('a')).toBe('OFFLINE');
    await tell([stream('a')]);
    await play(1);
    expect(badge('a')).toBe('LIVE');
    expect(station.open).toHaveBeenCalledTimes(1);
  });

  test('opens a new session when the station was started anew', async () => {
    await openPage([stream('a')]);
    await tell([stream('a')], 'run-2');
    expect(station.open).toHaveBeenCalledTimes(2);
    await play(1);
    expect(badge('a')).toBe('LIVE');
  });

  test('shows depth, automatic contrast and saturation of the detector', async () => {
    const reading = {
      number: 1,
      captureTimeMs: 0,
      min: 0,
      max: 4095,
      mean: 90,
      fullScaleShare: 0.0052,
      zeroShare: 0,
      hash: '',
      display: { lowCount: 10, highCount: 3000, isAuto: true },
    };
    const detector = {
      ...sampleStream.detector,
      widthPx: 1,
      heightPx: 1,
      pixelType: 'uint16le',
      engine: 'native',
    } as const;
    const streams = [stream('a', { reading, detector: { ...detector, significantBits: 12 } })];
    await openPage(streams);
    await play(1, streams);
    expect(text(tile('a').querySelector('.chips'))).toBe('12-bit AUTO SAT 0.52 %');
  });

  test('speaks the language that was chosen on this device, numbers included', async () => {
    localStorage.setItem('eyepiece', JSON.stringify({ language: 'de', theme: 'amber' }));
    await openPage([stream('a')]);
    await play(1, [stream('a')]);
    expect(document.documentElement.lang).toBe('de');
    expect(document.documentElement.dataset.theme).toBe('amber');
    expect(text(tile('a'))).toContain('10,0 fps');
  });

  test('announces a change of state at most once in five seconds', async () => {
    await openPage([stream('a')]);
    const spoken = (): string => text(document.querySelector('[role="status"][aria-live]'));
    await play(6, [stream('a')]);
    expect(spoken()).toBe('a: live');
    await tell([gone]);
    const first = spoken();
    await tell([stream('a')]);
    await tell([gone]);
    expect(spoken()).toBe(first);
  });
});
