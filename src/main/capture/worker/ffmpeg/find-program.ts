import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An ffmpeg program that can do what a Capture needs. */
export interface FfmpegProgram {
  readonly path: string;
  /** The option that hands pictures on one for one; its name has changed in FFmpeg 5.1. */
  readonly passthrough: readonly string[];
  /** Input options that it does not know, and would refuse to start with. */
  readonly unknownOptions: readonly string[];
}

/** Looks for the program of the optional package `ffmpeg-static`, then for one on the PATH. Null where neither can be used. */
export async function findFfmpegProgram(): Promise<FfmpegProgram | null> {
  for (const path of [await findPackagedProgram(), 'ffmpeg']) {
    const program = path === null ? null : await examine(path);
    if (program) return program;
  }
  return null;
}

/** The package may be left out, and its program is downloaded by an install step that networks block. */
async function findPackagedProgram(): Promise<string | null> {
  // Not written into the import, since neither type check nor bundle may depend on an optional package.
  const packageName: string = 'ffmpeg-static';
  try {
    const loaded: { readonly default?: unknown } = (await import(packageName)) as object;
    if (typeof loaded.default !== 'string') return null;
    await access(loaded.default, constants.X_OK);
    return loaded.default;
  } catch {
    // Not installed or not downloaded: the PATH is next.
    return null;
  }
}

/** Builds without libx264 exist; they are of no use here. */
async function examine(path: string): Promise<FfmpegProgram | null> {
  try {
    const { stdout } = await run(path, ['-hide_banner', '-encoders'], { timeout: 5_000, windowsHide: true });
    if (!/\blibx264\b/.test(stdout)) return null;
    const version = await run(path, ['-version'], { timeout: 5_000, windowsHide: true });
    return { path, ...abilitiesOf(version.stdout) };
  } catch {
    // Not there, or it can't be run on this machine: there is no such program.
    return null;
  }
}

/** @param versionText What `ffmpeg -version` prints. Builds from a newer source tree have no number. */
export function abilitiesOf(versionText: string): Omit<FfmpegProgram, 'path'> {
  const [, major, minor] = /^ffmpeg version (\d+)\.(\d+)/.exec(versionText) ?? [];
  const isOld = major !== undefined && Number(major) + Number(minor) / 100 < 5.01;
  return isOld
    ? { passthrough: ['-vsync', 'passthrough'], unknownOptions: ['max_redirects'] }
    : { passthrough: ['-fps_mode', 'passthrough'], unknownOptions: [] };
}
