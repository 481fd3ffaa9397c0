import { expectLive } from '../e2e/fixtures.ts';
import { expect, sharedKiosk, test } from './fixtures.ts';

const detectors = ['dim', 'clock', 'flaky', 'fluorescence'] as const;
const streams = detectors.map((detector) => ({
  id: detector,
  name: `The ${detector} one`,
  source: { kind: 'simulated', detector },
}));

// The operator goes from one thing to the next.
test.describe.configure({ mode: 'serial' });
const kiosk = sharedKiosk({ config: { streams, http: { sharePort: 0, announce: false, shareTls: 'off' } } });

test('two of four streams are shared with a code that is read from the screen', async ({}, testInfo) => {
  const { page } = kiosk();
  await expectLive(page, 'clock');
  await page.getByTestId('settings').click();
  await page.getByTestId('choose-wish').click();
  for (const id of ['flaky', 'fluorescence']) {
    await page.locator(`[data-testid="stream-choice"] [data-stream-id="${id}"]`).click();
  }
  await page.getByTestId('share-wish').scrollIntoViewIfNeeded();
  await page.screenshot({ path: testInfo.outputPath('share-wish.png') });
  await page.getByTestId('share').click();
  const code = (await page.getByTestId('share-code').textContent()) ?? '';
  await page.getByTestId('share-code').scrollIntoViewIfNeeded();
  await page.screenshot({ path: testInfo.outputPath('share-code.png') });
  await expect(page.getByTestId('share-shows')).toContainText('The dim one, The clock one');

  const link = new URL((await page.getByTestId('share-link').textContent()) ?? '');
  const guest = async (path: string, init: RequestInit) =>
    (await fetch(`http://127.0.0.1:${link.port}${path}`, init)).json() as Promise<Record<string, never>>;
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ key: code.toLowerCase().replace('-', ' ') });
  const { token } = await guest('/api/access/guest', { method: 'POST', headers, body });
  const state = await guest('/api/state', { headers: { authorization: `Bearer ${String(token)}` } });
  expect(state['streams']).toMatchObject([{ id: 'dim' }, { id: 'clock' }]);
});

test('a user that is added on the screen can sign in', async ({}, testInfo) => {
  const { page } = kiosk();
  const port = new URL((await page.getByTestId('share-link').textContent()) ?? '').port;
  await page.getByTestId('people').click();
  await page.locator('[data-testid="access-views"] [data-value="users"]').click();
  await page.getByTestId('add-user').click();
  await page.getByTestId('user-name').getByRole('textbox').fill('Ada');
  await page.getByTestId('user-password').locator('input').fill('a long password');
  await page.screenshot({ path: testInfo.outputPath('new-user.png') });
  await page.getByTestId('save-user').click();
  await expect(page.getByTestId('user-row')).toContainText('Ada');
  await page.getByTestId('change-user').click();
  await page.screenshot({ path: testInfo.outputPath('user.png') });
  const answer = await fetch(`http://127.0.0.1:${port}/api/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Ada', password: 'a long password' }),
  });
  expect(answer.status).toBe(200);
});
