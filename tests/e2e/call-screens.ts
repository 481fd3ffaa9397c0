import { expect, type Browser, type Page } from '@playwright/test';

/** What a page hears and sees of a call, as its browser counts it. */
interface Heard {
  readonly framesDecoded: number;
  readonly soundEnergy: number;
}

/** Opens the page as somebody would who has a screen of this size. */
export async function openScreen(
  browser: Browser,
  url: string,
  viewport: { readonly width: number; readonly height: number },
): Promise<Page> {
  const page = await (await browser.newContext({ ignoreHTTPSErrors: true, viewport })).newPage();
  await page.addInitScript(() => {
    const peers: RTCPeerConnection[] = [];
    Object.assign(window, { peers });
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        peers.push(this);
      }
    };
  });
  await page.goto(url);
  return page;
}

export async function signIn(page: Page, name: string, password: string): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}

/** Waits until the page gets more sound and pictures of the other end than it has by now, and shows them. */
export async function expectVoiceAndPicture(page: Page): Promise<void> {
  const before = await heard(page);
  await expect.poll(async () => (await heard(page)).framesDecoded).toBeGreaterThan(before.framesDecoded + 5);
  await expect.poll(async () => (await heard(page)).soundEnergy).toBeGreaterThan(before.soundEnergy);
  const remote = page.getByTestId('call-remote');
  await expect.poll(() => remote.evaluate((video: HTMLVideoElement) => video.videoWidth)).toBeGreaterThan(0);
  // A page that shows another station could be called there and here; one of both is heard.
  const heardAloud = (elements: (HTMLElement | SVGElement)[]): number =>
    elements.filter((each) => each instanceof HTMLAudioElement && each.srcObject && !each.paused && !each.muted).length;
  expect(await page.getByTestId('call-sound').evaluateAll(heardAloud)).toBe(1);
}

/** Of the newest connection that has sound, which is the call’s. */
function heard(page: Page): Promise<Heard> {
  return page.evaluate(async () => {
    const { peers } = window as unknown as { readonly peers: readonly RTCPeerConnection[] };
    const peer = peers.findLast((each) => each.getReceivers().some(({ track }) => track.kind === 'audio'));
    const stats = [...((await peer?.getStats()) ?? new Map()).values()] as Record<string, unknown>[];
    const inbound = (kind: string) => stats.find((entry) => entry['type'] === 'inbound-rtp' && entry['kind'] === kind);
    return {
      framesDecoded: Number(inbound('video')?.['framesDecoded'] ?? 0),
      soundEnergy: Number(inbound('audio')?.['totalAudioEnergy'] ?? 0),
    };
  });
}

export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Where on the screen a Tile’s picture is, without what is left free beside it. */
export function pictureRect(page: Page, streamId: string): Promise<Rect> {
  return page.locator(`[data-stream-id="${streamId}"] video`).evaluate((video: HTMLVideoElement) => {
    const box = video.getBoundingClientRect();
    const scale = Math.min(box.width / video.videoWidth, box.height / video.videoHeight);
    const [width, height] = [video.videoWidth * scale, video.videoHeight * scale];
    return {
      left: box.left + (box.width - width) / 2,
      top: box.top + (box.height - height) / 2,
      width,
      height,
    };
  });
}

/** Draws a line over a Tile’s picture with the mouse. @param places From (0, 0) to (1, 1). */
export async function drawLine(
  page: Page,
  streamId: string,
  places: readonly (readonly [number, number])[],
): Promise<void> {
  const { left, top, width, height } = await pictureRect(page, streamId);
  for (const [at, [x, y]] of places.entries()) {
    await page.mouse.move(left + x * width, top + y * height);
    if (at === 0) await page.mouse.down();
  }
  await page.mouse.up();
}

/** The line that is seen on a Tile’s picture, as shares of it: left, top, right and bottom. */
export async function lineOn(page: Page, streamId: string, from: 'me' | 'peer'): Promise<readonly number[]> {
  const picture = await pictureRect(page, streamId);
  const line = page.locator(`[data-stream-id="${streamId}"] [data-testid="mark-line"][data-from="${from}"]`);
  const box = await line.evaluate((element: SVGGraphicsElement) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return { left, top, right, bottom };
  });
  return [
    (box.left - picture.left) / picture.width,
    (box.top - picture.top) / picture.height,
    (box.right - picture.left) / picture.width,
    (box.bottom - picture.top) / picture.height,
  ];
}
