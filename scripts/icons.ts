import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { root } from './run.ts';

/** The sizes that Linux desktops look for, in pixels. */
const pngSizes = [16, 24, 32, 48, 64, 128, 256, 512];
/** What Windows shows in lists, on the task bar and on the desktop at its usual scales, in pixels. */
const icoSizes = [16, 20, 24, 32, 40, 48, 64, 256];

/** As in the icon itself, and of the page before its first style. */
export const iconBackground = '#121314';

/** Draws resources/icon.svg in every size: `16x16.png` to `512x512.png` for Linux and `icon.ico` for Windows. */
export function renderIcons(folder: string): void {
  const svg = readIcon();
  mkdirSync(folder, { recursive: true });
  for (const size of pngSizes) writeFileSync(join(folder, `${size}x${size}.png`), renderPng(svg, size));
  writeFileSync(join(folder, 'icon.ico'), packIco(icoSizes.map((sizePx) => ({ sizePx, png: renderPng(svg, sizePx) }))));
}

/** The icon as a square PNG. */
export function iconPng(sizePx: number): Buffer {
  return renderPng(readIcon(), sizePx);
}

/** The same without transparent corners and with room around it, for systems that cut icons to a shape of their own. */
export function coverPng(sizePx: number): Buffer {
  // Of such an icon, the middle 80 % are safe.
  const svg = readIcon().toString().replace('viewBox="0 0 64 64"', 'viewBox="-8 -8 80 80"');
  return renderPng(svg, sizePx, iconBackground);
}

function readIcon(): Buffer {
  return readFileSync(join(root, 'resources/icon.svg'));
}

function renderPng(svg: Buffer | string, sizePx: number, background?: string): Buffer {
  const options = { fitTo: { mode: 'width', value: sizePx }, ...(background !== undefined && { background }) } as const;
  return new Resvg(svg, options).render().asPng();
}

/** A Windows icon file: a header, a table, and the pictures as PNG, which Windows reads since Vista. */
function packIco(pictures: readonly { readonly sizePx: number; readonly png: Buffer }[]): Buffer {
  const header = Buffer.alloc(6);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(pictures.length, 4);
  let offset = header.length + 16 * pictures.length;
  const table = pictures.map(({ sizePx, png }) => {
    const entry = Buffer.alloc(16);
    // One byte each for width and height, where 0 stands for 256.
    entry.writeUInt8(sizePx % 256, 0);
    entry.writeUInt8(sizePx % 256, 1);
    entry.writeUInt16LE(1, 4);
    entry.writeUInt16LE(32, 6);
    entry.writeUInt32LE(png.length, 8);
    entry.writeUInt32LE(offset, 12);
    offset += png.length;
    return entry;
  });
  return Buffer.concat([header, ...table, ...pictures.map(({ png }) => png)]);
}
