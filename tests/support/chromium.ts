import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from '@playwright/test';

/** What a browser that tests and measures a station on its own machine needs no network and no GPU for. */
const quietFlags = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-gpu',
  '--disable-quic',
];

/** For Playwright's `launch`; the browser is Playwright's own where it is installed, else one of the machine. */
export async function chromiumLaunchOptions(): Promise<{ readonly executablePath?: string; readonly args: string[] }> {
  const executablePath = await findChromium();
  // Chromium's sandbox refuses to run as root, as in most containers.
  const sandboxFlags = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return { ...(executablePath !== null && { executablePath }), args: [...sandboxFlags, ...quietFlags] };
}

/** A Chromium or Chrome on this machine; `EYEPIECE_CHROMIUM` names one by its path. */
export async function findChromium(env: NodeJS.ProcessEnv = process.env): Promise<string | null> {
  const named = env['EYEPIECE_CHROMIUM'];
  if (named) return named;
  for (const path of [chromium.executablePath(), ...machineBrowsers(env)]) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return null;
}

function machineBrowsers(env: NodeJS.ProcessEnv): string[] {
  if (process.platform === 'win32') {
    return [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']]
      .filter((folder) => folder !== undefined)
      .flatMap((folder) => [
        join(folder, 'Google/Chrome/Application/chrome.exe'),
        join(folder, 'Chromium/Application/chrome.exe'),
        join(folder, 'Microsoft/Edge/Application/msedge.exe'),
      ]);
  }
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  }
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  return (env['PATH'] ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
}

/** The processes that draw a browser's pages. */
export async function rendererPids(browser: Browser): Promise<number[]> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
}

/** Ends everything that draws pages in a browser, without a word to anybody. */
export async function killRenderers(browser: Browser): Promise<void> {
  for (const pid of await rendererPids(browser)) process.kill(pid, 'SIGKILL');
}
