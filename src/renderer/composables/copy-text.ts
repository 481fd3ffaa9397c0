import { debug } from '../station/debug.ts';

/** @returns Whether it is on the clipboard: pages over plain HTTP and the kiosk's window may not write there. */
export async function copyText(text: string): Promise<boolean> {
  try {
    // Not there at all where the page's origin is not secure.
    const clipboard: Clipboard | undefined = navigator.clipboard;
    await clipboard?.writeText(text);
    return clipboard !== undefined;
  } catch (error) {
    debug('The clipboard was refused.', error);
    return false;
  }
}
