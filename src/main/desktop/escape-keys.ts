/** A key as Electron reports it before the page gets it: the part of its `Input` that decides. */
export interface KeyInput {
  /** As KeyboardEvent.key: `w`, `F5`, `ArrowLeft`. */
  readonly key: string;
  readonly control: boolean;
  readonly shift: boolean;
  readonly alt: boolean;
  readonly meta: boolean;
}

/** What closes the window: for those who may leave the kiosk. */
const closing = new Set(['Alt+F4', 'Control+q', 'Control+Shift+q', 'Control+w', 'Control+Shift+w', 'Control+F4']);

/** What a browser would do with these is never wanted here, locked or not: the page is the whole program. */
const never = new Set([
  ...['F1', 'F3', 'F5', 'F6', 'F7', 'F10', 'F11', 'F12'], // help, search, reload, caret, menu bar, full screen, developer tools
  ...['Shift+F5', 'Shift+F10', 'Control+F5', 'Control+Shift+F5', 'Shift+F7', 'Control+F6', 'Control+F11'],
  ...[
    'BrowserBack',
    'BrowserForward',
    'BrowserRefresh',
    'BrowserHome',
    'BrowserSearch',
    'BrowserFavorites',
    'BrowserStop',
  ],
  ...['ContextMenu', 'Print', 'Save', 'Open', 'New', 'Close', 'Help', 'Find', 'ZoomIn', 'ZoomOut', 'ZoomToggle'],
  ...['LaunchApplication1', 'LaunchApplication2', 'LaunchMail', 'LaunchWebBrowser', 'Exit', 'Props'],
]);

/** With Control (and Shift or not): reload, new windows, print, save, open, source, downloads, history, search, zoom, tabs. */
const neverWithControl = new Set([
  ...['r', 'n', 't', 'p', 's', 'o', 'u', 'j', 'h', 'd', 'f', 'g', 'e', 'k', 'l', 'b', 'i', 'm'],
  ...['+', '-', '=', '_', '0', 'Add', 'Subtract', 'Tab', 'PageUp', 'PageDown', 'Delete', 'Escape'],
]);

/** The element picker of the developer tools. Without Shift it copies. */
const neverWithControlAndShift = new Set(['c']);

/**
 * Whether a key is kept from the page and the system's menus because it would lead out of the kiosk. What the page itself uses
 * passes: letters, digits, arrows, Tab, Enter, Escape, and the clipboard's keys.
 * @param isOpen Whether the kiosk may be left: then it may be closed, too.
 */
export function escapesKiosk(input: KeyInput, isOpen: boolean): boolean {
  const key = nameOf(input);
  // The system's key, alone or with others, opens its menus. What it is called depends on the system.
  if (input.meta || key === 'Meta' || key === 'OS' || key === 'Super') return true;
  const chord = chordOf(input);
  if (closing.has(chord)) return !isOpen;
  if (never.has(key) || never.has(chord)) return true;
  // AltGr is Control and Alt on Windows: what it types is a character, not a command.
  if (input.control && input.alt) return key.length > 1;
  // Alt opens menus and moves through the history. Alone it would put the focus on a menu bar.
  if (input.alt || key === 'Alt') return true;
  if (!input.control) return false;
  return neverWithControl.has(key) || (input.shift && neverWithControlAndShift.has(key));
}

/** Whether a key asks to close the window. Without a menu, nobody but us would do what it asks. */
export function closesWindow(input: KeyInput): boolean {
  return !input.meta && closing.has(chordOf(input));
}

function nameOf({ key }: KeyInput): string {
  // Caps Lock and Shift make another letter of the same key.
  return key.length === 1 ? key.toLowerCase() : key;
}

function chordOf(input: KeyInput): string {
  const { control, alt, shift } = input;
  return [control && 'Control', alt && 'Alt', shift && 'Shift', nameOf(input)].filter(Boolean).join('+');
}
