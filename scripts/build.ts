import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root, runTool } from './run.ts';

/** One file of each part, in the order they are built. */
const products = ['out/main/headless.js', 'out/preload/index.cjs', 'out/renderer/index.html'];
const inputs = [
  'src',
  'electron.vite.config.ts',
  'package.json',
  'resources/icon.svg',
  'scripts/icons.ts',
  'scripts/installable-page.ts',
];

/** Builds where nothing is built yet or a source is newer. @returns False where the build failed. */
export async function buildIfStale(): Promise<boolean> {
  if (!isStale()) return true;
  process.stderr.write('Building …\n');
  return (await runTool('build', ['build', '--logLevel', 'warn'], { isOutputAside: true })) === 0;
}

function isStale(): boolean {
  const files = products.map((file) => join(root, file));
  if (!files.every(existsSync)) return true;
  const builtMs = Math.min(...files.map((file) => statSync(file).mtimeMs));
  return inputs.some((input) => newestMs(join(root, input)) > builtMs);
}

function newestMs(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  // A folder's own time changes when a file is removed from it.
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}
