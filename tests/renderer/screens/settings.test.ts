// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { camera, FakeBridge, refused, sampleSettings, streamSettings } from '../fake-bridge.ts';
import { sampleState } from '../fake-page.ts';
import { marked, openKiosk, press, settle, shown, station, stream, tap, text, type } from '../open-page.ts';

const offline = {
  kind: 'offline',
  fault: { reason: 'busy', detail: '' },
  sinceMs: 0,
  nextTryAtMs: 0,
  attempt: 1,
} as const;
const wall = [stream('a'), stream('b', { status: offline })];
let bridge: FakeBridge;

beforeEach(() => {
  bridge = new FakeBridge();
  bridge.settingsNow = {
    ...sampleSettings,
    streams: [streamSettings('a', { pixelSizeUm: 0.325 }), streamSettings('b')],
  };
});

async function open(): Promise<void> {
  await openKiosk(wall, bridge);
  await tap('settings');
}

const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-testid="stream-row"]')];
const row = (id: string): HTMLElement => {
  const found = rows().find(({ dataset }) => dataset.streamId === id);
  if (!found) throw new Error(`There is no row ${id}.`);
  return found;
};
const refusal = (): string => text(marked('settings-refusal'));
const field = (within: ParentNode | null, index = 0): HTMLInputElement | undefined =>
  [...(within?.querySelectorAll('input') ?? [])][index];

async function unfold(id: string): Promise<HTMLElement> {
  await tap('change-stream', row(id));
  return row(id);
}

describe('The settings', () => {
  test('open beside a wall that goes on playing, and close by their key, Escape and the key that opened them', async () => {
    await open();
    expect(shown()).toEqual(['a', 'b']);
    expect(station.watched).toEqual(['a']);
    await tap('settings-close');
    expect(marked('settings-panel')).toBeNull();
    await tap('settings');
    await press('Escape', field(marked('station-name')));
    expect(marked('settings-panel')).toBeNull();
    await tap('settings');
    await tap('settings');
    expect(marked('settings-panel')).toBeNull();
    expect(station.open).toHaveBeenCalledTimes(1);
  });

  test('close when nobody has touched anything for five minutes', async () => {
    await open();
    await vi.advanceTimersByTimeAsync(299_000);
    await press('Shift', field(marked('station-name')));
    await vi.advanceTimersByTimeAsync(299_000);
    expect(marked('settings-panel')).not.toBeNull();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(marked('settings-panel')).toBeNull();
  });

  test('take letters and digits for text, not for keys of the wall', async () => {
    await open();
    await press('1', field(marked('station-name')));
    await press('g', field(marked('station-name')));
    expect(shown()).toEqual(['a', 'b']);
  });

  test('show each Stream with name, source and state', async () => {
    await open();
    expect(rows().map(text)).toEqual(['a Camera · /dev/a LIVE', 'b Camera · /dev/b OFFLINE']);
  });

  test('change name, pixel size and quality of the one Stream that is meant', async () => {
    await open();
    const details = await unfold('a');
    await type(field(details), ' Objective 40× ');
    expect(bridge.settings.changeStream).toHaveBeenLastCalledWith('a', { name: 'Objective 40×' });
    details.querySelector<HTMLElement>('[data-value="high"]')?.click();
    expect(bridge.settings.changeStream).toHaveBeenLastCalledWith('a', { quality: 'high' });
    await settle();
    expect(text(row('a'))).toContain('Objective 40×');
  });

  test.each([
    ['0.65', { pixelSizeUm: 0.65 }],
    ['0,65', { pixelSizeUm: 0.65 }],
    ['', { pixelSizeUm: null }],
  ])('take %j for a pixel size', async (typed, change) => {
    await open();
    await type(field(await unfold('a'), 1), typed);
    expect(bridge.settings.changeStream).toHaveBeenLastCalledWith('a', change);
  });

  test.each(['abc', '0', '-1', '1,2,3'])('say that %j is no pixel size, and ask the station nothing', async (typed) => {
    await open();
    const details = await unfold('a');
    await type(field(details, 1), typed);
    expect(text(details)).toContain('not a number above zero');
    expect(field(details, 1)?.value).toBe(typed);
    expect(bridge.settings.changeStream).not.toHaveBeenCalled();
  });

  test('say of an unknown scale that it is unknown', async () => {
    await open();
    expect(field(await unfold('b'), 1)?.placeholder).toBe('scale unknown');
    expect(field(await unfold('a'), 1)?.value).toBe('0.325');
  });

  test('move a Stream by taps, and no further than the ends', async () => {
    await open();
    const details = await unfold('a');
    expect(details.querySelector<HTMLButtonElement>('[data-testid="move-up"]')?.disabled).toBe(true);
    await tap('move-down', details);
    expect(bridge.settings.moveStream).toHaveBeenCalledWith('a', 1);
    expect(rows().map(({ dataset }) => dataset.streamId)).toEqual(['b', 'a']);
  });

  test('remove a Stream at the second tap, and forget the first one', async () => {
    await open();
    const details = await unfold('b');
    await tap('remove-stream', details);
    expect(text(details)).toContain('Remove b?');
    await vi.advanceTimersByTimeAsync(5_000);
    await tap('remove-stream', details);
    expect(bridge.settings.removeStream).not.toHaveBeenCalled();
    await tap('remove-stream', details);
    expect(bridge.settings.removeStream).toHaveBeenCalledWith('b');
    expect(rows()).toHaveLength(1);
  });

  test('show what was refused in words, keep what was typed, and forget it with the next change', async () => {
    await open();
    const details = await unfold('a');
    bridge.settings.changeStream.mockImplementationOnce(() => refused('bad_setting', 'The name must not be empty.'));
    await type(field(details), '');
    expect(refusal()).toBe('This value can’t be used. The name must not be empty.');
    expect(field(details)?.value).toBe('');
    bridge.settings.changeStream.mockImplementationOnce(() => refused('not_saved', 'The disk is full.'));
    await type(field(details), 'x');
    expect(refusal()).toContain('could not be saved');
    await type(field(details), 'y');
    expect(refusal()).toBe('');
  });

  test('are to be read only where the command line has set the Streams', async () => {
    bridge.settingsNow = { ...bridge.settingsNow, fixedBy: 'command_line' };
    await open();
    expect(text(marked('settings-fixed'))).toContain('--camera');
    expect(rows()).toHaveLength(2);
    for (const mark of ['change-stream', 'add-address', 'add-simulated-clock']) expect(marked(mark)).toBeNull();
  });
});

