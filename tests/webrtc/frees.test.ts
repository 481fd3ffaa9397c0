import { setTimeout } from 'node:timers/promises';
import { test } from 'vitest';
import { webrtcSessions } from '../../src/main/webrtc/sessions.ts';
import { WeriftPlayer } from '../support/werift-player.ts';
import { silentLog } from './session.ts';

const sessions = webrtcSessions({ loopbackHost: '127.0.0.1', log: silentLog, keepaliveMs: 1_000 });

/** Connects with a data channel and leaves again, now from this side, now from that. */
async function comeAndGo(number: number): Promise<void> {
  const player = new WeriftPlayer({ channels: [{ label: 'commands' }, { label: 'chat' }] });
  let gone: () => void = () => undefined;
  const isGone = new Promise<void>((resolve) => (gone = resolve));
  const notices = {
    connected: () => undefined,
    keyframeWanted: () => undefined,
    wishChanged: () => undefined,
    gone: () => gone(),
  };
  const { viewer, answerSdp } = await sessions.acceptViewer(await player.offer(), 'loopback', notices);
  await player.accept(answerSdp);
  await player.channels[0]!.opened;
  if (number % 2 === 0) await viewer.close('left');
  else player.sayGoodbye();
  await isGone;
  await player.close();
}

/** Where the machine is so busy that a handshake's packet is repeated, werift's end of the Player keeps a timer for half a minute. */
const timeoutMs = 90_000;

/** Sockets and timers that keep the process busy. */
const resources = () =>
  process.getActiveResourcesInfo().filter((name) => name === 'UDPWrap' || name === 'Timeout').length;

test(
  'sessions with data channels leave no socket and no timer behind',
  async () => {
    const before = resources();
    for (let round = 0; round < 10; round++) {
      await Promise.all([0, 1, 2, 3].map((number) => comeAndGo(round + number)));
    }
    // Not by vi.waitFor, which has timers of its own. What never ends runs into the timeout of the test.
    while (resources() > before) await setTimeout(50);
  },
  timeoutMs,
);
