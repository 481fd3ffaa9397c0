import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseFolder, reachableFrom, root, type ParsedFile } from './imports.ts';

/**
 * Who may import what, and nothing else: folders and files of src/, packages, and `node:` for Node's own modules. The
 * longest matching `of` decides for a file; what a folder holds, it may import itself.
 */
const layers: readonly { readonly of: string; readonly mayImport: readonly string[] }[] = [
  { of: 'src/shared', mayImport: ['valibot'] },
  { of: 'src/main/station', mayImport: ['src/shared', 'node:', 'pino'] },
  {
    of: 'src/main/capture',
    mayImport: ['src/shared', 'src/main/station/ports.ts', 'src/main/station/frame.ts', 'node:', 'pino', 'valibot'],
  },
  {
    of: 'src/main/capture/worker',
    mayImport: [
      'src/shared',
      'src/main/capture',
      'src/main/station/frame.ts',
      'src/main/station/ports.ts',
      'node:',
    ].concat('valibot', 'node-av', 'ffmpeg-static'),
  },
  {
    of: 'src/main/webrtc',
    mayImport: ['src/shared', 'src/main/station/ports.ts', 'src/main/station/frame.ts', 'node:', 'pino'].concat(
      'werift',
      'valibot',
    ),
  },
  {
    of: 'src/main/other-station',
    mayImport: ['src/shared', 'src/main/station/ports.ts', 'node:', 'pino', 'valibot'],
  },
  {
    of: 'src/main/access',
    mayImport: ['replace-file.ts', 'secret-hash.ts', 'database.ts']
      .map((name) => `src/main/${name}`)
      .concat('src/shared', 'node:', 'pino', 'jose', 'valibot'),
  },
  {
    of: 'src/main/http',
    mayImport: ['rights.ts', 'addresses.ts', 'try-budgets.ts']
      .map((name) => `src/main/access/${name}`)
      .concat('src/shared', 'node:', 'pino', 'valibot', 'fastify', '@fastify/static', '@valibot/to-json-schema', 'ws'),
  },
  {
    of: 'src/main/desktop',
    mayImport: ['src/shared', 'src/main/replace-file.ts', 'src/main/secret-hash.ts', 'node:', 'pino'].concat(
      'valibot',
      'electron',
    ),
  },
  // Electron's utility process stands in for a forked one: it fills the port that the Captures are started through.
  {
    of: 'src/main/desktop/capture-process.ts',
    mayImport: ['src/shared', 'src/main/capture/process.ts', 'src/main/capture/protocol.ts', 'node:', 'electron'],
  },
  { of: 'src/main/calls', mayImport: ['src/shared', 'node:', 'pino'] },
  {
    of: 'src/main/settings',
    mayImport: ['config.ts', 'config-errors.ts', 'replace-file.ts', 'access/ticket-claims.ts']
      .map((name) => `src/main/${name}`)
      .concat('src/shared', 'node:', 'pino', 'valibot', 'jsonc-parser'),
  },
  {
    of: 'src/main/directory',
    mayImport: ['access/special-addresses.ts', 'access/ticket-claims.ts', 'settings/stream-id.ts', 'database.ts']
      .concat('replace-file.ts')
      .map((name) => `src/main/${name}`)
      .concat('src/shared', 'node:', 'pino', 'valibot', 'jose', 'bonjour-service', 'ical-generator'),
  },
  { of: 'src/main/database.ts', mayImport: ['node:'] },
  { of: 'src/main/replace-file.ts', mayImport: ['node:'] },
  { of: 'src/main/secret-hash.ts', mayImport: ['node:', 'valibot'] },
  {
    of: 'src/main/add-admin.ts',
    mayImport: ['src/shared', 'src/main/access/access-file.ts', 'node:', 'valibot'],
  },
  { of: 'src/main/ice-servers.ts', mayImport: ['src/shared', 'node:'] },
  { of: 'src/main/log.ts', mayImport: ['pino', 'pino-pretty'] },
  { of: 'src/main/config-errors.ts', mayImport: ['valibot', 'jsonc-parser'] },
  {
    of: 'src/main/config.ts',
    mayImport: ['config-errors.ts', 'capture/protocol.ts', 'access/certificates.ts']
      .map((name) => `src/main/${name}`)
      .concat('src/shared', 'node:', 'valibot'),
  },
  { of: 'src/main/command-line.ts', mayImport: ['src/shared', 'src/main/config.ts', 'node:', 'valibot'] },
  {
    of: 'src/main/boot.ts',
    mayImport: [
      'station',
      'calls',
      'capture',
      'webrtc',
      'http',
      'settings',
      'access',
      'directory',
      'other-station',
      'config.ts',
      'ice-servers.ts',
      'log.ts',
      'start-directory.ts',
    ]
      .map((name) => `src/main/${name}`)
      .concat('src/shared', 'node:', 'pino'),
  },
  {
    of: 'src/main/start-directory.ts',
    mayImport: ['station', 'access', 'directory', 'config.ts']
      .map((name) => `src/main/${name}`)
      .concat('src/shared', 'pino'),
  },
  {
    of: 'src/main/launch.ts',
    mayImport: ['add-admin.ts', 'boot.ts', 'command-line.ts', 'config.ts', 'log.ts']
      .map((name) => `src/main/${name}`)
      .concat('pino'),
  },
  { of: 'src/main/watchdog.ts', mayImport: ['node:', 'pino'] },
  { of: 'src/main/headless.ts', mayImport: ['src/main/launch.ts', 'src/main/watchdog.ts'] },
  {
    of: 'src/main/index.ts',
    mayImport: ['boot.ts', 'launch.ts', 'watchdog.ts', 'desktop']
      .map((name) => `src/main/${name}`)
      .concat('node:', 'electron'),
  },
  { of: 'src/preload', mayImport: ['src/shared', 'electron'] },
  ...rendererLayers(),
];

