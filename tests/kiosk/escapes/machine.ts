import { onlyInElectron, inPage } from './escape.ts';

/** What a page can ask the machine for. */
export const permissions = [
  inPage(
    'the place of the machine',
    () =>
      new Promise((resolve) => {
        navigator.geolocation.getCurrentPosition(
          () => resolve('given'),
          ({ code }) => resolve(`code ${code}`),
        );
      }),
    'code 1',
  ),
  inPage('notifications', () => Notification.requestPermission(), 'denied'),
  inPage('what was copied', () => navigator.clipboard.readText(), /^threw .*NotAllowedError/),
  onlyInElectron(
    inPage('the screen', () => navigator.mediaDevices.getDisplayMedia().then(String), /^threw /),
    'Chromium shows a list of its own',
  ),
  onlyInElectron(
    inPage('USB devices', () => navigator.usb.requestDevice({ filters: [] }), /^threw /),
    'Chromium shows a list of its own',
  ),
  onlyInElectron(
    inPage('serial ports', () => navigator.serial.requestPort(), /^threw /),
    'Chromium shows a list of its own',
  ),
  onlyInElectron(
    inPage('input devices', () => navigator.hid.requestDevice({ filters: [] }), /^threw /),
    'Chromium shows a list of its own',
  ),
];

/** Of devices, which TypeScript's own types do not know yet. */
declare global {
  interface Navigator {
    readonly usb: { requestDevice(options: object): Promise<unknown> };
    readonly hid: { requestDevice(options: object): Promise<unknown> };
    readonly serial: { requestPort(): Promise<unknown> };
  }
}
