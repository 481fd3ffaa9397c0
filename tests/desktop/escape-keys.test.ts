import { describe, expect, test } from 'vitest';
import { closesWindow, escapesKiosk, type KeyInput } from '../../src/main/desktop/escape-keys.ts';

/** @param chord Such as `Control+Shift+I`. */
function press(chord: string): KeyInput {
  const parts = chord === '+' ? ['+'] : chord.split(/\+(?=.)/);
  const has = (name: string): boolean => parts.slice(0, -1).includes(name);
  return {
    key: parts.at(-1) ?? '',
    control: has('Control'),
    shift: has('Shift'),
    alt: has('Alt'),
    meta: has('Meta'),
  };
}

const closing = ['Alt+F4', 'Control+q', 'Control+Q', 'Control+w', 'Control+Shift+W', 'Control+F4'];

const never = [
  ...['F1', 'F3', 'F5', 'F6', 'F7', 'F10', 'F11', 'F12', 'Shift+F5', 'Control+F5', 'Shift+F10', 'Control+Shift+F5'],
  ...['Control+r', 'Control+R', 'Control+Shift+R', 'Control+n', 'Control+Shift+N', 'Control+t', 'Control+Shift+T'],
  ...[
    'Control+p',
    'Control+Shift+P',
    'Control+s',
    'Control+Shift+S',
    'Control+o',
    'Control+u',
    'Control+j',
    'Control+h',
  ],
  ...['Control+f', 'Control+g', 'Control+d', 'Control+l', 'Control+e', 'Control+k', 'Control+b', 'Control+Shift+B'],
  ...['Control+Shift+I', 'Control+Shift+i', 'Control+Shift+J', 'Control+Shift+C', 'Control+Shift+K', 'Control+Shift+M'],
  ...[
    'Control++',
    'Control+=',
    'Control+Shift++',
    'Control+-',
    'Control+_',
    'Control+0',
    'Control+Add',
    'Control+Subtract',
  ],
  ...[
    'Control+Tab',
    'Control+Shift+Tab',
    'Control+PageUp',
    'Control+PageDown',
    'Control+Shift+Delete',
    'Control+Escape',
  ],
  ...[
    'Control+Shift+Escape',
    'Alt',
    'Alt+ArrowLeft',
    'Alt+ArrowRight',
    'Alt+Home',
    'Alt+Tab',
    'Alt+Escape',
    'Alt+Enter',
  ],
  ...[
    'Alt+ ',
    'Alt+f',
    'Alt+d',
    'Alt+F10',
    'Alt+PrintScreen',
    'Control+Alt+Delete',
    'Control+Alt+F1',
    'Control+Alt+Tab',
  ],
  ...['Meta', 'OS', 'Super', 'Meta+d', 'Meta+l', 'Meta+r', 'Meta+q', 'Meta+Tab', 'Meta+Shift+S', 'Meta+ArrowDown'],
  ...['BrowserBack', 'BrowserForward', 'BrowserRefresh', 'BrowserHome', 'BrowserSearch', 'ContextMenu', 'LaunchMail'],
];

const harmless = [
  ...['Escape', 'Enter', 'Tab', 'Shift+Tab', ' ', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'],
  ...[
    'PageUp',
    'PageDown',
    'Backspace',
    'Delete',
    'a',
    'A',
    'Shift+A',
    'q',
    'w',
    'r',
    '1',
    '9',
    '0',
    '+',
    '-',
    '?',
    'é',
  ],
  ...['Control+a', 'Control+c', 'Control+v', 'Control+x', 'Control+z', 'Control+y', 'Control+ArrowLeft', 'Control'],
  ...['Shift', 'AltGraph', 'Control+Alt+@', 'Control+Alt+€', 'F2', 'CapsLock', 'AudioVolumeUp'],
];

describe('While the kiosk is locked', () => {
  test.each([...closing, ...never])('%s is refused', (chord) => {
    expect(escapesKiosk(press(chord), false)).toBe(true);
  });

  test.each(harmless)('%s reaches the page', (chord) => {
    expect(escapesKiosk(press(chord), false)).toBe(false);
  });
});

describe('While it is open', () => {
  test.each(closing)('%s closes it', (chord) => {
    expect(escapesKiosk(press(chord), true)).toBe(false);
    expect(closesWindow(press(chord))).toBe(true);
  });

  test.each(never)('%s is refused all the same', (chord) => {
    expect(escapesKiosk(press(chord), true)).toBe(true);
  });

  test.each(harmless)('%s reaches the page and closes nothing', (chord) => {
    expect(escapesKiosk(press(chord), true)).toBe(false);
    expect(closesWindow(press(chord))).toBe(false);
  });
});
