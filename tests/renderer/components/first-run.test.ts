// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import { FakeBridge } from '../fake-bridge.ts';
import { marked, openKiosk, settle, stream, tap, tell, text } from '../open-page.ts';

const simulated = [stream('a', { sourceKind: 'simulated' }), stream('b', { sourceKind: 'simulated' })];

describe('The card of the first run', () => {
  test('says that nothing real is shown, and leads to the cameras', async () => {
    await openKiosk(simulated, new FakeBridge());
    expect(text(marked('first-run'))).toContain('You are seeing simulated detectors.');
    marked('first-run')?.querySelector('button')?.click();
    await settle();
    expect(marked('settings-panel')).not.toBeNull();
  });

  test('speaks the language that is chosen on it', async () => {
    await openKiosk(simulated, new FakeBridge());
    marked('first-run')?.querySelector<HTMLElement>('[lang="de"]')?.click();
    await settle();
    expect(text(marked('first-run'))).toContain('simulierte Detektoren');
  });

  test('goes when a real detector comes', async () => {
    await openKiosk(simulated, new FakeBridge());
    await tell([...simulated, stream('c')]);
    expect(marked('first-run')).toBeNull();
  });

  test('is sent away for good', async () => {
    await openKiosk(simulated, new FakeBridge());
    await tap('first-run-close');
    expect(marked('first-run')).toBeNull();
    await openKiosk(simulated, new FakeBridge());
    expect(marked('first-run')).toBeNull();
  });
});