describe('Adding a Stream', () => {
  test('takes one tap for a camera that is not on the wall yet', async () => {
    bridge.cameras.mockImplementation(() => Promise.resolve({ ok: [camera('a'), camera('video7')] }));
    await open();
    const offered = [...document.querySelectorAll('[data-testid="add-camera"]')];
    expect(offered.map(text)).toEqual(['Camera video7 Tap to add']);
    await tap('add-camera');
    expect(bridge.settings.addStream).toHaveBeenCalledWith({
      name: 'Camera video7',
      source: { kind: 'camera', device: 'video7' },
    });
    expect(rows()).toHaveLength(3);
  });

  test('says that there is no camera, and looks again', async () => {
    await open();
    expect(text(marked('settings-panel'))).toContain('No camera was found');
    bridge.cameras.mockImplementation(() => Promise.resolve({ ok: [camera('video7')] }));
    await tap('find-cameras');
    expect(marked('add-camera')).not.toBeNull();
  });

  test('takes an address and a name, and keeps them when they are refused', async () => {
    await open();
    await type(field(marked('address')), ' rtsp://10.0.0.9/live ');
    await type(field(marked('address-name')), 'Incubator');
    bridge.settings.addStream.mockImplementationOnce(() => refused('bad_setting', 'no'));
    await tap('add-address');
    expect(field(marked('address'))?.value.trim()).toBe('rtsp://10.0.0.9/live');
    await tap('add-address');
    expect(bridge.settings.addStream).toHaveBeenLastCalledWith({
      name: 'Incubator',
      source: { kind: 'url', url: 'rtsp://10.0.0.9/live' },
    });
    expect(field(marked('address'))?.value).toBe('');
  });

  test('adds a stream to publish to, and says where it waits for its publisher', async () => {
    await open();
    await type(field(marked('published-name')), 'Other bench');
    await tap('add-published');
    expect(bridge.settings.addStream).toHaveBeenCalledWith({
      name: 'Other bench',
      source: { kind: 'published' },
    });
    expect(field(marked('published-name'))?.value).toBe('');
  });

  test('takes one tap for a simulated detector', async () => {
    await open();
    await tap('add-simulated-fluorescence');
    expect(bridge.settings.addStream).toHaveBeenCalledWith({
      name: 'Fluorescence',
      source: { kind: 'simulated', detector: 'fluorescence' },
    });
  });
});

