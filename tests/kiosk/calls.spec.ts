import { expectLive } from '../e2e/fixtures.ts';
import { expect, sharedKiosk, test, twoStreams } from './fixtures.ts';
import { overflowingTexts } from './overflow.ts';
import { goodPin } from './pin.ts';

const kiosk = sharedKiosk({
  config: { ...twoStreams, http: { sharePort: 0, announce: false, shareTls: 'off' } },
});
const json = { 'content-type': 'application/json' };

/** Somebody on the network, who can call. */
async function signIn(): Promise<{ readonly post: (path: string, body?: object) => Promise<Response> }> {
  const { page } = kiosk();
  const link = await page.evaluate(async () => {
    await window.eyepiece?.access.addUser({
      name: 'Anna',
      password: 'a long password',
      role: 'operator',
      streams: 'all',
    });
    const shared = await window.eyepiece?.settings.share();
    return shared && 'ok' in shared && shared.ok.sharing.kind === 'on' ? (shared.ok.sharing.links[0] ?? '') : '';
  });
  const base = `http://127.0.0.1:${new URL(link).port}`;
  const answer = await fetch(`${base}/api/sign-in`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ name: 'Anna', password: 'a long password' }),
  });
  const { token } = (await answer.json()) as { readonly token: string };
  const headers = { ...json, authorization: `Bearer ${token}` };
  return {
    post: (path, body = {}) => fetch(`${base}${path}`, { method: 'POST', headers, body: JSON.stringify(body) }),
  };
}

test('a call rings on a locked kiosk beside the pictures, and is answered and ended there without the PIN', async ({}, testInfo) => {
  const { page } = kiosk();
  await expectLive(page, 'clock');
  const { post } = await signIn();
  await page.evaluate(async (pin) => {
    await window.eyepiece?.shell.setPin(pin, pin);
    await window.eyepiece?.shell.lock();
  }, goodPin);
  await expect(page.getByTestId('lock')).toHaveAttribute('data-lock', 'locked');

  expect((await post('/calls/initiate', { callee: 'station' })).status).toBe(201);
  const strip = page.getByTestId('call-strip');
  await expect(strip).toContainText('Anna calls');
  const [stripBox, tileBox] = [await strip.boundingBox(), await page.getByTestId('tile').first().boundingBox()];
  expect((stripBox?.y ?? 0) + (stripBox?.height ?? Infinity)).toBeLessThanOrEqual(tileBox?.y ?? 0);
  expect(await overflowingTexts(page)).toEqual([]);
  await page.screenshot({ path: testInfo.outputPath('rings.png') });
  await page.getByTestId('call-decline').click();
  await expect(strip).toHaveText('You declined the call of Anna.');

  expect((await post('/calls/initiate', { callee: 'station' })).status).toBe(201);
  await page.getByTestId('call-accept').click();
  // The caller of this test has no page.
  await expect(page.getByTestId('call-phase')).toContainText('Anna’s page is not there at the moment.');
  await expectLive(page, 'clock');
  for (const size of [
    { width: 1024, height: 768 },
    { width: 1920, height: 1080 },
  ]) {
    await page.setViewportSize(size);
    expect(await overflowingTexts(page), `at ${size.width} × ${size.height}`).toEqual([]);
    await page.screenshot({ path: testInfo.outputPath(`answered-${size.width}.png`) });
  }
  await page.getByTestId('call-hang-up').click();
  await expect(page.getByTestId('call-ended')).toHaveText('You hung up the call with Anna.');
  await expect(page.getByTestId('lock')).toHaveAttribute('data-lock', 'locked');
});
