import { mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A new file is for its owner only, since it may hold passwords. */
const newFileMode = 0o600;
const newFolderMode = 0o700;

/**
 * Writes a file as a whole or not at all, whatever dies meanwhile: beside it first, then in its place. A link is followed, the
 * mode is kept, a missing folder is made.
 * @throws The system's error; the file is what it was then.
 */
export async function replaceFile(path: string, content: string): Promise<void> {
  const target = await unlessMissing(realpath(path), path);
  const mode = await unlessMissing(
    stat(target).then((found) => found.mode & 0o777),
    newFileMode,
  );
  await mkdir(dirname(target), { recursive: true, mode: newFolderMode });
  // One name for each process: what a killed one has left behind is used again at best, and never read.
  const draft = `${target}.${process.pid}.tmp`;
  try {
    await writeThrough(draft, content, mode);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(dirname(target));
}

async function writeThrough(path: string, content: string, mode: number): Promise<void> {
  const file = await open(path, 'w', newFileMode);
  try {
    await file.writeFile(content);
    await file.chmod(mode);
    // Else a power cut could leave the new name on an empty file.
    await file.sync();
  } finally {
    await file.close();
  }
}

/** So that the new name outlasts a power cut. Windows has no way to ask for that. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function unlessMissing<T>(found: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return otherwise;
    throw error;
  }
}
