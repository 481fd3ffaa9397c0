import { nextTick } from 'vue';
import { afterEach, beforeEach, vi } from 'vitest';
import type { StreamState } from '../../src/shared/state.ts';
import { showPage } from '../../src/renderer/page.ts';
import { bridgeAccess, type AccessClient } from '../../src/renderer/station/access-client.ts';
import { sharedClock, type StationClock } from '../../src/renderer/station/clock.ts';
import type { Place } from '../../src/renderer/station/connect.ts';
import { bridgeDirectory, type DirectoryClient } from '../../src/renderer/station/directory-client.ts';
import { bridgeSettings, type SettingsClient } from '../../src/renderer/station/settings-client.ts';
import type { FakeBridge } from './fake-bridge.ts';
import { FakePeer, fakePictures, FakeStation, sampleState, sampleStream } from './fake-page.ts';
import { FakePass } from './fake-pass.ts';

/** The whole page over a station that is played by the test; both made anew before each test of the file that imports this. */
export let station: FakeStation;
/** What lets the page of a browser in. */
export let pass: FakePass;
let endPage: (() => void) | undefined;
let pictures: ReturnType<typeof fakePictures>;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('RTCPeerConnection', FakePeer);
  localStorage.clear();
  history.replaceState(null, '', '/');
  document.body.innerHTML = '<div id="app"></div>';
  pictures = fakePictures(HTMLVideoElement.prototype);
  station = new FakeStation();
  pass = new FakePass();
});

afterEach(() => {
  endPage?.();
  endPage = undefined;
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

export const stream = (id: string, overrides: Partial<StreamState> = {}): StreamState => ({
  ...sampleStream,
  id,
  name: id,
  ...overrides,
});

const browser: Place = { playsWhileHidden: false, offersFullScreen: true, hands: 'mouse', kiosk: null };

/** The page in the kiosk's window. */
export function openKiosk(streams: readonly StreamState[], kiosk: FakeBridge): Promise<void> {
  const place = { playsWhileHidden: true, offersFullScreen: false, hands: 'glove', kiosk } as const;
  const directory = bridgeDirectory(kiosk.directory, location.href);
  return openPage(streams, sharedClock, place, bridgeAccess(kiosk.access), bridgeSettings(kiosk), directory);
}

export async function openPage(
  streams: readonly StreamState[],
  clock: StationClock = sharedClock,
  place: Place = browser,
  access: AccessClient | null = null,
  settings: SettingsClient | null = null,
  directory: DirectoryClient | null = null,
): Promise<void> {
  // As a reload would.
  endPage?.();
  const app = document.querySelector('#app');
  if (!app) throw new Error('The page has no place.');
  const letIn = place.kiosk ? null : pass;
  endPage = showPage({ client: station, clock, place, pass: letIn, access, settings, directory }, app, 'en');
  await tell(streams);
}

export async function tell(streams: readonly StreamState[], runId?: string): Promise<void> {
  station.tell(sampleState(streams, runId));
  await settle();
}

export async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
  await nextTick();
  // Parts of the page that are loaded when they are opened.
  await vi.dynamicImportSettled();
  await nextTick();
}

/** Lets time pass in which a picture comes to every Tile each 100 ms and the station speaks each second. */
export async function play(seconds: number, streams: readonly StreamState[] = []): Promise<void> {
  for (let tenth = 0; tenth < seconds * 10; tenth++) {
    for (const video of document.querySelectorAll('video')) pictures.show(video, Date.now() - 38);
    await vi.advanceTimersByTimeAsync(100);
    if (tenth % 10 === 9 && streams.length > 0) await tell(streams);
  }
}

export const tiles = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-testid="tile"]')];
export const shown = (): (string | undefined)[] => tiles().map((tile) => tile.dataset.streamId);
export const tile = (id: string): HTMLElement => {
  const found = tiles().find(({ dataset }) => dataset.streamId === id);
  if (!found) throw new Error(`There is no tile ${id}.`);
  return found;
};
/** What is written in an element, with a space wherever a new part begins. */
export function text(node: Node | null): string {
  if (!node) return '';
  if (node.nodeType === Node.TEXT_NODE) return (node.textContent ?? '').trim();
  return [...node.childNodes].map(text).filter(Boolean).join(' ').replace(/\s+/g, ' ');
}
export const badge = (id: string): string => text(tile(id).querySelector('.badge'));

/** What a test or a program finds by its mark; null where it is not shown. */
export const marked = (mark: string): HTMLElement | null => document.querySelector(`[data-testid="${mark}"]`);

export async function tap(mark: string, within: ParentNode = document): Promise<void> {
  const element = within.querySelector<HTMLElement>(`[data-testid="${mark}"]`);
  if (!element) throw new Error(`There is no ${mark} to tap.`);
  element.dispatchEvent(new Event('pointerdown', { bubbles: true }));
  element.click();
  await settle();
}

/** Types into a field and leaves it. */
export async function type(input: HTMLInputElement | null | undefined, what: string): Promise<void> {
  if (!input) throw new Error('There is no field to type into.');
  input.value = what;
  input.dispatchEvent(new Event('input', { bubbles: true }));
  input.dispatchEvent(new Event('change', { bubbles: true }));
  await settle();
}

export async function press(key: string, target: EventTarget = window): Promise<void> {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  await settle();
}
