// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeBridge, ok, refused, sampleSettings } from '../fake-bridge.ts';
import { labInfo, labKeyId, labStation } from '../fake-directory.ts';
import { marked, openKiosk, press, settle, stream, tap, text, type } from '../open-page.ts';

const wall = [stream('bench')];
const told = { url: 'https://192.168.4.2:8081', station: 'bench', publicKey: labInfo('UTC').publicKey, id: labKeyId };
const inGroups = 'kPrK _qmx VWaY VA9w wBF6 Iuo3 vVzz 7TxH CTwX Bygr S4k';
let bridge: FakeBridge;

beforeEach(() => {
  bridge = new FakeBridge();
});

const input = (mark: string): HTMLInputElement | null => marked(mark)?.querySelector('input') ?? null;
const refusal = (): string => text(marked('settings-refusal'));

describe('Joining a lab at the station’s own screen', () => {
  async function ask(): Promise<void> {
    await openKiosk(wall, bridge);
    await tap('settings');
    await type(input('lab-url'), told.url);
    await type(input('lab-station-id'), told.station);
    await tap('ask-lab');
  }

  test('asks for the key, shows it in groups, and joins only after it was compared', async () => {
    bridge.settings.askLab.mockImplementation(() => ok(told));
    await ask();
    expect(bridge.settings.askLab).toHaveBeenCalledWith({ url: told.url, station: 'bench' });
    expect(text(marked('thumbprint'))).toBe(inGroups);
    expect(text(marked('join-lab'))).toContain(`At ${told.url} this key is shown.`);
    expect(bridge.settings.joinLab).not.toHaveBeenCalled();
    expect(text(marked('no-lab'))).toBe('This station is in no lab.');
    await tap('confirm-lab');
    const { id: _shown, ...trust } = told;
    expect(bridge.settings.joinLab).toHaveBeenCalledWith(trust);
    expect(text(marked('trusted-lab'))).toBe('https://192.168.4.2:8081 Called bench there Leave');
    expect([marked('thumbprint'), input('lab-url')?.value]).toEqual([null, '']);
  });

  test('joins nothing where the key is another one', async () => {
    bridge.settings.askLab.mockImplementation(() => ok(told));
    await ask();
    await tap('refuse-lab');
    expect(marked('thumbprint')).toBeNull();
    expect(bridge.settings.joinLab).not.toHaveBeenCalled();
    expect(input('lab-url')?.value).toBe(told.url);
  });

  test('says why there is no key to compare, and forgets the one before', async () => {
    bridge.settings.askLab.mockImplementationOnce(() => ok(told));
    await ask();
    await tap('ask-lab');
    expect(refusal()).toBe('There is no directory of a lab at this address. Nothing answers there.');
    expect(marked('thumbprint')).toBeNull();
  });

  test('keeps the key on the screen where the station could not write it down', async () => {
    bridge.settings.askLab.mockImplementation(() => ok(told));
    bridge.settings.joinLab.mockImplementationOnce(() => refused('not_saved', 'the disk is full'));
    await ask();
    await tap('confirm-lab');
    expect(refusal()).toContain('the disk is full');
    expect(marked('confirm-lab')).not.toBeNull();
  });

  test('leaves a lab after a question', async () => {
    bridge.settingsNow = { ...sampleSettings, trusts: [{ ...told, name: 'Institute' }] };
    await openKiosk(wall, bridge);
    await tap('settings');
    await tap('leave-lab');
    expect(text(marked('leave-lab'))).toBe('Leave Institute? Whoever it has sent has to go.');
    expect(bridge.settings.leaveLab).not.toHaveBeenCalled();
    await tap('leave-lab');
    expect(bridge.settings.leaveLab).toHaveBeenCalledWith(labKeyId);
    expect(marked('no-lab')).not.toBeNull();
  });

  test('is not offered where the command line has set the Streams', async () => {
    bridge.settingsNow = { ...sampleSettings, fixedBy: 'command_line', trusts: [{ ...told, name: 'Institute' }] };
    await openKiosk(wall, bridge);
    await tap('settings');
    expect(text(marked('trusted-lab'))).toContain('Institute');
    expect(text(marked('labs-fixed'))).toContain('--camera');
    expect([marked('leave-lab'), marked('join-lab')]).toEqual([null, null]);
  });
});

describe('The directory’s own page', () => {
  beforeEach(() => {
    bridge.directory.infoNow = labInfo('Europe/Berlin', { url: null });
    bridge.directory.stationsNow = [labStation('bench', { status: 'refused' })];
  });

  async function openForm(): Promise<void> {
    await openKiosk(wall, bridge);
    await settle();
    await tap('lab');
    await tap('change-station');
  }

  test('shows the same key in the same groups, and says what a station that does not let it in has to do', async () => {
    await openKiosk(wall, bridge);
    await settle();
    await tap('lab');
    expect(text(marked('thumbprint'))).toBe(inGroups);
    expect(text(marked('lab-station'))).toContain('It has to join: in the settings on its own screen, under Lab.');
    await tap('change-station');
    expect(text(marked('join-id'))).toBe('bench');
    // Its door is still closed.
    expect(text(marked('join-url'))).toContain('the network door of this directory is closed');
    expect(marked('copy-trusts')).toBeNull();
    await press('Escape', marked('lab-form') ?? undefined);
    bridge.directory.infoNow = labInfo('Europe/Berlin');
    await tap('change-station');
    await settle();
    expect(text(marked('join-url'))).toBe('https://192.168.4.2:8081');
  });

  test('has nothing to say about joining of what it shows itself', async () => {
    bridge.directory.stationsNow = [labStation('cam', { webrtc_url: null, rtsp_url: 'rtsp://192.168.4.21/live' })];
    await openForm();
    expect(marked('lab-form')).not.toBeNull();
    expect(marked('how-to-join')).toBeNull();
  });

  test('gives the entry for a station without a screen, by hand where nothing can be copied', async () => {
    bridge.directory.infoNow = labInfo('Europe/Berlin');
    const entry = { trusts: [{ name: 'Scope 2', url: told.url, station: 'bench', publicKey: told.publicKey }] };
    const writeText = vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValueOnce(new Error('Not allowed.'));
    await openForm();
    await tap('copy-trusts');
    expect(JSON.parse(`{${marked('trusts-entry')?.textContent ?? ''}}`)).toEqual(entry);
    writeText.mockResolvedValue();
    await tap('copy-trusts');
    expect(marked('trusts-entry')).toBeNull();
    expect(JSON.parse(`{${writeText.mock.lastCall?.[0] ?? ''}}`)).toEqual(entry);
    expect(text(marked('how-to-join'))).toContain('Copied.');
  });
});