/** The page's own order: screens → components → composables → stores → station. */
function rendererLayers() {
  const page = 'src/renderer';
  const libraries = ['vue', 'pinia', 'vue-i18n', '@vueuse/core', '@lucide/vue', 'uqr'];
  const order = ['station', 'stores', 'composables', 'components', 'screens'];
  const folders = order.map((name, at) => ({
    of: `${page}/${name}`,
    mayImport: ['src/shared', `${page}/locales`, ...order.slice(0, at).map((below) => `${page}/${below}`)].concat(
      name === 'station' ? [] : libraries,
    ),
  }));
  const start = ['main.ts', 'page.ts', 'App.vue'].map((name) => ({
    of: `${page}/${name}`,
    mayImport: ['src/shared', page, ...libraries, '@fontsource-variable/inter'],
  }));
  return [
    ...folders,
    ...start,
    { of: `${page}/locales`, mayImport: ['src/shared', 'vue-i18n'] },
    { of: `${page}/vue.d.ts`, mayImport: ['vue'] },
  ];
}

const sources = parseFolder('src', ['.ts', '.vue']);
const isIn = (path: string, place: string): boolean => path === place || path.startsWith(`${place}/`);

function importersOf(target: string): string[] {
  return sources.filter(({ imports }) => imports.includes(target)).map(({ path }) => path);
}

function withoutComments(text: string): string {
  return text.replace(/\/\*.*?\*\//gs, '').replace(/^\s*\/\/.*$/gm, '');
}

function layerOf({ path }: ParsedFile) {
  const matching = layers.filter(({ of }) => isIn(path, of));
  return matching.sort((a, b) => b.of.length - a.of.length)[0];
}

describe('Imports', () => {
  test('of every file follow the table of layers', () => {
    const broken = sources.flatMap((file) => {
      const layer = layerOf(file);
      if (!layer) return [`${file.path} is in no layer`];
      return file.imports
        .filter((target) => ![layer.of, ...layer.mayImport].some((place) => isIn(target, place)))
        .map((target) => `${file.path} imports ${target}`);
    });
    expect(sources.length).toBeGreaterThan(50);
    expect(broken).toEqual([]);
  });

  test('of electron stand only in the Electron entry, src/main/desktop and src/preload', () => {
    const strangers = importersOf('electron').filter(
      (path) => !/^src\/(main\/index\.ts|main\/desktop\/|preload\/)/.test(path),
    );
    expect(strangers).toEqual([]);
    expect(importersOf('electron')).toContain('src/main/index.ts');
  });

  test('of werift stand only in src/main/webrtc, and of node-av only in the Capture process', () => {
    expect(importersOf('werift').filter((path) => !path.startsWith('src/main/webrtc/'))).toEqual([]);
    expect(importersOf('node-av').filter((path) => !path.startsWith('src/main/capture/worker/'))).toEqual([]);
    expect(importersOf('werift')).not.toEqual([]);
    expect(importersOf('node-av')).not.toEqual([]);
  });
});

describe('The headless station', () => {
  test.each([
    ['its sources', 'src/main/headless.ts', sources],
    ['its bundle', 'out/main/headless.js', parseFolder('out', ['.js'])],
  ])('holds no electron: %s', (_what, entry, files) => {
    if (entry.startsWith('out/') && !existsSync(join(root, entry))) return;
    const bundle = reachableFrom(entry, files);
    expect(bundle.map(({ path }) => path).filter((path) => path.includes('/desktop/'))).toEqual([]);
    expect(bundle.filter(({ imports }) => imports.includes('electron'))).toEqual([]);
    // Proves that the walk got to the end of the tree.
    expect(bundle.flatMap(({ imports }) => imports)).toContain('werift');
  });
});

test('Only the list of routes names URLs of the HTTP door', () => {
  const url =
    /['"`]\/(?:healthz|status|metrics|webrtc|api|calls|ws|whep|offer|ice-candidate|mjpeg|frame)\b[^'"`]*['"`]/g;
  const naming = sources
    .filter(({ path }) => path.startsWith('src/main/') && path !== 'src/main/http/routes.ts')
    .flatMap(({ path, text }) => (withoutComments(text).match(url) ?? []).map((found) => `${path}: ${found}`));
  // Where a session is, is told to the client by the code that opens it (RFC 9725 §4.2).
  const session = /^src\/main\/http\/(whep\.ts: `\/whep\/sessions\/|viewers\.ts: `\/api\/viewers\/)/;
  // Who is a client of another station has to name what it asks for.
  const client = /^src\/main\/(?:other-station\/watch-station|directory\/ask-status|directory\/ask-key)\.ts: /;
  expect(naming.filter((found) => !session.test(found) && !client.test(found))).toEqual([]);
});
