import { app, type Session, type WebContents } from 'electron';
import type { Logger } from 'pino';
import { pageOrigin, pageUrl } from './page.ts';

/** The only things that the page may use of the machine: camera and microphone, for calls. */
const allowedPermission = 'media';

/**
 * Refuses, for every page in the program whoever opened it, what leads out of it: other addresses, windows, embedded pages, dialogs of
 * the network, and questions that keep a page from being left.
 */
export function guardContents(log: Logger): void {
  app.on('web-contents-created', (_event, contents) => {
    const refuseUnlessWall = (event: {
      readonly url: string;
      readonly isMainFrame: boolean;
      preventDefault(): void;
    }) => {
      if (event.isMainFrame && event.url === pageUrl) return;
      event.preventDefault();
      log.warn({ scheme: schemeOf(event.url) }, 'The page wanted to go elsewhere and was kept.');
    };
    contents.on('will-frame-navigate', refuseUnlessWall);
    contents.on('will-redirect', refuseUnlessWall);
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-attach-webview', (event) => event.preventDefault());
    // To prevent the prevention is to let the page be left without a question.
    contents.on('will-prevent-unload', (event) => event.preventDefault());
    contents.on('context-menu', (event) => event.preventDefault());
    keepSize(contents);
  });
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, callback) => {
    event.preventDefault();
    callback(false);
  });
  app.on('select-client-certificate', (event, _contents, _url, _certificates, callback) => {
    event.preventDefault();
    callback();
  });
  app.on('login', (event, _contents, _details, _authInfo, callback) => {
    event.preventDefault();
    callback();
  });
}

/**
 * Gives a session's pages camera and microphone where they are the kiosk's own and somebody calls, and nothing else; nobody can save a
 * file. What they share as the screen is the kiosk's own page, which is all that there is on it.
 * @param isCalling Whether a call rings or is going on at this moment.
 */
export function guardSession(session: Session, isCalling: () => boolean): void {
  session.setPermissionRequestHandler((_contents, permission, callback, { requestingUrl, isMainFrame }) => {
    callback(permission === allowedPermission && isMainFrame && originOf(requestingUrl) === pageOrigin && isCalling());
  });
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin) => {
    return permission === allowedPermission && originOf(requestingOrigin) === pageOrigin && isCalling();
  });
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler(({ frame, securityOrigin }, callback) => {
    const isOwn = frame !== null && frame.parent === null && originOf(securityOrigin) === pageOrigin;
    if (isOwn && isCalling()) callback({ video: frame });
    else callback(null);
  });
  session.on('will-download', (event) => event.preventDefault());
}

/** The page is as large as it is: neither fingers nor keys make it larger. */
function keepSize(contents: WebContents): void {
  // Both are forgotten with each page that is loaded.
  contents.on('dom-ready', () => {
    contents.setZoomMode('disabled');
    void contents.setVisualZoomLevelLimits(1, 1);
  });
}

/** `app:` addresses have no origin in Node's URL, whose rules know the web's own schemes only. */
function originOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

// The rest of an address may hold what belongs in no log.
function schemeOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).protocol : null;
}
