import { brightness, expect, expectLive, expectPictures, test, tile } from './fixtures.ts';

test('a first start shows the simulated detectors live on the wall, and says that they are simulated', async ({
  page,
  startStation,
}) => {
  const station = await startStation();
  await page.goto(station.url);
  for (const id of ['brightfield', 'fluorescence', 'dim']) {
    await expectLive(page, id);
    await expect(tile(page, id)).toContainText('SIMULATED');
    expect((await brightness(page, id)).spread).toBeGreaterThan(3);
  }
  await expect(page.getByTestId('tile')).toHaveCount(4);
});

test('a click on a tile fills the stage with it, and Escape brings the wall back live', async ({
  page,
  startStation,
}) => {
  const station = await startStation();
  await page.goto(station.url);
  await expectLive(page, 'brightfield');
  await tile(page, 'brightfield').click();
  await expect(page.getByTestId('tile')).toHaveCount(1);
  await expectPictures(page, 'brightfield', 5);
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('tile')).toHaveCount(4);
  await expectLive(page, 'dim');
});

test('the wall can be worked with the keyboard alone', async ({ page, startStation }) => {
  const station = await startStation();
  await page.goto(station.url);
  await expectLive(page, 'dim');
  await tile(page, 'dim').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('tile')).toHaveCount(1);
  await expect(tile(page, 'dim')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('tile')).toHaveCount(4);
});

test('the page speaks the language of the browser', async ({ browser, startStation }) => {
  const station = await startStation({ config: { streams: [] } });
  for (const [locale, lang] of [
    ['fr-CH', 'fr'],
    ['de-CH', 'de'],
    ['en-GB', 'en'],
  ] as const) {
    const context = await browser.newContext({ locale });
    const page = await context.newPage();
    await page.goto(station.url);
    await expect(page.locator('html')).toHaveAttribute('lang', lang);
    await context.close();
  }
});

test('the page asks no other host for anything', async ({ page, startStation }) => {
  const station = await startStation();
  const strangers: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(station.url) && !/^(blob|data):/.test(request.url())) strangers.push(request.url());
  });
  await page.goto(station.url);
  await expectLive(page, 'brightfield');
  expect(strangers).toEqual([]);
});
