import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { root } from '../../scripts/run.ts';
import { expectLive, expectPictures } from '../e2e/fixtures.ts';
import type { Kiosk } from '../support/kiosk.ts';
import { expect, sharedKiosk, test, twoStreams } from './fixtures.ts';
import { overflowingTexts } from './overflow.ts';
import { goodPin, tapPin } from './pin.ts';

const languages = ['en', 'fr', 'de'] as const;
/** A small touch panel, and a large screen, which is the one to look at. */
const sizes = [
  { width: 1024, height: 768 },
  { width: 1920, height: 1080 },
] as const;

// The screens come one after the other, as the operator would see them.
test.describe.configure({ mode: 'serial' });
const kiosk = sharedKiosk({ config: { name: 'Microscopy, room 4', ...twoStreams } });

test('the wall and the greeting fit in each language', async () => {
  await inEachLanguage(kiosk(), 'wall', async (page) => {
    await expect(page.getByTestId('first-run')).toBeVisible();
    await expectPictures(page, 'clock', 2);
  });
});

test('the settings fit in each language', async () => {
  await inEachLanguage(kiosk(), 'settings', async (page, look) => {
    await page.getByTestId('settings').click();
    await page.getByTestId('change-stream').first().click();
    await page.getByTestId('find-cameras').waitFor();
    const sections = page.locator('[data-testid="settings-panel"] h3');
    await expect(sections).toHaveCount(5);
    for (const [at, section] of (await sections.all()).entries()) {
      await section.evaluate((element) => element.scrollIntoView({ block: 'start' }));
      await look(`settings-${at + 1}`);
    }
    await page.getByTestId('remove-stream').click();
    await page.getByTestId('restart').click();
    await look('settings-questions');
  });
});

test('the network link fits in each language', async () => {
  await kiosk().page.evaluate(() => window.eyepiece?.settings.share());
  await inEachLanguage(kiosk(), 'sharing', async (page) => {
    await page.getByTestId('settings').click();
    await page.getByTestId('share-link').scrollIntoViewIfNeeded();
  });
  await kiosk().page.evaluate(() => window.eyepiece?.settings.stopSharing());
});

test('choosing a PIN fits in each language', async () => {
  await inEachLanguage(kiosk(), 'pin-choose', async (page, look) => {
    await page.getByTestId('lock').click();
    await look('pin-choose-first');
    await tapPin(page, '123456');
    await look('pin-choose-again');
    await tapPin(page, '123456');
    await expect(page.getByTestId('pin-fault')).not.toBeEmpty();
  });
});

test('the locked kiosk, a wrong PIN and the wait fit in each language', async () => {
  const { page } = kiosk();
  await page.evaluate(async (pin) => {
    await window.eyepiece?.shell.setPin(pin, pin);
    await window.eyepiece?.shell.lock();
  }, goodPin);
  await inEachLanguage(kiosk(), 'pin-wrong', async (page) => {
    await page.getByTestId('lock').click();
    await tapPin(page, '111112');
    await expect(page.getByTestId('pin-fault')).not.toBeEmpty();
  });
  await page.evaluate(async () => {
    await window.eyepiece?.shell.unlock('111112');
    await window.eyepiece?.shell.unlock('111112');
  });
  await inEachLanguage(kiosk(), 'pin-wait', async (page) => {
    await page.getByTestId('lock').click();
    await expect(page.getByTestId('pin-wait')).toBeVisible();
  });
});

test('the banner of a configuration that cannot be read fits in each language', async ({ startKiosk }) => {
  const broken = await startKiosk({ config: '{ "streams": oops }' });
  await expectLive(broken.page, 'dim');
  await inEachLanguage(broken, 'bad-configuration', async (page) => {
    await expect(page.getByTestId('banner')).toBeVisible();
  });
});

test('the page of a station that cannot start, and the one of a wall that failed, fit', async ({ startKiosk }) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const stuck = await startKiosk({ config: twoStreams, port: (other.address() as AddressInfo).port });
  await expect(stuck.page.locator('.detail')).toContainText('port');
  await fits(stuck.page, 'start-failed');
  other.close();

  const failed = await startKiosk({ config: twoStreams });
  await expectLive(failed.page, 'clock');
  for (let kill = 0; kill < 3; kill++) await failed.killRenderer();
  await expect((await failed.rejoin()).locator('.detail')).toContainText('killed');
  await fits(failed.page, 'wall-failed');
});

/** @param show Brings the screen up; what it shows on the way can be looked at, too. */
async function inEachLanguage(
  { page }: Kiosk,
  name: string,
  show: (page: Page, look: (name: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  for (const language of languages) {
    await page.evaluate((language) => localStorage.setItem('eyepiece', JSON.stringify({ language })), language);
    await page.reload();
    await expect(page.locator('html')).toHaveAttribute('lang', language);
    await expectPictures(page, (await page.getByTestId('tile').first().getAttribute('data-stream-id')) ?? '', 1);
    await show(page, (part) => fits(page, `${part}.${language}`));
    await fits(page, `${name}.${language}`);
  }
}

async function fits(page: Page, name: string): Promise<void> {
  for (const size of sizes) {
    await page.setViewportSize(size);
    expect.soft(await overflowingTexts(page), `${name} at ${size.width} × ${size.height}`).toEqual([]);
  }
  // Both pictures that follow a new size: the first one may lack what was not drawn yet.
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  await page.screenshot({ path: join(root, 'test-results/kiosk-screens', `${name}.png`) });
}