describe('Sharing on the network', () => {
  test('is off, says what it means, and shows link and code when it is on', async () => {
    await open();
    expect(text(marked('sharing-state'))).toBe('OFF');
    expect(text(marked('settings-panel'))).toContain('Whoever has the link can watch');
    expect(marked('share-link')).toBeNull();
    await tap('share');
    expect(text(marked('sharing-state'))).toBe('ON');
    expect(text(marked('share-link'))).toBe('https://192.168.4.20:8443/#k=secret');
    expect(text(marked('fingerprint'))).toBe('AB:CD:EF');
    expect(document.querySelector('svg.code path')?.getAttribute('d')).toMatch(/^(M\d+ \d+h1v1h-1z)+$/);
    await tap('new-link');
    expect(bridge.settings.share).toHaveBeenCalledTimes(2);
    await tap('stop-sharing');
    expect(marked('share-link')).toBeNull();
  });

  test('is seen on the bar by everybody who stands before the screen', async () => {
    await openKiosk(wall, bridge);
    expect(marked('shared')).toBeNull();
    const state = sampleState(wall);
    station.tell({ ...state, station: { ...state.station, isShared: true } });
    await settle();
    expect(text(marked('shared'))).toContain('Shared on the network');
  });

  test('is told anew when it ends by itself', async () => {
    await open();
    await tap('share');
    bridge.settingsNow = { ...bridge.settingsNow, sharing: { kind: 'off' } };
    const state = sampleState(wall);
    station.tell({ ...state, station: { ...state.station, isShared: true } });
    await settle();
    station.tell(state);
    await settle();
    expect(text(marked('sharing-state'))).toBe('OFF');
  });

  test('says why it can’t be', async () => {
    bridge.settings.share.mockImplementationOnce(() => refused('cannot_share', 'There is no network.'));
    await open();
    await tap('share');
    expect(refusal()).toBe('The station can’t be shared now. There is no network.');
  });
});

describe('The kiosk section', () => {
  test('leaves the kiosk and comes back', async () => {
    await open();
    await tap('leave-kiosk');
    expect(bridge.shell.leaveKiosk).toHaveBeenCalledTimes(1);
    expect(marked('leave-kiosk')).toBeNull();
    await tap('enter-kiosk');
    expect(marked('leave-kiosk')).not.toBeNull();
  });

  test('restarts at the second tap', async () => {
    await open();
    await tap('restart');
    expect(bridge.shell.restart).not.toHaveBeenCalled();
    await tap('restart');
    expect(bridge.shell.restart).toHaveBeenCalledTimes(1);
  });

  test('locks where there is a PIN, and offers to choose one where there is none', async () => {
    await open();
    expect(marked('lock-now')).toBeNull();
    expect(text(marked('change-pin'))).toBe('Choose a PIN');
    bridge.turn({ lock: { kind: 'unlocked', relockAtMs: null } });
    await settle();
    await tap('lock-now');
    expect(text(marked('lock'))).toBe('Locked');
  });

  test('says that the kiosk is locked where it has locked itself meanwhile', async () => {
    await open();
    bridge.shell.leaveKiosk.mockImplementationOnce(() => refused('locked'));
    await tap('leave-kiosk');
    expect(refusal()).toContain('The kiosk is locked');
  });
});

test('The page looks as the person sets it, at once', async () => {
  await open();
  document.querySelector<HTMLElement>('.sections [data-value="red"]')?.click();
  document.querySelector<HTMLElement>('.sections [data-value="touch"]')?.click();
  document.querySelector<HTMLElement>('.sections [data-value="de"]')?.click();
  await settle();
  expect(document.documentElement.dataset).toMatchObject({ theme: 'red', density: 'touch' });
  expect(text(marked('settings-panel'))).toContain('Name der Station');
});
