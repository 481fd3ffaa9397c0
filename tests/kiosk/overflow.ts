import type { Page } from '@playwright/test';

/** The texts on the screen that do not fit into their place, each with the amount in pixels. */
export function overflowingTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const tolerancePx = 1;
    const found: string[] = [];
    for (const element of document.querySelectorAll<HTMLElement>('body *')) {
      const hasText = [...element.childNodes].some((node) => node instanceof Text && node.data.trim() !== '');
      if (!hasText || element.closest('.for-screen-readers') || !element.checkVisibility({ opacityProperty: true })) {
        continue;
      }
      const say = (how: string): number => found.push(`"${element.innerText.slice(0, 60)}" ${how}`);
      // What flows within a line has no box of its own.
      let box: HTMLElement = element;
      while (getComputedStyle(box).display === 'inline' && box.parentElement) box = box.parentElement;
      const tooWide = box.scrollWidth - box.clientWidth;
      // Names that people gave may be of any length, and are cut with three dots.
      if (tooWide > tolerancePx && getComputedStyle(box).textOverflow !== 'ellipsis') say(`is ${tooWide} px too wide`);

      const range = document.createRange();
      range.selectNodeContents(element);
      const text = range.getBoundingClientRect();
      const holder = element.closest('button')?.getBoundingClientRect();
      if (holder && (text.top < holder.top - tolerancePx || text.bottom > holder.bottom + tolerancePx)) {
        say('is higher than its button');
      }
      if (text.right > innerWidth + tolerancePx || text.left < -tolerancePx) say('leaves the screen');
    }
    return found;
  });
}
