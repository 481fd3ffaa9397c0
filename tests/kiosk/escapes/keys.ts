import type { Kiosk } from '../../support/kiosk.ts';
import type { Escape } from './escape.ts';

/** What the keyboard could do. */
export const keys = [
  ...['Alt+F4', 'Control+w', 'Control+Shift+w', 'Control+q', 'Control+F4', 'Control+n', 'Control+Shift+n', 'Control+t'],
  ...['F5', 'Shift+F5', 'Control+F5', 'Control+r', 'Control+Shift+r', 'Alt+ArrowLeft', 'Alt+ArrowRight', 'Alt+Home'],
  ...[
    'F12',
    'Control+Shift+i',
    'Control+Shift+j',
    'Control+Shift+c',
    'Control+u',
    'Control+p',
    'Control+s',
    'Control+o',
  ],
  ...[
    'F1',
    'F3',
    'F6',
    'F7',
    'F10',
    'F11',
    'Shift+F10',
    'Control+f',
    'Control+g',
    'Control+h',
    'Control+j',
    'Control+l',
  ],
  ...[
    'Control++',
    'Control+-',
    'Control+0',
    'Control+Tab',
    'Control+Shift+Tab',
    'Control+PageDown',
    'Alt+Tab',
    'Alt+Escape',
  ],
  ...[
    'Control+Escape',
    'Control+Shift+Escape',
    'Control+Shift+Delete',
    'Control+Alt+Delete',
    'Meta+d',
    'Meta+e',
    'Meta+r',
  ],
].map((chord): Escape => ({
  what: `the keys ${chord}`,
  attempt: (kiosk) => reachesPage(kiosk, chord),
  outcome: false,
}));

/** Whether the page heard of a key. */
async function reachesPage(kiosk: Kiosk, chord: string): Promise<boolean> {
  const heard = await kiosk.page.evaluateHandle(() => {
    const heard = { count: 0 };
    window.addEventListener('keydown', () => (heard.count += 1), { capture: true });
    return heard;
  });
  await kiosk.press(chord);
  // A harmless key behind it is heard: then the other one would have been, too.
  await kiosk.press('Shift');
  await kiosk.page.waitForFunction(({ count }) => count > 0, heard);
  return heard.evaluate(({ count }) => count > 1);
}
