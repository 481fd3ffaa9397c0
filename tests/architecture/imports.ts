import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A file under src/ or out/, as seen from the project's folder, with `/` on every system. */
export interface ParsedFile {
  readonly path: string;
  readonly text: string;
  /** A path from the project's folder, `node:` for all of Node's own modules, else the name of a package. */
  readonly imports: readonly string[];
}

/** Every program text below a folder. */
export function parseFolder(folder: string, endings: readonly string[]): ParsedFile[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => parseFile(relative(root, join(entry.parentPath, entry.name)).split(sep).join('/')));
}

/** The files that one file pulls in, itself included. */
export function reachableFrom(entry: string, files: readonly ParsedFile[]): ParsedFile[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Map<string, ParsedFile>();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const file = byPath.get(path);
    if (!file || reached.has(path)) continue;
    reached.set(path, file);
    waiting.push(...file.imports);
  }
  return [...reached.values()];
}

function parseFile(path: string): ParsedFile {
  const text = readFileSync(join(root, path), 'utf8');
  // preProcessFile sees `import`, `import type`, `export … from`, `import()` and `require()`.
  const { importedFiles } = ts.preProcessFile(scriptOf(path, text), true, true);
  return { path, text, imports: importedFiles.map(({ fileName }) => targetOf(path, fileName)) };
}

function scriptOf(path: string, text: string): string {
  if (!path.endsWith('.vue')) return text;
  return [...text.matchAll(/<script\b[^>]*>(.*?)<\/script>/gs)].map(([, script = '']) => script).join('\n');
}

function targetOf(path: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(dirname(path), specifier.replace(/\?.*$/, ''));
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) return 'node:';
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
