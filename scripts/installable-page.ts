import type { Plugin } from 'vite';
import { coverPng, iconBackground, iconPng } from './icons.ts';

/** Chromium wants the first two; the others are for systems that cut icons to a shape of their own. */
const icons = [
  { src: '/icon-192.png', sizes: '192x192', type: 'image/png', purpose: 'any' },
  { src: '/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any' },
  { src: '/icon-cover-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
] as const;

const manifest = {
  name: 'Eyepiece',
  short_name: 'Eyepiece',
  description: 'Live pictures of a lab’s instruments',
  id: '/',
  start_url: '/',
  scope: '/',
  display: 'standalone',
  theme_color: iconBackground,
  background_color: iconBackground,
  icons,
};

/**
 * Makes the page one that a phone can put on its home screen (W3C Web App Manifest), with icons drawn from resources/icon.svg; and lets it
 * be shown at any address of the station, since its files are named from the root.
 */
export function installablePage(): Plugin {
  return {
    name: 'installable-page',
    // electron-vite sets a relative base for pages that are files.
    config: () => ({ base: '/' }),
    transformIndexHtml: () => [
      { tag: 'link', attrs: { rel: 'manifest', href: '/manifest.webmanifest' }, injectTo: 'head' },
      { tag: 'link', attrs: { rel: 'apple-touch-icon', href: '/apple-touch-icon.png' }, injectTo: 'head' },
    ],
    generateBundle() {
      const emit = (fileName: string, source: string | Uint8Array): void => {
        this.emitFile({ type: 'asset', fileName, source });
      };
      emit('manifest.webmanifest', JSON.stringify(manifest));
      emit('icon-192.png', iconPng(192));
      emit('icon-512.png', iconPng(512));
      emit('icon-cover-512.png', coverPng(512));
      emit('apple-touch-icon.png', coverPng(180));
    },
  };
}
