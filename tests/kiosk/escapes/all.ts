import type { Escape } from './escape.ts';
import { hands, saving } from './hands.ts';
import { keys } from './keys.ts';
import { permissions } from './machine.ts';
import { dialogs, navigations, windows } from './navigations.ts';
import { network, scripts } from './scripts.ts';

/** Everything that is tried while the kiosk is locked. */
export const escapes: readonly Escape[] = [
  ...keys,
  ...navigations,
  ...windows,
  ...dialogs,
  ...permissions,
  ...scripts,
  ...network,
  ...saving,
  ...hands,
];
