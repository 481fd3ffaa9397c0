import type { Kiosk } from '../../support/kiosk.ts';
import { element, inPage, type Escape } from './escape.ts';

/** Files to be saved. */
export const saving = [
  element('a link that saves', '<a href="/index.html" download="wall.html">save</a>', 'click'),
  element('a link that saves from elsewhere', '<a href="https://elsewhere.example/x" download>save</a>', 'click'),
  inPage('a saved blob', () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob(['a file']));
    link.download = 'file.txt';
    link.click();
  }),
];

/** What hands can do beside the keyboard. */
export const hands = [
  drop('a file dropped on the wall', { files: ['/etc/hostname'], items: [] }),
  drop('a link dropped on the wall', {
    files: [],
    items: [{ mimeType: 'text/uri-list', data: 'https://elsewhere.example/' }],
  }),
  {
    what: 'the other mouse button',
    attempt: ({ page }) => page.getByTestId('tile').first().click({ button: 'right' }),
  },
  {
    what: 'the wheel with Control',
    attempt: async ({ page }) => {
      await page.keyboard.down('Control');
      await page.mouse.wheel(0, -500);
      await page.keyboard.up('Control');
      return page.evaluate(() => [window.devicePixelRatio, window.visualViewport?.scale]);
    },
    outcome: [1, 1],
  },
  {
    what: 'two fingers that draw the wall larger',
    attempt: async ({ page }) => {
      const devTools = await page.context().newCDPSession(page);
      await devTools.send('Input.synthesizePinchGesture', { x: 960, y: 540, scaleFactor: 2, relativeSpeed: 4_000 });
      await devTools.detach();
      return page.evaluate(() => window.visualViewport?.scale);
    },
    outcome: 1,
  },
  {
    what: 'the cross of the window',
    attempt: (kiosk) => kiosk.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close()),
  },
] satisfies Escape[];

/** Lets something fall on the middle of the wall. */
function drop(what: string, things: { files: string[]; items: { mimeType: string; data: string }[] }): Escape {
  const attempt = async ({ page }: Kiosk): Promise<void> => {
    const devTools = await page.context().newCDPSession(page);
    const data = { ...things, dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await devTools.send('Input.dispatchDragEvent', { type, x: 960, y: 540, data });
    }
    await devTools.detach();
  };
  return { what, attempt };
}
