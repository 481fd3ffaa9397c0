import { expectLive, expectPictures } from '../e2e/fixtures.ts';
import type { Kiosk } from '../support/kiosk.ts';
import { escapes } from './escapes/all.ts';
import { expect, onlyInElectron, sharedKiosk, test, twoStreams } from './fixtures.ts';
import { goodPin } from './pin.ts';
import { changedTiles, watchTiles } from './tiles.ts';

// What is tried here breaks the content security policy on purpose.
const kiosk = sharedKiosk({ config: twoStreams }, { mayFault: true });

test.beforeAll(async () => {
  const { page } = kiosk();
  await expectLive(page, 'clock');
  await page.evaluate(async (pin) => {
    await window.eyepiece?.shell.setPin(pin, pin);
    await window.eyepiece?.shell.lock();
  }, goodPin);
  await expect(page.getByTestId('lock')).toHaveAttribute('data-lock', 'locked');
});

test('more than forty ways out are tried', () => {
  expect(new Set(escapes.map(({ what }) => what)).size).toBe(escapes.length);
  expect(escapes.length).toBeGreaterThan(40);
});

for (const { what, attempt, outcome, rejoins, onlyInElectron: reason } of escapes) {
  test(`no way out: ${what}`, async () => {
    if (reason) onlyInElectron(reason);
    let { page } = kiosk();
    await expectLive(page, 'clock');
    const dialogs: string[] = [];
    const note = (dialog: { type(): string }): number => dialogs.push(dialog.type());
    page.on('dialog', note);
    await watchTiles(page, ['clock']);
    const before = await windowOf(kiosk());

    const result = await attempt(kiosk());
    if (outcome instanceof RegExp) expect(result).toMatch(outcome);
    else if (outcome !== undefined) expect(result).toEqual(outcome);
    if (rejoins) page = await kiosk().rejoin();

    // By the time the wall has shown some more pictures, whatever was tried has come to its end.
    await expectPictures(page, 'clock', 3);
    expect(await changedTiles(page, ['clock'])).toEqual([]);
    expect(await windowOf(kiosk())).toEqual(before);
    expect(before).toMatchObject({ count: 1, url: 'app://eyepiece/', isKiosk: true, lock: 'locked' });
    await expect.poll(() => page.context().pages().length).toBe(1);
    expect(dialogs).toEqual([]);
    page.off('dialog', note);
  });
}

test('camera and microphone are not lent to the page as long as nobody calls', async () => {
  const refusal = await kiosk().page.evaluate(() =>
    navigator.mediaDevices.getUserMedia({ audio: true, video: true }).then(
      () => 'lent',
      (error: unknown) => (error as DOMException).name,
    ),
  );
  expect(refusal).toBe('NotAllowedError');
});

test('no file is saved, though a link wants to', async () => {
  await noteDownloads(kiosk());
  await kiosk().page.evaluate(() => {
    const link = document.createElement('a');
    Object.assign(link, { href: '/index.html', download: 'wall.html' }).click();
  });
  await expect.poll(() => downloadsOf(kiosk())).toEqual(['wall.html was refused']);
});

/** The kiosk as the system and its station see it. */
async function windowOf(kiosk: Kiosk): Promise<Record<string, unknown>> {
  const window = await kiosk.evaluate(({ BrowserWindow }) => {
    const windows = BrowserWindow.getAllWindows();
    const [first] = windows;
    return {
      count: windows.length,
      url: first?.webContents.getURL(),
      isKiosk: first?.isKiosk(),
      bounds: first?.getBounds(),
    };
  });
  const lock = await kiosk.page.getByTestId('lock').getAttribute('data-lock');
  return { ...window, lock };
}

/** Notes every file that a page may save, in the main process, behind the program's own listener. */
async function noteDownloads(kiosk: Kiosk): Promise<void> {
  await kiosk.evaluate(({ BrowserWindow }) => {
    const downloads: string[] = [];
    Object.assign(globalThis, { downloads });
    BrowserWindow.getAllWindows()[0]?.webContents.session.on('will-download', ({ defaultPrevented }, item) => {
      downloads.push(`${item.getFilename()} ${defaultPrevented ? 'was refused' : 'was saved'}`);
    });
  });
}

function downloadsOf(kiosk: Kiosk): Promise<string[]> {
  return kiosk.evaluate(() => Reflect.get(globalThis, 'downloads') as string[]);
}
