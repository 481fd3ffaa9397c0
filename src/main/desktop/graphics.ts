import type { ShellMemory } from './shell-file.ts';

/** A driver that crashed is given another chance after a day. */
const restMs = 24 * 60 * 60_000;

/** So many crashes of the graphics process within `windowMs` are the driver's fault, which will go on. */
const tooMany = 3;
const windowMs = 60_000;

/** Whether the window is drawn without the machine's graphics, because they crashed a short while ago. */
export function drawsInSoftware({ graphicsFailedAtMs }: ShellMemory, nowMs: number): boolean {
  return graphicsFailedAtMs !== undefined && nowMs - graphicsFailedAtMs < restMs;
}

/** Counts crashes of the graphics process. Chromium starts it again by itself; after some more it would give up and end the program. */
export class GraphicsHealth {
  #crashesMs: number[] = [];

  /**
   * @param nowMs Any clock that only goes forward.
   * @returns Whether Eyepiece had better start anew, without the graphics.
   */
  crashed(nowMs: number): boolean {
    this.#crashesMs = [...this.#crashesMs.filter((crashMs) => nowMs - crashMs < windowMs), nowMs];
    return this.#crashesMs.length >= tooMany;
  }
}
