// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeBridge, refused } from '../fake-bridge.ts';
import { marked, openKiosk, openPage, press, settle, shown, stream, tap, text, tile } from '../open-page.ts';

const wall = [stream('a'), stream('b')];
let bridge: FakeBridge;
beforeEach(() => (bridge = new FakeBridge()));

async function typePin(pin: string): Promise<void> {
  for (const digit of pin) await tap(`pin-key-${digit}`);
}

const fault = (): string => text(marked('pin-fault'));
const typed = (): string | undefined => document.querySelector<HTMLElement>('[data-typed]')?.dataset.typed;

describe('The lock of a kiosk without a PIN', () => {
  test('says so, tells the rules first, takes a PIN twice, and locks', async () => {
    await openKiosk(wall, bridge);
    expect(text(marked('lock'))).toBe('Open No PIN');
    await tap('lock');
    expect(text(document.querySelector('[role="dialog"]'))).toContain('not 123456');
    await typePin('258013');
    expect(text(document.querySelector('[role="dialog"]'))).toContain('again');
    await typePin('258013');
    expect(bridge.shell.setPin).toHaveBeenCalledWith('258013', '258013');
    expect(text(marked('lock'))).toBe('Locked');
    expect(marked('pin-pad')).toBeNull();
  });

  test('begins anew where both PINs differ, or are too easy', async () => {
    await openKiosk(wall, bridge);
    await tap('lock');
    await typePin('258013');
    await typePin('258014');
    expect(fault()).toContain('two different PINs');
    expect(bridge.shell.setPin).not.toHaveBeenCalled();
    await typePin('111111');
    await typePin('111111');
    expect(fault()).toContain('too easy to guess');
    await typePin('258013');
    await typePin('258013');
    expect(bridge.pin).toBe('258013');
  });
});

describe('A locked kiosk', () => {
  beforeEach(() => bridge.lockWith('258013'));

  test('keeps the wall alive beside the pad, and lets it be used', async () => {
    await openKiosk(wall, bridge);
    await tap('lock');
    expect(shown()).toEqual(['a', 'b']);
    tile('b').click();
    await settle();
    expect(shown()).toEqual(['b']);
    await tap('brightness-down');
    expect(bridge.shell.setBrightness).toHaveBeenCalledWith(5);
  });

  test('asks for the PIN before the settings, and then goes on to them', async () => {
    await openKiosk(wall, bridge);
    await tap('settings');
    expect(marked('settings-panel')).toBeNull();
    await typePin('258013');
    expect(marked('pin-pad')).toBeNull();
    expect(marked('settings-panel')).not.toBeNull();
    expect(text(marked('lock'))).toBe('Open');
  });

  test('closes the settings when it locks itself', async () => {
    await openKiosk(wall, bridge);
    await tap('settings');
    await typePin('258013');
    bridge.turn({ lock: { kind: 'locked', waitUntilMs: null } });
    await settle();
    expect(marked('settings-panel')).toBeNull();
  });

  test('takes the PIN from a keyboard, wherever the focus is, and leaves the wall alone', async () => {
    await openKiosk(wall, bridge);
    await tap('lock');
    for (const key of ['2', '2', 'Backspace', '5', '8', '0']) await press(key);
    expect(typed()).toBe('4');
    expect(shown()).toEqual(['a', 'b']);
    await press('Enter');
    expect(fault()).toContain('six digits');
    for (const key of ['1', '3']) await press(key, tile('b'));
    expect(bridge.shell.unlock).toHaveBeenCalledWith('258013');
    expect(marked('pin-pad')).toBeNull();
  });

  test('never shows a digit', async () => {
    await openKiosk(wall, bridge);
    await tap('lock');
    const before = text(document.querySelector('[role="dialog"]'));
    await typePin('777');
    expect(text(document.querySelector('[role="dialog"]'))).toBe(before);
    expect(typed()).toBe('3');
  });

  test('says that a PIN is wrong, and after five of them counts down to the next try', async () => {
    await openKiosk(wall, bridge);
    await tap('lock');
    await typePin('000000');
    expect(fault()).toBe('That is not the PIN.');
    for (let tries = 0; tries < 4; tries++) await typePin('000000');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(text(marked('pin-wait'))).toBe('Too many wrong PINs. Next try in 29 s');
    await typePin('258013');
    expect(bridge.shell.unlock).toHaveBeenCalledTimes(5);
    expect(typed()).toBe('0');
    await vi.advanceTimersByTimeAsync(29_000);
    expect(marked('pin-wait')).toBeNull();
    await typePin('258013');
    expect(text(marked('lock'))).toBe('Open');
  });

  test('says what went wrong when the PIN could not be checked', async () => {
    bridge.shell.unlock.mockImplementationOnce(() => refused('bad_arguments'));
    await openKiosk(wall, bridge);
    await tap('lock');
    await typePin('258013');
    expect(fault()).toContain('Something went wrong');
  });

  test('closes its pad after thirty seconds without a touch, on Escape, and on its key', async () => {
    await openKiosk(wall, bridge);
    await tap('lock');
    await vi.advanceTimersByTimeAsync(29_000);
    await typePin('2');
    await vi.advanceTimersByTimeAsync(29_000);
    expect(marked('pin-pad')).not.toBeNull();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(marked('pin-pad')).toBeNull();
    await tap('lock');
    await press('Escape');
    expect(marked('pin-pad')).toBeNull();
    await tap('lock');
    await tap('pin-close');
    expect(marked('pin-pad')).toBeNull();
  });

  test('keeps the focus in the pad, and gives it back to where it came from', async () => {
    await openKiosk(wall, bridge);
    marked('lock')?.focus();
    await tap('lock');
    const sheet = document.querySelector<HTMLElement>('[role="dialog"]');
    expect(document.activeElement).toBe(sheet);
    marked('pin-delete')?.focus();
    await press('Tab', marked('pin-delete') ?? window);
    expect(document.activeElement).toBe(marked('pin-key-1'));
    await press('Escape');
    expect(document.activeElement).toBe(marked('lock'));
  });
});

