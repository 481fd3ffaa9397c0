import { setTimeout as delay } from 'node:timers/promises';
import type { WebContents } from 'electron';
import type { Logger } from 'pino';
import { PageKeeper, type KeptPage } from './page-keeper.ts';

/** Chromium's net::ERR_ABORTED: another load has taken the place of this one. */
const aborted = -3;

const callStackDeadlineMs = 1_000;

/** Keeps up the page in this window. */
export function keepPage(contents: WebContents, log: Logger): PageKeeper {
  const keeper = new PageKeeper(keptPage(contents), log);
  contents.on('destroyed', () => keeper.close());
  contents.on('render-process-gone', (_event, { reason }) => keeper.failed(`its process is gone (${reason})`));
  contents.on('did-fail-load', (_event, code, description, _url, isMainFrame) => {
    if (isMainFrame && code !== aborted) keeper.failed(`it cannot be loaded (${description || code})`);
  });
  contents.on('did-navigate', (_event, url, httpStatus) => {
    if (httpStatus >= 400) keeper.failed(`it cannot be loaded (${httpStatus})`);
    else keeper.arrived(url);
  });
  return keeper;
}

function keptPage(contents: WebContents): KeptPage {
  return {
    load(url) {
      // A failure is an event, too, and is handled there.
      contents.loadURL(url).catch(() => undefined);
    },
    answers: () => contents.executeJavaScript('0'),
    async callStack() {
      // It never comes where no script runs, and fails where the process is gone already: then there is none to tell.
      const stack = contents.mainFrame.collectJavaScriptCallStack().then((text) => text ?? undefined);
      return Promise.race([stack, delay(callStackDeadlineMs, undefined)]).catch(() => undefined);
    },
    kill: () => contents.forcefullyCrashRenderer(),
  };
}
