import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { extractAll, extractFile, getRawHeader } from '@electron/asar';
import { NtExecutable, NtExecutableResource, Resource } from 'resedit';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import config from '../../electron-builder.ts';
import { describeSizes, measurePackage } from '../../scripts/package-size.ts';
import { startStationProcess } from '../support/station-process.ts';
import { WeriftPlayer } from '../support/werift-player.ts';
import {
  filesOf,
  packageForBothSystems,
  packagesOf,
  productionPackages,
  type PackagedApp,
  type PackagedApps,
} from './packages.ts';
import { readFuses, type System } from './stub-electron.ts';

/** The system that this machine can run a package of; npm has installed the native module for it and no other. */
const ownSystem: System = process.platform === 'win32' ? 'win32' : 'linux';

const nativeModules = {
  linux: `node_modules/@seydx/node-av-linux-${process.arch}/node-av.node`,
  win32: `node_modules/@seydx/node-av-win32-${process.arch}-msvc/node-av.node`,
} as const;

/** Everything but the native module: what grows by an unneeded package, of which this would tell. */
const maxOwnBytes = 12_000_000;

/** These are published without the text of their licence; FFmpeg's, in the native module, lies beside the archive. */
const withoutLicenceText = /^(@seydx\/node-av-.*|abstract-logging|isarray|werift)@/;

let packaged: PackagedApps;

beforeAll(async () => {
  packaged = await packageForBothSystems();
});

afterAll(() => packaged.remove());

describe.each(['linux', 'win32'] as const)('The package for %s', (system) => {
  const app = (): PackagedApp => packaged.apps[system];
  const paths = (): string[] => filesOf(app()).map(({ path }) => path);

  test('has every part of the app in its archive', () => {
    expect(paths()).toEqual(
      expect.arrayContaining([
        'package.json',
        'out/main/index.js',
        'out/main/headless.js',
        'out/main/capture/worker/main.js',
        'out/main/capture/worker/list-cameras.js',
        'out/preload/index.cjs',
        'out/renderer/index.html',
        'node_modules/werift/lib/index.mjs',
        'node_modules/node-av/dist/lib/index.js',
      ]),
    );
    expect(paths().filter((path) => /^out\/renderer\/assets\/icon-.*\.svg$/.test(path))).toHaveLength(1);
  });

  test('has nothing of the project but what was built', () => {
    const strangers = paths().filter((path) => !/^(out\/|node_modules\/|package\.json$)/.test(path));
    expect(strangers).toEqual([]);
    expect(paths().filter((path) => /\.(ts|mts|cts|vue|map|tsbuildinfo)$/.test(path))).toEqual([]);
    const own = JSON.parse(extractFile(app().archive, 'package.json').toString()) as Record<string, unknown>;
    expect(own).toMatchObject({ name: 'eyepiece', main: 'out/main/index.js', desktopName: 'eyepiece.desktop' });
    expect(own).not.toHaveProperty('devDependencies');
    expect(own).not.toHaveProperty('scripts');
  });

  test('has no package that only the work on the project needs, and none twice', () => {
    const ids = packagesOf(app()).map(({ id }) => id);
    const known = productionPackages();
    expect(ids.filter((id) => !known.includes(id))).toEqual([]);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    for (const name of ['fastify', 'werift', 'node-av']) {
      expect(ids.filter((id) => id.startsWith(`${name}@`))).toHaveLength(1);
    }
  });

  test('passes on the licence of every package that has one, and those of Electron and Chromium', () => {
    const files = paths();
    const without = packagesOf(app()).filter(
      ({ folder }) => !files.some((path) => path.startsWith(folder) && /\/licen[cs]e[^/]*$/i.test(path)),
    );
    expect(without.map(({ id }) => id).filter((id) => !withoutLicenceText.test(id))).toEqual([]);
    expect(readdirSync(app().folder)).toEqual(
      expect.arrayContaining(['LICENSE.electron.txt', 'LICENSES.chromium.html']),
    );
  });

  test('brings the example, the detector programs and the licences as files', () => {
    for (const file of [
      'station.example.json',
      'detectors/simulated_detector.py',
      'licenses/GPL-3.0.txt',
      'licenses/FFmpeg.txt',
      'LICENSE.txt',
    ]) {
      expect(statSync(join(app().resources, file)).size, file).toBeGreaterThan(0);
    }
  });

  test('keeps of Chromium the languages that the page has', () => {
    expect(readdirSync(join(app().folder, 'locales')).sort()).toEqual(['de.pak', 'en-US.pak', 'fr.pak']);
  });

  test('has the fuses set in its program', () => {
    expect(readFuses(app().program)).toEqual({ named: config.electronFuses, rest: '1' });
    expect(config.electronFuses).toMatchObject({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
    });
  });

  test('has the native module beside its archive and nothing else there', ({ skip }) => {
    const unpacked = filesOf(app()).filter(({ isUnpacked }) => isUnpacked);
    const foreign = unpacked.filter(
      ({ path }) => !path.startsWith(`${nativeModules[system].split('/').slice(0, 3).join('/')}/`),
    );
    expect(foreign).toEqual([]);
    if (system !== ownSystem) {
      skip('npm installs the native module only for the system it runs on; a release is made on each');
    }
    expect(unpacked.map(({ path }) => path)).toContain(nativeModules[system]);
    const native = join(`${app().archive}.unpacked`, nativeModules[system]);
    expect(statSync(native).size).toBe(statSync(nativeModules[system]).size);
  });

  test('adds no more to Electron than its parts need', () => {
    const sizes = measurePackage(app().resources);
    const own = sizes.filter(({ part }) => part !== 'native module').reduce((sum, { bytes }) => sum + bytes, 0);
    expect(own, describeSizes(sizes)).toBeLessThan(maxOwnBytes);
  });
});

