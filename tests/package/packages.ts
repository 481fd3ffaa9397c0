import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { extractFile, listPackage, statFile } from '@electron/asar';
import { archFromString, build, getArchSuffix, Platform } from 'electron-builder';
import { renderIcons } from '../../scripts/icons.ts';
import { writeStubElectron, type System } from './stub-electron.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A packaged app as it would lie on a machine. */
export interface PackagedApp {
  readonly program: string;
  readonly folder: string;
  readonly resources: string;
  readonly archive: string;
}

export interface PackagedApps {
  readonly folder: string;
  readonly icons: string;
  readonly apps: Readonly<Record<System, PackagedApp>>;
  /** What the deb would bring: the places on the machine that something is there for, and the text of the menu entry. */
  readonly deb: { readonly places: readonly string[]; readonly menuEntry: string };
  remove(): Promise<void>;
}

/**
 * Packages the built app for both systems with the project's own configuration, into a folder far from the project. Only
 * Electron is a stub, and no installer is made around it, because Electron and the tools for installers are downloads.
 */
export async function packageForBothSystems(): Promise<PackagedApps> {
  const folder = await mkdtemp(join(tmpdir(), 'eyepiece-package-'));
  const icons = join(folder, 'icons');
  renderIcons(icons);
  for (const system of ['linux', 'win32'] as const) writeStubElectron(join(folder, `electron-${system}`), system);
  const arch = archFromString(process.arch);
  let deb: PackagedApps['deb'] = { places: [], menuEntry: '' };
  await build({
    projectDir: root,
    targets: new Map([
      [Platform.LINUX, new Map([[arch, ['deb']]])],
      [Platform.WINDOWS, new Map([[arch, ['dir']]])],
    ]),
    effectiveOptionComputed: ([args, menuEntry]: readonly [readonly string[], string]) => {
      deb = { places: placesIn(args), menuEntry: readFileSync(menuEntry, 'utf8') };
      // True says that this was all that was wanted.
      return Promise.resolve(true);
    },
    config: {
      electronDist: ({ platformName }: { readonly platformName: string }) => join(folder, `electron-${platformName}`),
      directories: { output: folder },
      linux: { icon: icons },
      win: { icon: join(icons, 'icon.ico') },
    },
  });
  return {
    folder,
    icons,
    apps: {
      linux: packagedApp(join(folder, `linux${getArchSuffix(arch)}-unpacked`), 'eyepiece'),
      win32: packagedApp(join(folder, `win${getArchSuffix(arch)}-unpacked`), 'eyepiece.exe'),
    },
    deb,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The files in the archive, and those that belong to it and lie beside it, with forward slashes and without a first one. */
export function filesOf({ archive }: PackagedApp): { readonly path: string; readonly isUnpacked: boolean }[] {
  return listPackage(archive, { isPack: false }).flatMap((listed) => {
    const entry = statFile(archive, listed.slice(1));
    if (!('size' in entry)) return [];
    return { path: listed.slice(1).replaceAll('\\', '/'), isUnpacked: entry.unpacked === true };
  });
}

/** A package within an app: where it lies, and its name and version as `name@version`. */
export interface PackageInApp {
  readonly folder: string;
  readonly id: string;
}

/** The npm packages in an app; one within another counts for itself. */
export function packagesOf(app: PackagedApp): PackageInApp[] {
  const folders = filesOf(app).flatMap(
    ({ path }) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
  );
  return [...new Set(folders)].map((folder) => {
    const text = extractFile(app.archive, join(folder, 'package.json')).toString();
    const { name, version } = JSON.parse(text) as { readonly name: string; readonly version: string };
    return { folder, id: `${name}@${version}` };
  });
}

/** What the lock file holds for others than those who work on the project, as `name@version`. */
export function productionPackages(): string[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<
      Record<string, { readonly version: string; readonly dev?: boolean; readonly devOptional?: boolean }>
    >;
  };
  return Object.entries(lock.packages)
    .filter(([, { dev, devOptional }]) => !dev && !devOptional)
    .map(([folder, { version }]) => `${folder.replace(/^.*node_modules\//, '')}@${version}`);
}

/** fpm, the tool that makes a deb, is told of files as `from=to`. */
function placesIn(args: readonly string[]): string[] {
  return args.flatMap((arg) => {
    const [, from, to] = /^(\/.*|[A-Z]:.*)=(\/.*)$/.exec(arg) ?? [];
    return from && to && existsSync(from) ? to : [];
  });
}

function packagedApp(folder: string, program: string): PackagedApp {
  const resources = join(folder, 'resources');
  return { folder, program: join(folder, program), resources, archive: join(resources, 'app.asar') };
}
