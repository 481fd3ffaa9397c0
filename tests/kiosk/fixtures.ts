import { test as base, expect, type TestInfo } from '@playwright/test';
import { Kiosk, kioskPlatform, type KioskOptions } from '../support/kiosk.ts';

export const platform = await kioskPlatform();

/** Two detectors that are always there and cost little. */
export const twoStreams = {
  // No word of the tests to the network that they run on.
  http: { announce: false },
  streams: [
    { id: 'dim', name: 'Dim detector', source: { kind: 'simulated', detector: 'dim' } },
    { id: 'clock', name: 'Clock', source: { kind: 'simulated', detector: 'clock' } },
  ],
};

interface Fixtures {
  /** Starts a kiosk that is ended after the test, and waits for its page. */
  startKiosk: (options?: KioskOptions) => Promise<Kiosk>;
}

/** A test with real kiosks, whose pages must not throw or break the content security policy. */
export const test = base.extend<Fixtures>({
  startKiosk: async ({}, use, testInfo) => {
    const kiosks: Kiosk[] = [];
    await use(async (options) => {
      const kiosk = await Kiosk.start(platform, options);
      kiosks.push(kiosk);
      await kiosk.rejoin();
      return kiosk;
    });
    await Promise.all(kiosks.map((kiosk) => kiosk.dispose()));
    await attachLogs(testInfo, kiosks);
    expect(kiosks.flatMap(({ faults }) => faults)).toEqual([]);
  },
});

/**
 * One kiosk for all tests of a file.
 * @param mayFault Whether the tests make its page break rules on purpose.
 */
export function sharedKiosk(options?: KioskOptions, { mayFault = false } = {}): () => Kiosk {
  let kiosk: Kiosk | undefined;
  test.beforeAll(async () => {
    kiosk = await Kiosk.start(platform, options);
    await kiosk.rejoin();
  });
  test.afterEach(({}, testInfo) => attachLogs(testInfo, kiosk ? [kiosk] : []));
  test.afterAll(async () => {
    await kiosk?.dispose();
    if (!mayFault) expect(kiosk?.faults).toEqual([]);
  });
  return () => {
    if (!kiosk) throw new Error('The kiosk has not started.');
    return kiosk;
  };
}

/** What the kiosks wrote tells most about a test that failed. */
async function attachLogs(testInfo: TestInfo, kiosks: readonly Kiosk[]): Promise<void> {
  if (testInfo.status === testInfo.expectedStatus) return;
  for (const { log } of kiosks) await testInfo.attach('log of the kiosk', { body: log, contentType: 'text/plain' });
}

/** For what the stand-in would only pretend. */
export function onlyInElectron(reason: string): void {
  test.skip(platform.isStandIn, `needs the real Electron: ${reason}`);
}

export { expect };
