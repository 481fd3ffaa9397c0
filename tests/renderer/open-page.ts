import { createPinia } from 'pinia';
import { createApp, nextTick, type App as VueApp } from 'vue';
import { afterEach, beforeEach, vi } from 'vitest';
import type { StreamState } from '../../src/shared/state.ts';
import App from '../../src/renderer/App.vue';
import { createWords } from '../../src/renderer/locales/i18n.ts';
import { sharedClock, type StationClock } from '../../src/renderer/station/clock.ts';
import { connectionKey } from '../../src/renderer/stores/connection.ts';
import { FakePeer, fakePictures, FakeStation, sampleState, sampleStream } from './fake-page.ts';

/** The whole page over a station that is played by the test; both made anew before each test of the file that imports this. */
export let station: FakeStation;
let app: VueApp | undefined;
let pictures: ReturnType<typeof fakePictures>;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('RTCPeerConnection', FakePeer);
  localStorage.clear();
  history.replaceState(null, '', '/');
  document.body.innerHTML = '<div id="app"></div>';
  pictures = fakePictures(HTMLVideoElement.prototype);
  station = new FakeStation();
});

afterEach(() => {
  app?.unmount();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

export const stream = (id: string, overrides: Partial<StreamState> = {}): StreamState => ({
  ...sampleStream,
  id,
  name: id,
  ...overrides,
});

export async function openPage(streams: readonly StreamState[], clock: StationClock = sharedClock): Promise<void> {
  app = createApp(App)
    .provide(connectionKey, {
      client: station,
      clock,
      place: { playsWhileHidden: false, offersFullScreen: true, hands: 'mouse' },
    })
    .use(createPinia())
    .use(createWords('en'));
  app.mount('#app');
  await tell(streams);
}

export async function tell(streams: readonly StreamState[], runId?: string): Promise<void> {
  station.tell(sampleState(streams, runId));
  await settle();
}

export async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
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

export async function press(key: string, target: EventTarget = window): Promise<void> {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  await settle();
}