test('The packages differ in the native module and in nothing else', () => {
  const [linux, windows] = [packaged.apps.linux, packaged.apps.win32].map((app) =>
    filesOf(app).flatMap(({ path }) => (path.startsWith('node_modules/@seydx/') ? [] : path)),
  );
  expect(linux?.sort()).toEqual(windows?.sort());
});

describe('The deb', () => {
  test('puts the app, its menu entry, its icons and the unit of its kiosk where Debian looks for them', () => {
    expect(packaged.deb.places).toEqual(
      expect.arrayContaining([
        '/opt/Eyepiece',
        '/usr/share/applications/eyepiece.desktop',
        '/usr/share/icons/hicolor/16x16/apps/eyepiece.png',
        '/usr/share/icons/hicolor/512x512/apps/eyepiece.png',
        '/usr/lib/systemd/user/eyepiece-kiosk.service',
      ]),
    );
  });

  test('has a menu entry among the sciences that starts the program and knows its window', () => {
    expect(packaged.deb.menuEntry.split('\n')).toEqual(
      expect.arrayContaining([
        'Name=Eyepiece',
        'Exec=/opt/Eyepiece/eyepiece %U',
        'Icon=eyepiece',
        'Categories=Science;',
        'StartupWMClass=eyepiece',
      ]),
    );
  });

  test('has a unit that starts the program where the deb puts it', () => {
    const unit = readFileSync(join(packaged.apps.linux.resources, 'systemd/eyepiece-kiosk.service'), 'utf8');
    expect(unit).toMatch(/^ExecStart=(\/opt\/Eyepiece|\/usr\/bin)\/eyepiece\b/m);
  });
});

describe('The program for Windows', () => {
  const resourcesOf = (program: string) => NtExecutableResource.from(NtExecutable.from(readFileSync(program)));

  test('knows the hash of its archive, so that Electron refuses another', () => {
    const { program, archive } = packaged.apps.win32;
    const integrity = resourcesOf(program).entries.find(({ type }) => type === 'INTEGRITY');
    const hash = createHash('sha256').update(getRawHeader(archive).headerString).digest('hex');
    expect(JSON.parse(Buffer.from(integrity?.bin ?? new ArrayBuffer(0)).toString())).toEqual([
      { file: 'resources\\app.asar', alg: 'SHA256', value: hash },
    ]);
  });

  test('has its own name, version and icon', () => {
    const { entries } = resourcesOf(packaged.apps.win32.program);
    const [version] = Resource.VersionInfo.fromEntries(entries);
    const { version: own } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
    expect(version?.getStringValues({ lang: 0x409, codepage: 1200 })).toMatchObject({
      ProductName: 'Eyepiece',
      FileVersion: own,
      CompanyName: 'The Eyepiece developers',
    });
    const [group] = Resource.IconGroupEntry.fromEntries(entries);
    expect(group?.icons.map(({ width }) => width || 256)).toEqual([16, 20, 24, 32, 40, 48, 64, 256]);
  });
});

test('The icons for Linux are pictures of the sizes that they are named after', () => {
  for (const name of readdirSync(packaged.icons).filter((file) => file.endsWith('.png'))) {
    const png = readFileSync(join(packaged.icons, name));
    // PNG (ISO/IEC 15948) §11.2.2: width and height are the first eight bytes of the first chunk's data.
    expect(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}.png`).toBe(name);
  }
  expect(existsSync(join(packaged.icons, '512x512.png'))).toBe(true);
});

test('The packaged headless station serves a live picture on plain Node, with nothing of the project near', async () => {
  const folder = join(packaged.folder, 'station');
  extractAll(packaged.apps[ownSystem].archive, folder);
  const station = await startStationProcess({ folder, args: ['--source', 'simulated:clock'] });
  const player = new WeriftPlayer();
  try {
    expect((await fetch(station.url)).status).toBe(200);
    const response = await fetch(new URL('/whep/clock', station.url), {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: await player.offer(),
    });
    expect(response.status).toBe(201);
    await player.accept(await response.text());
    await vi.waitFor(() => expect(player.pictures.length).toBeGreaterThan(10), { timeout: 20_000 });
    expect(player.pictures[0]?.isKeyframe).toBe(true);
    const { streams } = await station.state();
    expect(streams).toMatchObject([{ id: 'clock', status: { kind: 'live' }, detector: { engine: 'native' } }]);
  } finally {
    await player.close();
    await station.stop();
  }
});
