import { readdirSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { listPackage, statFile } from '@electron/asar';

/** What a packaged app adds to Electron, in bytes. */
export interface PackageSize {
  readonly part: 'native module' | 'libraries' | 'page' | 'station' | 'examples and licences';
  readonly bytes: number;
}

/** @param resources The folder `resources` of a packaged app. */
export function measurePackage(resources: string): PackageSize[] {
  const archive = join(resources, 'app.asar');
  const sizes = new Map<PackageSize['part'], number>();
  const add = (part: PackageSize['part'], bytes: number): void => void sizes.set(part, (sizes.get(part) ?? 0) + bytes);
  for (const path of listPackage(archive, { isPack: false })) {
    const entry = statFile(archive, path.slice(1));
    if ('size' in entry) add(partOf(path.split(sep).join('/')), entry.size);
  }
  for (const file of readdirSync(resources, { recursive: true, encoding: 'utf8' })) {
    const stat = statSync(join(resources, file));
    if (stat.isFile() && !file.startsWith('app.asar')) add('examples and licences', stat.size);
  }
  return [...sizes].map(([part, bytes]) => ({ part, bytes })).sort((a, b) => b.bytes - a.bytes);
}

/** As a table in megabytes of 1,000,000 bytes. */
export function describeSizes(sizes: readonly PackageSize[]): string {
  const row = (bytes: number, what: string): string => `${(bytes / 1e6).toFixed(1).padStart(7)} MB  ${what}\n`;
  const sum = sizes.reduce((total, { bytes }) => total + bytes, 0);
  return row(sum, 'without Electron itself') + sizes.map(({ part, bytes }) => row(bytes, part)).join('');
}

function partOf(path: string): PackageSize['part'] {
  if (path.startsWith('/node_modules/@seydx/')) return 'native module';
  if (path.startsWith('/node_modules/')) return 'libraries';
  return path.startsWith('/out/renderer/') ? 'page' : 'station';
}
