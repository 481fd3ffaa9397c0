import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import * as v from 'valibot';
import { replaceFile } from '../replace-file.ts';
import { secretHashSchema } from '../secret-hash.ts';
import { unknowablePin } from './pin.ts';

const storedPinSchema = v.strictObject({
  pin: secretHashSchema,
  /** In a row; survives a restart, so that ending the program gains no tries. */
  wrongTries: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000)),
  /** Unix time; 0 where there was none. */
  lastWrongTryMs: v.pipe(v.number(), v.minValue(0)),
});

/** The PIN, as far as this program knows it, and what was tried against it. */
export type StoredPin = v.InferOutput<typeof storedPinSchema>;

/** Where the PIN lies. */
export interface PinFile {
  /** What was found at the start; null where nobody has chosen a PIN. */
  readonly found: StoredPin | null;
  /** @throws The system's error; what was stored stands then. */
  write(pin: StoredPin): Promise<void>;
}

/**
 * Opens the file of the PIN. One that can't be read must not open the kiosk: it counts as a PIN that nobody knows, and is left as it
 * is for whoever mends it.
 */
export async function openPinFile(path: string, log: Logger): Promise<PinFile> {
  const write = (pin: StoredPin): Promise<void> => replaceFile(path, JSON.stringify(pin));
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { found: null, write };
    return unreadable(path, error, log);
  }
  try {
    return { found: v.parse(storedPinSchema, JSON.parse(text)), write };
  } catch (error) {
    // The content is kept out of the log: it may hold most of a hash.
    return unreadable(path, error instanceof SyntaxError ? 'it is not JSON' : 'it is not what Eyepiece wrote', log);
  }
}

function unreadable(path: string, cause: unknown, log: Logger): PinFile {
  log.error(
    { err: cause, path },
    'The file of the PIN cannot be read, so the kiosk stays locked. Delete the file and choose a new PIN.',
  );
  const found = { pin: unknowablePin(), wrongTries: 0, lastWrongTryMs: 0 };
  return { found, write: () => Promise.resolve() };
}
