import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, chromium, type Browser, type Page } from '@playwright/test';
import type { DriverOptions, KioskDriver, KioskPlatform, MainFunction } from './driver.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The real Electron, driven by Playwright. @param program Its path. */
export function electronPlatform(program: string, version: string): KioskPlatform {
  const command = ({ folder, args, env }: DriverOptions) => {
    // Electron's sandbox, as Chromium's, refuses to run as root.
    const sandboxFlags = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    return { program, args: [...sandboxFlags, `--user-data-dir=${join(folder, 'user-data')}`, root, ...args], env };
  };
  return {
    title: () => Promise.resolve(`ELECTRON ${version}`),
    isStandIn: false,
    command,
    async start(options) {
      const { args, env } = command(options);
      const defined = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
      const application = await _electron.launch({
        executablePath: program,
        args: [...args],
        cwd: root,
        env: Object.fromEntries(defined),
      });
      let wantsRelaunch = false;
      let first: Page | null = await application.firstWindow();
      let browser: Browser | undefined;
      application.process().stdout?.on('data', (text: Buffer) => {
        wantsRelaunch ||= text.includes(relaunchMark);
      });
      await application.evaluate(({ app }, mark) => {
        // A program that starts itself anew would be nobody's: the test starts it.
        app.relaunch = () => process.stdout.write(mark);
      }, relaunchMark);
      return {
        process: application.process(),
        wantsRelaunch: () => wantsRelaunch,
        evaluate: <R, A>(run: MainFunction<R, A>, argument: A) => application.evaluate<R, A>(run as never, argument),
        async page() {
          const page = first ?? (browser = await reconnect(options, browser)).contexts()[0]?.pages()[0];
          first = null;
          if (!page) throw new Error('The kiosk has no page.');
          return page;
        },
        async dispose() {
          await browser?.close();
          application.process().kill('SIGKILL');
          await application.close();
        },
      } satisfies KioskDriver;
    },
  };
}

const relaunchMark = 'EYEPIECE-RELAUNCH\n';

/** Playwright follows a page whose process was killed no further, so a second look is needed; Chromium notes its port. */
async function reconnect({ folder }: DriverOptions, before: Browser | undefined): Promise<Browser> {
  await before?.close();
  const note = await readFile(join(folder, 'user-data/DevToolsActivePort'), 'utf8');
  return chromium.connectOverCDP(`http://127.0.0.1:${note.split('\n')[0]}`);
}
