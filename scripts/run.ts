import { spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** The programs of the development tools, as scripts for Node: the shims in `.bin` differ between systems. */
export const tools = {
  build: 'electron-vite/bin/electron-vite.js',
  eslint: 'eslint/bin/eslint.js',
  playwright: '@playwright/test/cli.js',
  prettier: 'prettier/bin/prettier.cjs',
  tsc: 'typescript/bin/tsc',
  vitest: 'vitest/vitest.mjs',
  vueTsc: 'vue-tsc/bin/vue-tsc.js',
} as const;

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Puts what the program prints on standard error, where it is no output of ours. */
  readonly isOutputAside?: boolean;
}

/** Runs a development tool in the project's folder. @returns Its exit code; 1 where it was ended by a signal. */
export function runTool(tool: keyof typeof tools, args: readonly string[], options: RunOptions = {}): Promise<number> {
  return run(process.execPath, [join(root, 'node_modules', tools[tool]), ...args], options);
}

/** Runs a program without a shell. @returns As runTool; 127 where there is no such program. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<number> {
  const stdio: SpawnOptions['stdio'] = ['ignore', options.isOutputAside ? 2 : 'inherit', 'inherit'];
  const child = spawn(program, args, { cwd: root, stdio, env: { ...process.env, ...options.env } });
  const failed = once(child, 'error').then(() => 127);
  const exited = once(child, 'exit').then(([code]) => (code as number | null) ?? 1);
  return Promise.race([failed, exited]);
}

/** Whether a program is on the PATH. */
export function isInstalled(program: string): boolean {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => endings.some((ending) => existsSync(join(folder, program + ending))));
}
