import { fileURLToPath } from 'node:url';
import type { Configuration } from 'electron-builder';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** What `npm run package` makes. docs/packages.md says what each package is for and what it sets up. */
export default {
  appId: 'app.eyepiece.station',
  productName: 'Eyepiece',
  executableName: 'eyepiece',
  copyright: 'Copyright © 2026 The Eyepiece developers',
  artifactName: '${name}-${version}-${os}-${arch}.${ext}',
  directories: { output: 'dist' },
  // Who runs a station decides when it changes: nothing is looked for, and nothing is published from here.
  publish: null,
  extraMetadata: {
    author: { name: 'The Eyepiece developers' },
    // A deb must name a home page; the page that an installed station serves on its machine is the only one there is.
    homepage: 'http://127.0.0.1:8080/',
    // By this the desktop finds the menu entry that a window belongs to.
    desktopName: 'eyepiece.desktop',
  },

  files: [
    'out/**',
    'package.json',
    '!node_modules/**/*.{map,ts,mts,cts,tsbuildinfo,flow,md,markdown}',
    '!node_modules/**/{test,tests,benchmark,benchmarks,bench,docs,examples,.github}/**',
    // The licences of packages travel with them, whatever they are called.
    'node_modules/**/{license,LICENSE,LICENCE}*',
    // Of the native module, the binary for the system that is packaged for. Electron on Windows is built with MSVC.
    '!node_modules/@seydx/!(node-av-${os}*-${arch}|node-av-${os}*-${arch}-msvc)/**',
    // What no import of ours reaches: other layers of the binding, CommonJS doubles, and libraries behind them.
    '!node_modules/node-av/dist/{api,ffmpeg,webrtc}/**',
    '!node_modules/werift/lib/*/**',
    '!node_modules/{mediabunny,unzipper,bluebird,@types}/**',
    // The second engine is for machines that have no native module; here there is one. A program on the PATH still serves.
    '!node_modules/ffmpeg-static/**',
  ],
  // The operating system loads the native module itself, and it can't look into an archive.
  asarUnpack: ['node_modules/@seydx/**'],
  asar: { smartUnpack: false },
  // It is prebuilt for every Node and Electron (N-API): nothing to compile.
  npmRebuild: false,
  extraResources: [
    { from: 'resources/station.example.json', to: 'station.example.json' },
    { from: 'resources/detectors', to: 'detectors' },
    { from: 'resources/licenses', to: 'licenses' },
    { from: 'LICENSE', to: 'LICENSE.txt' },
  ],
  // Chromium's own few words, in the languages that the page has.
  electronLanguages: ['en-US', 'fr', 'de'],

  electronFuses: {
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    // Electron has this check on Windows only; elsewhere the fuse is without effect.
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  },

  linux: {
    target: ['AppImage', 'deb'],
    icon: path('dist/icons'),
    category: 'Science',
    maintainer: 'The Eyepiece developers',
    syncDesktopName: true,
    extraResources: [{ from: 'resources/systemd', to: 'systemd' }],
  },
  deb: {
    packageCategory: 'science',
    // The default names a library for tray icons, which Eyepiece has none of.
    recommends: [],
    // A second engine on request; and the unit where systemd looks for those that a user may enable.
    fpm: [
      '--deb-suggests=ffmpeg',
      `${path('resources/systemd/eyepiece-kiosk.service')}=/usr/lib/systemd/user/eyepiece-kiosk.service`,
    ],
  },
  // This runtime brings what it needs; the default one wants a library that current distributions no longer install.
  toolsets: { appimage: '1.0.3' },

  win: {
    target: ['nsis'],
    icon: path('dist/icons/icon.ico'),
  },
  nsis: {
    // For all users of the machine, in a folder that they can't write to.
    oneClick: false,
    perMachine: true,
    installerLanguages: ['en_US', 'fr_FR', 'de_DE'],
    differentialPackage: false,
  },
} satisfies Configuration;
