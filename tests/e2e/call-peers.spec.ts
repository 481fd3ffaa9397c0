import { expect, test, type Page } from '@playwright/test';
import type * as CallPeerModule from '../../src/renderer/station/calls/call-peer.ts';
import { pageScript } from './call-pages.ts';

/** Two ends of a call on one page, and the way between them. */
interface Ends {
  readonly peers: readonly RTCPeerConnection[];
  /** From now on nothing gets through, until `plug`; then it all comes, in order. */
  readonly cut: () => void;
  readonly plug: () => void;
  readonly offersOnTheWay: () => number;
  /** Both look for another path. */
  readonly restartIce: () => void;
  readonly connect: () => void;
}

const ends = (page: Page) => page.evaluateHandle(() => (window as unknown as { readonly ends: Ends }).ends);

test.beforeEach(async ({ page }) => {
  await page.addScriptTag({ content: await pageScript('../../src/renderer/station/calls/call-peer.ts', 'callPeer') });
  await page.evaluate(() => {
    const { CallPeer } = (window as unknown as { readonly callPeer: typeof CallPeerModule }).callPeer;
    const peers: RTCPeerConnection[] = [];
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        peers.push(this);
      }
    };
    let isCut = false;
    let held: { readonly type: string; readonly deliver: () => void }[] = [];
    const end = (isPolite: boolean, other: () => CallPeerModule.CallPeer) =>
      new CallPeer([], isPolite, {
        send(signal) {
          if (signal.type !== 'offer' && signal.type !== 'answer' && signal.type !== 'ice_candidate') return true;
          held.push({ type: signal.type, deliver: () => other().take(signal) });
          if (!isCut) made.plug();
          return true;
        },
        connectionState: () => undefined,
        track: () => undefined,
        channelOpen: () => undefined,
        message: () => undefined,
      });
    const made: Ends = {
      peers,
      cut: () => void (isCut = true),
      plug() {
        isCut = false;
        const late = held;
        held = [];
        for (const { deliver } of late) deliver();
      },
      offersOnTheWay: () => held.filter(({ type }) => type === 'offer').length,
      restartIce() {
        for (const each of [caller, callee]) each.offer(true);
      },
      connect: () => caller.offer(),
    };
    const caller = end(false, () => callee);
    const callee = end(true, () => caller);
    Object.assign(window, { ends: made });
  });
});

/** Whether each end knows the other one by the name that it goes by, and waits for no answer. */
async function agree(page: Page): Promise<boolean> {
  return (await ends(page)).evaluate(({ peers: [one, other] }) => {
    const nameIn = (description: RTCSessionDescription | null | undefined) =>
      /^a=ice-ufrag:(.*)$/m.exec(description?.sdp ?? '')?.[1] ?? '';
    const knows = (from: RTCPeerConnection | undefined, to: RTCPeerConnection | undefined) =>
      nameIn(from?.currentRemoteDescription) === nameIn(to?.currentLocalDescription);
    return knows(one, other) && knows(other, one) && [one, other].every((each) => each?.signalingState === 'stable');
  });
}

const states = async (page: Page) =>
  (await ends(page)).evaluate(({ peers }) => peers.map(({ connectionState }) => connectionState));

test('two ends that look for another way again and again, while neither hears the other, agree on one', async ({
  page,
}) => {
  await (await ends(page)).evaluate((ends) => ends.connect());
  await expect.poll(() => states(page)).toEqual(['connected', 'connected']);
  await (
    await ends(page)
  ).evaluate((ends) => {
    ends.cut();
    for (let tries = 0; tries < 3; tries++) ends.restartIce();
  });
  await expect.poll(async () => (await ends(page)).evaluate((ends) => ends.offersOnTheWay())).toBe(6);
  await (await ends(page)).evaluate((ends) => ends.plug());
  await expect.poll(() => agree(page)).toBe(true);
  expect(await states(page)).toEqual(['connected', 'connected']);
});
