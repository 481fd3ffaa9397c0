import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NtExecutable, NtExecutableResource, Resource } from 'resedit';

/** The systems that packages are made for, as Node names them. */
export type System = 'linux' | 'win32';

/** The fuses of Electron's first wire version, in the order of the wire, as electron-builder's configuration names them. */
export const fuseNames = [
  'runAsNode',
  'enableCookieEncryption',
  'enableNodeOptionsEnvironmentVariable',
  'enableNodeCliInspectArguments',
  'enableEmbeddedAsarIntegrityValidation',
  'onlyLoadAppFromAsar',
  'loadBrowserProcessSpecificV8Snapshot',
  'grantFileProtocolExtraPrivileges',
] as const;

/** Stands before the fuses in every Electron program (electron/fuses, constants.ts). */
const sentinel = Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX');
const wireVersion = 1;
/** As Electron is delivered, with a ninth fuse that has no name here. */
const deliveredFuses = '101100011';

/**
 * Writes the folder that electron-builder takes for an unpacked Electron: the files that it renames, edits or removes, and no
 * program that could run.
 */
export function writeStubElectron(folder: string, system: System): void {
  mkdirSync(join(folder, 'locales'), { recursive: true });
  mkdirSync(join(folder, 'resources'));
  for (const language of ['de', 'en-GB', 'en-US', 'fr', 'ja']) {
    writeFileSync(join(folder, `locales/${language}.pak`), '');
  }
  writeFileSync(join(folder, 'LICENSE'), 'The licence of Electron');
  writeFileSync(join(folder, 'LICENSES.chromium.html'), 'The licences of Chromium');
  const wire = Buffer.concat([
    sentinel,
    Buffer.from([wireVersion, deliveredFuses.length]),
    Buffer.from(deliveredFuses),
  ]);
  if (system === 'win32') writeFileSync(join(folder, 'electron.exe'), windowsProgram(wire));
  else writeFileSync(join(folder, 'electron'), wire, { mode: 0o755 });
}

/** The fuses of a program by name, and what follows those that have one. */
export function readFuses(program: string): { readonly named: Record<string, boolean>; readonly rest: string } {
  const bytes = readFileSync(program);
  const at = bytes.indexOf(sentinel) + sentinel.length;
  const states = bytes.toString('latin1', at + 2, at + 2 + (bytes[at + 1] ?? 0));
  return {
    named: Object.fromEntries(fuseNames.map((name, index) => [name, states[index] === '1'])),
    rest: states.slice(fuseNames.length),
  };
}

/** The smallest program whose resources can be edited: it has a version and nothing to execute. */
function windowsProgram(content: Buffer): Buffer {
  const program = NtExecutable.createEmpty(false, false);
  const resources = NtExecutableResource.from(program);
  const version = Resource.VersionInfo.createEmpty();
  version.setStringValues({ lang: 0x409, codepage: 1200 }, { ProductName: 'Electron' });
  version.outputToResourceEntries(resources.entries);
  resources.outputResource(program);
  program.setExtraData(content);
  return Buffer.from(program.generate());
}
