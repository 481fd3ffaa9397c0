import type { Locator, Page } from '@playwright/test';
import { expectLive, expectPictures, tile } from '../e2e/fixtures.ts';
import { expect, sharedKiosk, test } from './fixtures.ts';
import { changedTiles, watchTiles } from './tiles.ts';

const stationJson = `// The wall of room 4.
{
  "name": "Room 4",
  "streams": [
    // The one over the bench.
    { "id": "dim", "name": "Dim detector", "source": { "kind": "simulated", "detector": "dim" } },
    // For measuring delays.
    { "id": "clock", "name": "Clock", "source": { "kind": "simulated", "detector": "clock" }, "pixelSizeUm": 0.5 }
  ]
}
`;

// Each test goes on where the one before has left the kiosk.
test.describe.configure({ mode: 'serial' });
const kiosk = sharedKiosk({ config: stationJson });

test('a new name and scale of a Stream show at once, and every picture goes on', async () => {
  const { page } = kiosk();
  await expectLive(page, 'dim');
  await expectLive(page, 'clock');
  await watchTiles(page, ['dim', 'clock']);
  await page.getByTestId('settings').click();
  await page.getByTestId('first-run').waitFor({ state: 'detached' });
  await unfold(page, 'dim');
  const [name, pixelSize] = [
    row(page, 'dim').getByRole('textbox').nth(0),
    row(page, 'dim').getByRole('textbox').nth(1),
  ];
  await commit(name, 'Bench camera');
  await expect(tile(page, 'dim')).toContainText('Bench camera');
  await commit(pixelSize, '0.325');
  await expect.poll(async () => (await kiosk().state()).streams[0]?.pixelSizeUm).toBe(0.325);
  await expectPictures(page, 'dim', 5);
  await expectPictures(page, 'clock', 5);
  expect(await changedTiles(page, ['dim', 'clock'])).toEqual([]);
});

test('a simulated detector is on the wall with one tap, while the others play on', async () => {
  const { page } = kiosk();
  await watchTiles(page, ['dim', 'clock']);
  await page.getByTestId('add-simulated-fluorescence').click();
  await expect(page.getByTestId('tile')).toHaveCount(3);
  await expectLive(page, await lastTile(page));
  await expect(page.getByTestId('stream-row')).toHaveCount(3);
  expect(await changedTiles(page, ['dim', 'clock'])).toEqual([]);
});

test('an order is the order of the wall, and moving stops no picture', async () => {
  const { page } = kiosk();
  await watchTiles(page, ['dim', 'clock']);
  await unfold(page, 'clock');
  await row(page, 'clock').getByTestId('move-up').click();
  await expect.poll(() => wall(page)).toEqual(['clock', 'dim', expect.any(String)]);
  await expectPictures(page, 'clock', 5);
  expect(await changedTiles(page, ['dim', 'clock'])).toEqual([]);
});

test('another quality starts that Stream anew, and no other', async () => {
  const { page } = kiosk();
  await watchTiles(page, ['dim']);
  await row(page, 'clock').getByRole('button', { name: 'High' }).click();
  await expect(row(page, 'clock').getByRole('button', { name: 'High' })).toHaveAttribute('aria-pressed', 'true');
  await expectLive(page, 'clock');
  await expectPictures(page, 'clock', 5);
  expect(await changedTiles(page, ['dim'])).toEqual([]);
  expect(kiosk().file('station.json')).toContain('"quality": "high"');
});

test('a removed Stream is gone after a question, while the others play on', async () => {
  const { page } = kiosk();
  const added = await lastTile(page);
  await watchTiles(page, ['dim', 'clock']);
  await unfold(page, added);
  await row(page, added).getByTestId('remove-stream').click();
  await expect(page.getByTestId('tile')).toHaveCount(3);
  await row(page, added).getByTestId('remove-stream').click();
  await expect(page.getByTestId('tile')).toHaveCount(2);
  // One for each that is left; one more lists the cameras for a moment when the settings open.
  await expect.poll(async () => (await kiosk().captures()).length).toBe(2);
  expect(await changedTiles(page, ['dim', 'clock'])).toEqual([]);
});

test('what makes no sense is refused with a reason and changes nothing', async () => {
  const { page } = kiosk();
  const before = kiosk().file('station.json');
  const refusals = await page.evaluate(async () => {
    const { settings } = window.eyepiece ?? {};
    const results = await Promise.all([
      settings?.changeStream('nobody', { name: 'x' }),
      settings?.changeStream('dim', { name: '' }),
      settings?.changeStream('dim', { pixelSizeUm: -1 }),
      settings?.addStream({ name: 'A way out', source: { kind: 'program', command: ['sh'] } as never }),
      settings?.addStream({ name: 'A way out', source: { kind: 'file', path: '/etc/passwd' } as never }),
      settings?.addStream({ name: 'A way out', source: { kind: 'url', url: 'file:///etc/passwd' } }),
    ]);
    return results.map((result) => (result && 'error' in result ? result.error.reason : 'done'));
  });
  expect(refusals.filter((reason) => !/^(bad_setting|bad_arguments|unknown_stream)$/.test(reason))).toEqual([]);
  expect(kiosk().file('station.json')).toBe(before);
  await page.getByTestId('add-address').click();
  await expect(page.getByTestId('settings-refusal')).not.toBeEmpty();
  expect(kiosk().file('station.json')).toBe(before);
});

test('the file has every change and still has its comments, and a new start shows the same', async ({ startKiosk }) => {
  const text = kiosk().file('station.json') ?? '';
  for (const kept of ['// The wall of room 4.', '// The one over the bench.', '// For measuring delays.', 'Room 4']) {
    expect(text).toContain(kept);
  }
  expect(text).toContain('Bench camera');
  expect(text.indexOf('"clock"')).toBeLessThan(text.indexOf('"dim"'));
  await kiosk().stop();
  const again = await startKiosk({ folder: kiosk().folder });
  await expectLive(again.page, 'clock');
  await expect.poll(() => wall(again.page)).toEqual(['clock', 'dim']);
  await expect(tile(again.page, 'dim')).toContainText('Bench camera');
});

function row(page: Page, streamId: string): Locator {
  return page.locator(`[data-testid="stream-row"][data-stream-id="${streamId}"]`);
}

async function unfold(page: Page, streamId: string): Promise<void> {
  await row(page, streamId).getByTestId('change-stream').click();
}

async function commit(field: Locator, text: string): Promise<void> {
  await field.fill(text);
  await field.press('Enter');
}

function wall(page: Page): Promise<(string | null)[]> {
  return page
    .getByTestId('tile')
    .evaluateAll((tiles) => tiles.map((element) => element.getAttribute('data-stream-id')));
}

async function lastTile(page: Page): Promise<string> {
  return (await wall(page)).at(-1) ?? '';
}
