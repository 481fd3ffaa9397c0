import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expectLive, expectPictures } from '../e2e/fixtures.ts';
import type { Kiosk } from '../support/kiosk.ts';
import { expect, sharedKiosk, test, twoStreams } from './fixtures.ts';
import { goodPin, tapPin } from './pin.ts';

test.describe('the PIN', () => {
  // Each test goes on where the one before has left the kiosk.
  test.describe.configure({ mode: 'serial' });
  const kiosk = sharedKiosk({ config: twoStreams });

  test('a PIN has to be typed twice the same, and not be one that anybody would try', async () => {
    const { page } = kiosk();
    await expectLive(page, 'clock');
    await page.getByTestId('lock').click();
    await tapPin(page, '123456');
    await tapPin(page, '123456');
    await expect(page.getByTestId('pin-fault')).not.toBeEmpty();
    await tapPin(page, goodPin);
    await tapPin(page, '314159');
    await expect(page.getByTestId('pin-fault')).not.toBeEmpty();
    expect(kiosk().file('lock.json')).toBeNull();
    await tapPin(page, goodPin);
    await expect(page.getByTestId('pin-fault')).toBeEmpty();
    await tapPin(page, goodPin);
    await expect(page.getByTestId('lock')).toHaveAttribute('data-lock', 'locked');
    await expect(page.getByTestId('pin-pad')).toHaveCount(0);
  });

  test('the PIN is nowhere on the disk or in the log, only what it can be checked with', () => {
    expect(kiosk().file('lock.json')).toContain('keyBase64');
    expect(kiosk().file('lock.json')).not.toContain(goodPin);
    expect(kiosk().log).not.toContain(goodPin);
  });

  test('locked, the wall is live, and settings and way out are shut on the screen and over the bridge', async () => {
    const { page } = kiosk();
    await expectPictures(page, 'clock', 10);
    await page.getByTestId('settings').click();
    await expect(page.getByTestId('settings-panel')).toHaveCount(0);
    await expect(page.getByTestId('pin-pad')).toBeVisible();
    await page.getByTestId('pin-close').click();
    const reasons = await page.evaluate(async () => {
      if (!window.eyepiece) throw new Error('There is no bridge.');
      const { settings, access, shell } = window.eyepiece;
      const calls: Promise<object>[] = [
        settings.settings(),
        settings.renameStation('Mine'),
        settings.addStream({ name: 'Mine', source: { kind: 'simulated', detector: 'dim' } }),
        settings.changeStream('dim', { name: 'Mine' }),
        settings.moveStream('dim', 1),
        settings.removeStream('dim'),
        settings.share(),
        settings.stopSharing(),
        access.users(),
        access.addUser({ name: 'Me', password: 'let me in please', role: 'admin', streams: 'all' }),
        shell.leaveKiosk(),
        shell.restart(),
        shell.setPin('161803', '161803'),
      ];
      const results = await Promise.all(calls);
      return results.map((result) => JSON.stringify(result));
    });
    expect(reasons.filter((result) => !result.includes('"reason":"locked"'))).toEqual([]);
    expect((await kiosk().state()).streams.map(({ name }) => name)).toEqual(['Dim detector', 'Clock']);
  });

  test('five wrong PINs shut the keys for half a minute, while the wall stays live', async () => {
    const { page } = kiosk();
    await page.getByTestId('lock').click();
    for (const wrong of ['111112', '111113', '111114', '111115']) {
      await tapPin(page, wrong);
      await expect(page.getByTestId('pin-fault')).not.toBeEmpty();
    }
    const pictures = expectPictures(page, 'clock', 20);
    await tapPin(page, '111116');
    await expect(page.getByTestId('pin-wait')).toContainText(/\b(29|30)\b/);
    await expect(page.getByTestId('pin-key-1')).toHaveAttribute('aria-disabled', 'true');
    await pictures;
    expect(await tryPin(page, goodPin)).toMatchObject({ error: { reason: 'pin_wait' } });
    await expect(page.getByTestId('lock')).toHaveAttribute('data-lock', 'locked');
  });

  test('ending the program gains nobody a try', async ({ startKiosk }) => {
    await kiosk().stop();
    const again = await startKiosk({ folder: kiosk().folder });
    await expectLive(again.page, 'clock');
    await expect(again.page.getByTestId('lock')).toHaveAttribute('data-lock', 'locked');
    await again.page.getByTestId('lock').click();
    await expect(again.page.getByTestId('pin-wait')).toBeVisible();
    const refusal = await tryPin(again.page, goodPin);
    expect(refusal).toMatchObject({ error: { reason: 'pin_wait' } });

    // Half a minute later.
    await again.stop();
    ageWrongTries(again, 31_000);
    const later = await startKiosk({ folder: kiosk().folder });
    await expectLive(later.page, 'clock');
    await later.page.getByTestId('lock').click();
    await tapPin(later.page, goodPin);
    await expect(later.page.getByTestId('lock')).toHaveAttribute('data-lock', 'unlocked');
    await later.stop();

    // What was typed wrong before is forgotten with the right PIN.
    expect(storedPin(later)).toMatchObject({ wrongTries: 0 });
  });
});

test('unlocked, the settings open; the kiosk locks itself when nobody does anything, and closes them', async ({
  startKiosk,
}) => {
  const kiosk = await startKiosk({ config: twoStreams });
  const { page } = kiosk;
  // Nobody waits for a minute: the program's own clock runs faster for it.
  await kiosk.evaluate(() => {
    const { setTimeout } = globalThis;
    Object.assign(globalThis, {
      setTimeout: (run: () => void, delayMs: number) => setTimeout(run, delayMs === 60_000 ? 3_000 : delayMs),
    });
  });
  expect(await page.evaluate((pin) => window.eyepiece?.shell.setPin(pin, pin), goodPin)).toEqual({ ok: undefined });
  await expect(page.getByTestId('lock')).toHaveAttribute('data-lock', 'unlocked');
  await page.getByTestId('settings').click();
  await expect(page.getByTestId('settings-panel')).toBeVisible();
  await expect(page.getByTestId('lock')).toHaveAttribute('data-lock', 'locked');
  await expect(page.getByTestId('settings-panel')).toHaveCount(0);
});

test('a PIN file that cannot be read does not open the kiosk', async ({ startKiosk }) => {
  const first = await startKiosk({ config: twoStreams });
  await first.stop();
  writeFileSync(join(first.folder, 'data/lock.json'), '{"pin": broken');
  const kiosk = await startKiosk({ folder: first.folder });
  await expectLive(kiosk.page, 'clock');
  await expect(kiosk.page.getByTestId('lock')).toHaveAttribute('data-lock', 'locked');
  expect(await tryPin(kiosk.page, goodPin)).toMatchObject({ error: { reason: 'pin_wrong' } });
  expect(kiosk.log).toContain('The file of the PIN cannot be read');
});

function tryPin(page: Page, pin: string): Promise<unknown> {
  return page.evaluate((pin) => window.eyepiece?.shell.unlock(pin), pin);
}

function storedPin(kiosk: Kiosk): Record<string, unknown> {
  return JSON.parse(kiosk.file('lock.json') ?? '') as Record<string, unknown>;
}

/** Nobody waits for minutes: the wrong tries become older. */
function ageWrongTries(kiosk: Kiosk, byMs: number): void {
  const stored = storedPin(kiosk);
  const lastWrongTryMs = Number(stored['lastWrongTryMs']) - byMs;
  writeFileSync(join(kiosk.folder, 'data/lock.json'), JSON.stringify({ ...stored, lastWrongTryMs }));
}
