import { useEventListener } from '@vueuse/core';
import { usePanel } from '../stores/panel.ts';
import { usePreferences } from '../stores/preferences.ts';
import { useWall } from '../stores/wall.ts';
import { useFullScreen } from './use-full-screen.ts';

/** The keys that the whole page listens to. */
export function useKeys(showKeyList: () => void): void {
  const wall = useWall();
  const panel = usePanel();
  const preferences = usePreferences();
  const fullScreen = useFullScreen();

  const namedKeys: Readonly<Record<string, () => void>> = {
    Escape: () => (panel.isOpen ? panel.close() : wall.focus(null)),
    PageUp: () => wall.step(-1),
    PageDown: () => wall.step(1),
  };
  const letterKeys: Readonly<Record<string, () => void>> = {
    g: () => wall.nextLayout(),
    f: () => void fullScreen.toggle(),
    i: () => panel.toggleTelemetry(),
    '?': showKeyList,
  };

  function press(key: string): boolean {
    const named = namedKeys[key];
    const letter = preferences.letterKeys ? letterKeys[key.toLowerCase()] : undefined;
    const digit = preferences.letterKeys && /^[1-9]$/.test(key) ? Number(key) : null;
    if (digit !== null) wall.focusNth(digit - 1);
    else (named ?? letter)?.();
    return digit !== null || named !== undefined || letter !== undefined;
  }

  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    // An open menu or list has taken the key for itself, and a combination belongs to the browser.
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector('dialog[open]')) return;
    if (isField(event.target) && event.key !== 'Escape') return;
    if (press(event.key)) event.preventDefault();
  });
}

/** There, letters are text. */
function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}
