import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { root } from '../../scripts/run.ts';
import { expectPictures } from '../e2e/fixtures.ts';
import type { Kiosk } from '../support/kiosk.ts';
import { expect } from './fixtures.ts';
import { overflowingTexts } from './overflow.ts';

const languages = ['en', 'fr', 'de'] as const;
/** A small touch panel, and a large screen, which is the one to look at. */
const sizes = [
  { width: 1024, height: 768 },
  { width: 1920, height: 1080 },
] as const;

/** @param show Brings the screen up; what it shows on the way can be looked at, too. */
export async function inEachLanguage(
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

/** A screen whose texts all have room at each size. It is photographed, to be looked at. */
export async function fits(page: Page, name: string): Promise<void> {
  for (const size of sizes) {
    await page.setViewportSize(size);
    expect.soft(await overflowingTexts(page), `${name} at ${size.width} × ${size.height}`).toEqual([]);
  }
  // Both pictures that follow a new size: the first one may lack what was not drawn yet.
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  await page.screenshot({ path: join(root, 'test-results/kiosk-screens', `${name}.png`) });
}
