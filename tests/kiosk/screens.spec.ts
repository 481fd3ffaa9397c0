import { expectPictures } from '../e2e/fixtures.ts';
import { expect, sharedKiosk, test, twoStreams } from './fixtures.ts';
import { inEachLanguage } from './looks.ts';
import { goodPin, tapPin } from './pin.ts';

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
    await expect(sections).toHaveCount(7);
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

test('people and programs fit in each language', async () => {
  await kiosk().page.evaluate(() =>
    window.eyepiece?.access.addUser({ name: 'Ada', password: 'a long password', role: 'operator', streams: ['clock'] }),
  );
  await inEachLanguage(kiosk(), 'access', async (page, look) => {
    await page.getByTestId('settings').click();
    await page.getByTestId('people').click();
    await page.locator('[data-testid="access-views"] [data-value="users"]').click();
    await page.getByTestId('change-user').click();
    await look('access-user');
    await page.getByTestId('remove-user').click();
    await page.getByTestId('add-user').click();
    await page.getByTestId('save-user').click();
    await look('access-new-user');
    await page.locator('[data-testid="access-views"] [data-value="programs"]').click();
    await page.getByTestId('add-token').click();
    await look('access-programs');
    await page.locator('[data-testid="access-views"] [data-value="attendance"]').click();
  });
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
