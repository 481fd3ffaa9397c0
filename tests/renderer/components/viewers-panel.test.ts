// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import type { OpenSession } from '../../../src/renderer/station/client.ts';
import type { ViewerState } from '../../../src/shared/state.ts';
import { FakeBridge } from '../fake-bridge.ts';
import { FakePeer, sampleState } from '../fake-page.ts';
import { marked, openKiosk, openPage, play, press, settle, station, stream, tap, text } from '../open-page.ts';
import { statsAfter, viewerState } from '../telemetry-samples.ts';

const streams = [stream('a'), stream('b')];
const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-testid="viewer"]')];
const cell = (row: HTMLElement | undefined, column: string): string =>
  text(row?.querySelector(`[data-column="${column}"]`) ?? null);

async function tellViewers(viewers: readonly ViewerState[]): Promise<void> {
  station.tell({ ...sampleState(streams), viewers });
  await settle();
}

describe('The table of viewers', () => {
  test('is one tap away, and closed with another one or with Escape', async () => {
    await openPage(streams);
    await tap('viewers');
    expect(text(marked('viewers-panel'))).toBe('Nobody is watching.');
    await tap('viewers');
    expect(marked('viewers-panel')).toBeNull();
    await tap('viewers');
    await press('Escape');
    expect(marked('viewers-panel')).toBeNull();
  });

  test('tells how well each of them is reached, with a mark where it is not', async () => {
    await openPage(streams);
    await tap('viewers');
    const weak = { ...viewerState, id: 'weak', streamId: 'b', scale: 4, lossShare: 0.07, path: 'relayed' } as const;
    await tellViewers([viewerState, { ...weak, skippedFrames: 31, keepalive: null }]);
    expect(rows()).toHaveLength(2);
    expect(['stream', 'size', 'codec', 'path', 'loss', 'connected'].map((column) => cell(rows()[0], column))).toEqual([
      'a',
      '1280 × 720 px',
      'H264',
      'direct',
      '0.0 %',
      '65 s',
    ]);
    expect(['stream', 'size', 'path', 'loss', 'skipped', 'keepalive'].map((column) => cell(rows()[1], column))).toEqual(
      ['b', '320 × 180 px', 'relayed', 'Poor 7.0 %', '31', '— ms'],
    );
    await tellViewers([{ ...viewerState, isConnected: false, connectedForMs: null, path: null }]);
    expect(cell(rows()[0], 'connected')).toBe('connecting');
  });

  test('marks those that are on this screen, and shows no name of any', async () => {
    FakePeer.made = [];
    await openPage(streams);
    await play(1);
    for (const peer of FakePeer.made) {
      peer.turn('connected');
      peer.stats = statsAfter(1);
    }
    const [own] = await Promise.all(station.open.mock.results.map(({ value }) => value as Promise<OpenSession>));
    const viewers = [
      { ...viewerState, id: 'somebody' },
      { ...viewerState, id: own?.viewerId.slice(0, 8) ?? '' },
    ];
    await tap('viewers');
    await tellViewers(viewers);
    await play(2);
    expect(rows().map(({ dataset }) => dataset['own'])).toEqual(['false', 'true']);
    expect(cell(rows()[1], 'stream')).toBe('a this screen');
    for (const { id } of viewers) expect(text(marked('viewers-panel'))).not.toContain(id);
  });

  test('needs no PIN', async () => {
    const kiosk = new FakeBridge();
    kiosk.lockWith('314159');
    await openKiosk(streams, kiosk);
    await tap('viewers');
    expect(marked('viewers-panel')).not.toBeNull();
    kiosk.lockWith('314159');
    await settle();
    expect(marked('viewers-panel')).not.toBeNull();
  });
});