describe('An unlocked kiosk', () => {
  beforeEach(() => {
    bridge.pin = '258013';
    bridge.turn({ lock: { kind: 'unlocked', relockAtMs: Date.now() + 60_000 } });
  });

  test('locks at one tap', async () => {
    await openKiosk(wall, bridge);
    await tap('lock');
    expect(bridge.shell.lock).toHaveBeenCalledTimes(1);
    expect(text(marked('lock'))).toBe('Locked');
  });

  test('tells the window of touches and keys, at most every ten seconds', async () => {
    await openKiosk(wall, bridge);
    for (let second = 0; second < 25; second++) {
      tile('a').dispatchEvent(new Event('pointerdown', { bubbles: true }));
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(bridge.shell.keepUnlocked).toHaveBeenCalledTimes(3);
  });

  test('warns before it locks itself', async () => {
    await openKiosk(wall, bridge);
    expect(text(marked('lock'))).toBe('Open');
    await vi.advanceTimersByTimeAsync(50_000);
    expect(text(marked('lock'))).toMatch(/^Locks in 10\ss$/);
  });

  test('lets another PIN be chosen, and comes back to the settings', async () => {
    await openKiosk(wall, bridge);
    await tap('settings');
    await tap('change-pin');
    await typePin('739146');
    await typePin('739146');
    expect(bridge.pin).toBe('739146');
    expect(bridge.shell.lock).not.toHaveBeenCalled();
    expect(marked('settings-panel')).not.toBeNull();
  });
});

test('A page in a browser knows nothing of a kiosk', async () => {
  await openPage([stream('a', { sourceKind: 'simulated' })]);
  for (const mark of ['lock', 'settings', 'brightness-up', 'first-run', 'dimmer', 'shared']) {
    expect([mark, marked(mark)]).toEqual([mark, null]);
  }
});
