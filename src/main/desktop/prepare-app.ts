import { app, protocol } from 'electron';
import { pageScheme } from './page.ts';

/**
 * What Electron has to be told before it is ready.
 * @param drawsInSoftware Leaves the machine's graphics alone.
 */
export function prepareApp(drawsInSoftware: boolean): void {
  app.enableSandbox();
  // The page's scheme gets an origin of its own, and fetch.
  protocol.registerSchemesAsPrivileged([
    { scheme: pageScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
  app.commandLine.appendSwitch('disable-pinch');
  // Two fingers to the side would go back in the history.
  app.commandLine.appendSwitch('overscroll-history-navigation', '0');
  // After some crashes of the graphics Chromium would refuse the page its canvas for good.
  app.disableDomainBlockingFor3DAPIs();
  if (drawsInSoftware) app.disableHardwareAcceleration();
}
