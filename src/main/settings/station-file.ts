import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { StationError } from '../../shared/errors.ts';
import { checkConfig, type StationConfig } from '../config.ts';
import { changeConfigText, newConfigText, type ConfigChange, type RunningConfig } from './config-text.ts';
import { replaceFile } from '../replace-file.ts';

/** What station.json says at the moment, or what a new one will begin with. */
interface Present {
  readonly text: string;
  readonly config: StationConfig;
  /** The text that can't be used and has to be kept elsewhere. */
  readonly badText: string | null;
}

/** station.json as a file that an operator writes too: each change starts from what it says by then. */
export class StationFile {
  readonly #path: string;
  /** It was broken when the station started, so that nothing of it is in use. */
  #mayReplace: boolean;

  constructor(path: string, wasBroken: boolean) {
    this.#path = path;
    this.#mayReplace = wasBroken;
  }

  /**
   * Changes the file as a whole or not at all.
   * @param decide Says what is to be changed of what the file says now.
   * @param running What a new file begins with where there is none, or none any more.
   * @returns What the file says then.
   * @throws StationError `bad_setting` where the file is broken, `not_saved`, and whatever `decide` throws.
   */
  async change(decide: (config: StationConfig) => ConfigChange, running: RunningConfig): Promise<StationConfig> {
    const { text, config, badText } = await this.#read(running);
    const change = decide(config);
    const [, mark = '', json = ''] = /^(\uFEFF?)(.*)$/s.exec(text) ?? [];
    const changed = mark + changeConfigText(json, config, change);
    const saved = this.#check(changed, { ...config, ...change });
    if (badText !== null) await this.#save(`${this.#path}.bad`, badText);
    await this.#save(this.#path, changed);
    this.#mayReplace = false;
    return saved;
  }

  async #read(running: RunningConfig): Promise<Present> {
    const name = basename(this.#path);
    const text = await readFile(this.#path, 'utf8').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw StationError.notSaved(`${name} cannot be read (${messageOf(error)})`);
    });
    const checked = text === null ? null : checkConfig(this.#path, text);
    if (text !== null && checked && 'config' in checked) return { text, config: checked.config, badText: null };
    if (checked && 'problems' in checked && !this.#mayReplace) {
      throw StationError.badSetting(`${checked.problems[0] ?? name}. The file was changed by hand; mend it first.`);
    }
    const newText = newConfigText(running);
    const fresh = checkConfig(this.#path, newText);
    if ('problems' in fresh) throw new Error(`A new ${name} would be broken.`);
    return { text: newText, config: fresh.config, badText: text };
  }

  /** What is written is what runs: a file that would say anything else, or nothing valid, is not written. */
  #check(text: string, wanted: StationConfig): StationConfig {
    const checked = checkConfig(this.#path, text);
    if ('problems' in checked) throw StationError.badSetting(`The setting is refused: ${checked.problems[0] ?? ''}.`);
    if (isDeepStrictEqual(asJson(checked.config), asJson(wanted))) return checked.config;
    throw StationError.notSaved(`the text of ${basename(this.#path)} can't be changed without changing its meaning`);
  }

  async #save(path: string, text: string): Promise<void> {
    try {
      await replaceFile(path, text);
    } catch (error) {
      throw StationError.notSaved(messageOf(error));
    }
  }
}

/** A key that is undefined is one that is not there. */
function asJson(config: StationConfig): unknown {
  return JSON.parse(JSON.stringify(config));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
