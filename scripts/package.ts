import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'electron-builder';
import { electronServer, electronServerAnswers } from './electron-server.ts';
import { renderIcons } from './icons.ts';
import { describeSizes, measurePackage } from './package-size.ts';
import { root, runTool } from './run.ts';

const dist = join(root, 'dist');

/** `npm run package`: builds, and puts the packages for this machine's system and processor in dist/. */
const complaint = await makePackages();
if (complaint) {
  process.stderr.write(`${complaint}\n`);
  process.exitCode = 1;
}

/** @returns What went wrong, or null. */
async function makePackages(): Promise<string | null> {
  if (!(await electronServerAnswers())) {
    return `No package: Electron's program goes into it, and ${electronServer} does not answer. Name a mirror in ELECTRON_MIRROR.`;
  }
  if ((await runTool('build', ['build', '--logLevel', 'warn'])) !== 0) return 'No package: the build failed.';
  // What stands there afterwards was made now.
  rmSync(dist, { recursive: true, force: true });
  renderIcons(join(dist, 'icons'));
  try {
    await build({ projectDir: root, publish: 'never' });
  } catch (error) {
    return `No package: ${error instanceof Error ? error.message : String(error)}`;
  }
  for (const tree of readdirSync(dist).filter((name) => name.endsWith('-unpacked'))) {
    process.stdout.write(`\n${tree}\n${describeSizes(measurePackage(join(dist, tree, 'resources')))}`);
  }
  return null;
}
