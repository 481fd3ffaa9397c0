import { buildIfStale } from './build.ts';
import { runTool } from './run.ts';

/** `npm run test:kiosk`: the kiosk suite by itself. What is given goes to Playwright: a file, or `-g` and a part of a name. */
const args = ['test', '--config', 'playwright.kiosk.config.ts', ...process.argv.slice(2)];
process.exitCode = (await buildIfStale()) ? await runTool('playwright', args) : 1;
