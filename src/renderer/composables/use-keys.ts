import { useEventListener } from '@vueuse/core';
import { useDrawing } from '../stores/drawing.ts';
import { useLab } from '../stores/lab.ts';
import { usePanel } from '../stores/panel.ts';
import { usePreferences } from '../stores/preferences.ts';
import { useWall } from '../stores/wall.ts';
import { useFullScreen } from './use-full-screen.ts';

/** The keys that the whole page listens to. */
export function useKeys(showKeyList: () => void): void {
  const wall = useWall();
  const lab = useLab();
  const panel = usePanel();
  const drawing = useDrawing();
  const preferences = usePreferences();
  const fullScreen = useFullScreen();

  const namedKeys: Readonly<Record<string, () => void>> = {
    Escape: () => leaveOne(),
    Delete: () => drawing.clear(),
    PageUp: () => wall.step(-1),
    PageDown: () => wall.step(1),
  };
  const letterKeys: Readonly<Record<string, () => void>> = {
    g: () => wall.nextLayout(),
    f: () => void fullScreen.toggle(),
    i: () => panel.toggleTelemetry(),
    '?': showKeyList,
  };

  /** What was begun last is left first. */
  function leaveOne(): void {
    if (drawing.isOn) drawing.isOn = false;
    else if (panel.isOpen) panel.close();
    else if (lab.isOpen) lab.close();
    else wall.focus(null);
  }

  function press(key: string): boolean {
    // There, all other keys belong to what is read and written.
    if (lab.isOpen && key !== 'Escape') return false;
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
export function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}
