// @vitest-environment happy-dom
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeBridge } from '../fake-bridge.ts';
import { marked, openKiosk, settle, stream, tap } from '../open-page.ts';

let bridge: FakeBridge;
beforeEach(() => (bridge = new FakeBridge()));

describe('The brightness', () => {
  test('goes in six steps, and no further than the ends', async () => {
    await openKiosk([stream('a')], bridge);
    await tap('brightness-up');
    expect(bridge.shell.setBrightness).not.toHaveBeenCalled();
    for (let steps = 0; steps < 7; steps++) await tap('brightness-down');
    expect(bridge.shell.setBrightness.mock.calls.flat()).toEqual([5, 4, 3, 2, 1]);
    expect(marked('brightness')?.dataset.level).toBe('1');
  });

  test('darkens the pictures by at most four fifths where the screen’s own light can’t be set', async () => {
    await openKiosk([stream('a')], bridge);
    expect(marked('dimmer')).toBeNull();
    bridge.turn({ brightness: { level: 3, by: 'overlay' } });
    await settle();
    expect(Number(marked('dimmer')?.style.opacity)).toBeCloseTo(0.48);
    bridge.turn({ brightness: { level: 1, by: 'overlay' } });
    await settle();
    expect(Number(marked('dimmer')?.style.opacity)).toBeCloseTo(0.8);
  });

  test('leaves the page as it is where the screen follows', async () => {
    await openKiosk([stream('a')], bridge);
    bridge.turn({ brightness: { level: 1, by: 'backlight' } });
    await settle();
    expect(marked('dimmer')).toBeNull();
  });
});
