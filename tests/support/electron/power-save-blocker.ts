import type { PowerSaveBlocker } from 'electron';
import { strict } from './strict.ts';

const started = new Set<number>();
let lastId = -1;

/** It keeps the books and no screen awake. */
export const powerSaveBlocker = strict('powerSaveBlocker', {
  start() {
    started.add(++lastId);
    return lastId;
  },
  stop: (id) => started.delete(id),
  isStarted: (id) => started.has(id),
} satisfies Pick<PowerSaveBlocker, 'start' | 'stop' | 'isStarted'>);
