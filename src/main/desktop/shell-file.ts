import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import * as v from 'valibot';
import { brightnessLevels } from '../../shared/shell.ts';
import { replaceFile } from '../replace-file.ts';

const shellFileSchema = v.strictObject({
  brightness: v.exactOptional(v.picklist(brightnessLevels)),
  /** Set once the system was asked to start Eyepiece; from then on the choice is the system's own. */
  hasAskedForAutostart: v.exactOptional(v.boolean()),
  /** When the graphics crashed so often that the window is drawn without them (Unix time). */
  graphicsFailedAtMs: v.exactOptional(v.number()),
});

/** What the window keeps over restarts. None of it is secret or needed. */
export type ShellMemory = v.InferOutput<typeof shellFileSchema>;

/** Keeps the ShellMemory in the data folder. */
export class ShellFile {
  readonly #path: string;
  readonly #log: Logger;
  #memory: ShellMemory;
  /** One write after the other, or an older content could come last. */
  #writing: Promise<void> = Promise.resolve();

  constructor(dataDir: string, log: Logger) {
    this.#path = join(dataDir, 'shell.json');
    this.#log = log;
    this.#memory = this.#read();
  }

  get memory(): ShellMemory {
    return this.#memory;
  }

  /** Resolves when it lies on the disk, or can't; then it holds until the next start. */
  remember(change: ShellMemory): Promise<void> {
    this.#memory = { ...this.#memory, ...change };
    const content = JSON.stringify(this.#memory);
    this.#writing = this.#writing
      .then(() => replaceFile(this.#path, content))
      .catch((error: unknown) => this.#log.warn({ err: error }, 'The state of the window could not be saved.'));
    return this.#writing;
  }

  // Read at once and in one go: some of it has to be known before Electron is ready.
  #read(): ShellMemory {
    try {
      return v.parse(shellFileSchema, JSON.parse(readFileSync(this.#path, 'utf8')));
    } catch (error) {
      const isThere = !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
      if (isThere) {
        this.#log.warn({ err: error, path: this.#path }, 'The state of the window cannot be read; it starts anew.');
      }
      return {};
    }
  }
}
