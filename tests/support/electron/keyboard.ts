import type { Input, KeyboardInputEvent } from 'electron';
import type { Protocol } from './devtools.ts';

/** Keys whose name in an accelerator is not that of the DOM. */
const named: Readonly<Record<string, string>> = {
  Up: 'ArrowUp',
  Down: 'ArrowDown',
  Left: 'ArrowLeft',
  Right: 'ArrowRight',
  Plus: '+',
  Space: ' ',
  Return: 'Enter',
};

/** The old numbers by which Chromium knows the keys that do something in a page. */
const virtualKeys: Readonly<Record<string, number>> = {
  Backspace: 8,
  Tab: 9,
  Enter: 13,
  Escape: 27,
  ' ': 32,
  Delete: 46,
};

const modifierBits = { alt: 1, control: 2, meta: 4, shift: 8 } as const;

/** A key of Electron's `sendInputEvent` as the program's listeners and as the page get it. */
export function keyEvents({ type, keyCode, modifiers = [] }: KeyboardInputEvent): {
  input: Input;
  command: Protocol.CommandParameters['Input.dispatchKeyEvent'];
} {
  const has = (name: keyof typeof modifierBits): boolean =>
    modifiers.some((modifier) => modifier.toLowerCase() === name);
  const [control, shift, alt, meta] = [has('control'), has('shift'), has('alt'), has('meta')];
  const name = named[keyCode] ?? keyCode;
  const key = name.length === 1 && !shift ? name.toLowerCase() : name;
  const code = /^[a-z]$/i.test(name) ? `Key${name.toUpperCase()}` : /^\d$/.test(name) ? `Digit${name}` : name;
  const isText = key.length === 1 && !control && !alt && !meta;
  const virtualKey = virtualKeys[key] ?? (/^[a-z\d]$/i.test(key) ? key.toUpperCase().charCodeAt(0) : 0);
  const bits = { alt, control, meta, shift };
  const isUp = type === 'keyUp';
  return {
    input: {
      type: isUp ? 'keyUp' : 'keyDown',
      key,
      code,
      isAutoRepeat: false,
      isComposing: false,
      control,
      shift,
      alt,
      meta,
      location: 0,
      modifiers: modifiers,
    },
    command: {
      type: isUp ? 'keyUp' : isText || key === 'Enter' ? 'keyDown' : 'rawKeyDown',
      key,
      code,
      windowsVirtualKeyCode: virtualKey,
      modifiers: Object.entries(modifierBits).reduce(
        (sum, [name, bit]) => sum + (bits[name as keyof typeof bits] ? bit : 0),
        0,
      ),
      ...(isText && !isUp && { text: key }),
      ...(key === 'Enter' && !isUp && { text: '\r' }),
    },
  };
}
