import type { Page } from '@playwright/test';

/** A good PIN: no date, no run, no pattern on the keys. */
export const goodPin = '271828';

/** Types digits on the keys that are on the screen. */
export async function tapPin(page: Page, digits: string): Promise<void> {
  for (const digit of digits) await page.getByTestId(`pin-key-${digit}`).click();
}
