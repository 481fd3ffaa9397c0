import type { Page } from '@playwright/test';
import { expect, expectLive, expectPictures, test, tile } from './fixtures.ts';

test('the telemetry tells the truth about a live picture', async ({ page, startStation }) => {
  const station = await startStation({ args: ['--source', 'simulated:clock'] });
  await page.goto(`${station.url}v/clock`);
  await expectLive(page, 'clock');
  await page.keyboard.press('i');
  await expectPictures(page, 'clock', 60);

  await expect(page.getByTestId('line-connection')).toContainText('Connected · on this machine · over UDP · IPv4');
  await expect(page.getByTestId('number-loss')).toContainText('0.0 %');
  await expect(page.getByTestId('link-dtls')).toContainText('connected');
  // A machine that is busy for a moment makes them differ, because each looks back for a time of its own.
  await expect
    .poll(
      async () => {
        const [stream] = (await station.state()).streams;
        const rates = [...(await ratesOf(page)), stream?.fps ?? 0];
        return Math.min(...rates) / Math.max(...rates);
      },
      { timeout: 40_000 },
    )
    .toBeGreaterThan(0.8);

  await expect(page.getByTestId('number-keepaliveRoundTrip')).toContainText(/\d\sms/);
  await expect(page.getByTestId('number-encoded')).toContainText('px');
  await expect(page.getByTestId('number-keyframes')).toContainText(/\d/);
  await expect(page.getByTestId('link-dtls')).toContainText('DTLS 1.2');
  await expect(page.getByTestId('doctor')).not.toBeEmpty();
  await expect(page.getByTestId('events').locator('[data-seen-by="station"]').first()).toBeVisible();

  await page.getByTestId('all-values').click();
  await expect(page.getByTestId('telemetry')).toContainText('[framesDecoded/s]');
  await expect(page.getByTestId('telemetry')).toContainText('selectedCandidatePairId');
  await expect(page.getByTestId('telemetry')).toContainText('station: viewer');
});

test('the table of viewers tells all screens’ viewers, and which of them are on this one', async ({
  page,
  context,
  startStation,
}) => {
  const station = await startStation({ args: ['--source', 'simulated:clock'] });
  await page.goto(station.url);
  await expectLive(page, 'clock');
  const other = await context.newPage();
  await other.goto(station.url);
  await expectLive(other, 'clock');
  await other.getByTestId('viewers').click();
  await expect(other.getByTestId('viewer')).toHaveCount(2);
  await expect(other.locator('[data-testid="viewer"][data-own="true"]')).toHaveCount(1);
  await expect(other.locator('[data-column="path"]').first()).toHaveText('direct');
  await other.close();
  await expect.poll(async () => (await station.state()).viewers.length).toBe(1);
});

test('a station that stops is told in words and shapes, and so is its return', async ({ page, startStation }) => {
  test.skip(process.platform === 'win32', 'needs SIGSTOP');
  const station = await startStation({ args: ['--source', 'simulated:clock'] });
  await page.goto(`${station.url}v/clock`);
  await expectLive(page, 'clock');
  await page.keyboard.press('i');
  const overall = page.getByTestId('overall');
  await expect(overall).toHaveAttribute('data-level', /good|fair|poor/);

  process.kill(station.pid, 'SIGSTOP');
  try {
    await expect(page.getByTestId('line-freshness').locator('[data-shape="offline"]')).toBeVisible();
    await expect(overall).toHaveAttribute('data-level', 'lost');
    await expect(overall).toContainText('Lost – ');
    await expect(page.getByTestId('doctor')).toHaveAttribute('data-finding', /interrupted|unreachable/);
    await expect(tile(page, 'clock').getByTestId('quality')).toContainText('Lost');
    await expect(tile(page, 'clock').locator('[data-bars="0"]')).toBeVisible();
  } finally {
    process.kill(station.pid, 'SIGCONT');
  }
  await expectLive(page, 'clock');
  await expect(overall).not.toHaveAttribute('data-level', 'lost', { timeout: 30_000 });
  await expect(page.getByTestId('events')).toContainText('STALE');
  await expect(page.getByTestId('doctor')).not.toHaveAttribute('data-finding', 'interrupted');
});

/** Camera, sent, shown; as they stand in the drawer. */
async function ratesOf(page: Page): Promise<number[]> {
  const texts = await page.locator('[data-testid^="rate-"] dd').allInnerTexts();
  expect(texts).toHaveLength(3);
  return texts.map((text) => Number.parseFloat(text) || 0);
}
