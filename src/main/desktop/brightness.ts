import { constants } from 'node:fs';
import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { brightnessLevels, type BrightnessLevel, type ShellState } from '../../shared/shell.ts';

/** Where Linux shows the backlights of a machine's own panels. Screens on a cable have none there. */
const systemBacklights = '/sys/class/backlight';

/** The share of the full brightness at each level. Steps look alike when each is a good third brighter than the last. */
const shareOf: Readonly<Record<BrightnessLevel, number>> = { 1: 0.2, 2: 0.28, 3: 0.38, 4: 0.53, 5: 0.73, 6: 1 };

export interface BrightnessOptions {
  /** What was set before the last restart. */
  readonly remembered: BrightnessLevel | undefined;
  readonly log: Logger;
  /** Another folder for tests. */
  readonly backlights?: string;
}

interface Backlight {
  readonly file: string;
  readonly max: number;
}

/** How bright the screen is: by its backlight where that can be set, else the page darkens itself. */
export class Brightness {
  #backlight: Backlight | null;
  #level: BrightnessLevel;
  readonly #log: Logger;

  static async open({ remembered, log, backlights = systemBacklights }: BrightnessOptions): Promise<Brightness> {
    const backlight = await findBacklight(backlights);
    const found = backlight && !remembered ? await nearestLevel(backlight) : undefined;
    const brightness = new Brightness(backlight, remembered ?? found ?? 6, log);
    if (remembered) await brightness.set(remembered);
    return brightness;
  }

  private constructor(backlight: Backlight | null, level: BrightnessLevel, log: Logger) {
    this.#backlight = backlight;
    this.#level = level;
    this.#log = log;
  }

  get state(): ShellState['brightness'] {
    return { level: this.#level, by: this.#backlight ? 'backlight' : 'overlay' };
  }

  async set(level: BrightnessLevel): Promise<void> {
    this.#level = level;
    if (!this.#backlight) return;
    const { file, max } = this.#backlight;
    try {
      await writeFile(file, String(Math.max(1, Math.round(max * shareOf[level]))));
    } catch (error) {
      this.#log.warn({ err: error }, 'The backlight cannot be set any more; the page darkens itself instead.');
      this.#backlight = null;
    }
  }
}

async function findBacklight(folder: string): Promise<Backlight | null> {
  // There is no such folder on other systems, and none on a Linux whose screens have no backlight of their own.
  const names = await readdir(folder).catch(() => []);
  for (const name of names.sort()) {
    const file = join(folder, name, 'brightness');
    const max = await readNumber(join(folder, name, 'max_brightness'));
    const isWritable = await access(file, constants.W_OK).then(
      () => true,
      () => false,
    );
    if (max !== null && max > 0 && isWritable) return { file, max };
  }
  return null;
}

async function nearestLevel({ file, max }: Backlight): Promise<BrightnessLevel | undefined> {
  const value = await readNumber(file);
  if (value === null) return undefined;
  const distance = (level: BrightnessLevel): number => Math.abs(shareOf[level] - value / max);
  return [...brightnessLevels].sort((a, b) => distance(a) - distance(b))[0];
}

async function readNumber(file: string): Promise<number | null> {
  // A file that is not there says the same as one without a number: this is no backlight that can be set.
  const value = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
  return Number.isNaN(value) ? null : value;
}
