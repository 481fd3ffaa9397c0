import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Commands, type ShownSize } from '../../../src/renderer/station/commands.ts';
import { commandSchema } from '../../../src/shared/commands.ts';
import { ping, pong } from '../../../src/shared/keepalive.ts';
import { PlayerSession } from '../../../src/renderer/station/player-session.ts';
import { asPeer, FakePeer, FakeStation, type FakeChannel } from '../fake-page.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'Date', 'setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

function open(shownSize: ShownSize | null = null) {
  const peer = new FakePeer();
  const onUnanswered = vi.fn();
  const onFrames = vi.fn();
  const commands = new Commands(asPeer(peer), {
    unanswered: onUnanswered,
    frames: onFrames,
    shownSize: () => shownSize,
  });
  const channel = peer.channels[0]!;
  return { channel, commands, onUnanswered, onFrames };
}

/** The commands that were sent, without the words of the keepalive. */
function told(channel: FakeChannel, type: string): unknown[] {
  return channel.sent
    .filter((message) => message.startsWith('{'))
    .map((message) => JSON.parse(message) as { type: string })
    .filter((command) => command.type === type);
}

/** Has the station answer each ping after so long, until the returned function is called. */
function answer(channel: FakeChannel, roundTripMs: number): () => void {
  const send = channel.send.bind(channel);
  channel.send = (message) => {
    send(message);
    if (message === ping) setTimeout(() => channel.hear(pong), roundTripMs);
  };
  return () => (channel.send = send);
}

describe('the page’s end of the commands', () => {
  test('greets the station, asks for a quick keepalive, and pings', async () => {
    const { channel } = open();
    expect(channel.label).toBe('commands');
    channel.open();
    expect(channel.sent.slice(0, 2)).toEqual(['{"type":"hello","keepaliveMs":2000,"frames":true}', ping]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(channel.sent.filter((message) => message === ping)).toHaveLength(2);
  });

  test.each([
    ['text', ping],
    ['bytes', new TextEncoder().encode(ping).buffer],
  ])('answers a ping in %s', (_, message) => {
    const { channel } = open();
    channel.open();
    channel.hear(message);
    expect(channel.sent.at(-1)).toBe(pong);
  });

  test('measures round trip and age while the channel is open', async () => {
    const { channel, commands } = open();
    expect(commands.keepalive).toBeNull();
    answer(channel, 20);
    channel.open();
    await vi.advanceTimersByTimeAsync(4_500);
    expect(commands.keepalive).toEqual({ roundTripMs: 20, ageMs: 480 });
    channel.readyState = 'closed';
    expect(commands.keepalive).toBeNull();
  });

  test('says within seven seconds that a station has stopped to answer, and asks on', async () => {
    const { channel, onUnanswered } = open();
    const stopAnswering = answer(channel, 20);
    channel.open();
    await vi.advanceTimersByTimeAsync(20_100);
    stopAnswering();
    expect(onUnanswered).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(7_000);
    expect(onUnanswered).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(7_000);
    expect(onUnanswered).toHaveBeenCalledTimes(2);
    answer(channel, 20);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(onUnanswered).toHaveBeenCalledTimes(2);
  });

  test('says nothing of a station that knows no data channels', async () => {
    const { onUnanswered } = open();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(onUnanswered).not.toHaveBeenCalled();
  });

  test('knows the station’s clock from its answers: a few at once, and one with each ping', async () => {
    const { channel, commands } = open();
    const aheadMs = 60_000;
    const send = channel.send.bind(channel);
    channel.send = (message) => {
      send(message);
      if (!message.includes('"clock"')) return;
      const { sentMs } = JSON.parse(message) as { sentMs: number };
      const receivedMs = sentMs + 10 + aheadMs;
      const reply = { type: 'clock', sentMs, receivedMs, repliedMs: receivedMs + 5 };
      setTimeout(() => channel.hear(JSON.stringify(reply)), 25);
    };
    expect(commands.clock.nowMs()).toBeNaN();
    channel.open();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told(channel, 'clock')).toHaveLength(4);
    expect(commands.clock.nowMs()).toBe(Date.now() + aheadMs);
    expect(commands.clock.uncertaintyMs).toBe(12);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(told(channel, 'clock')).toHaveLength(5);
  });

  test('hands on which pictures the station has sent, and passes over what it can’t read', () => {
    const { channel, onFrames } = open();
    channel.open();
    channel.hear('{"type":"frames","frames":[[7,1700000000000.5],[8,1700000000033.8]]}');
    channel.hear('{"type":"of a later version"}');
    channel.hear('{"type":"error","reason":"too_many"}');
    channel.hear('no JSON');
    expect(onFrames.mock.calls).toEqual([
      [
        [
          [7, 1_700_000_000_000.5],
          [8, 1_700_000_000_033.8],
        ],
      ],
    ]);
  });

  test('tells the size of the picture when the channel opens, and again when it is another one', () => {
    const { channel, commands } = open({ widthPx: 640, heightPx: 360 });
    commands.show({ widthPx: 640, heightPx: 360 });
    expect(told(channel, 'show')).toEqual([]);
    channel.open();
    commands.show({ widthPx: 1280, heightPx: 720 });
    expect(told(channel, 'show')).toEqual([
      { type: 'show', widthPx: 640, heightPx: 360 },
      { type: 'show', widthPx: 1280, heightPx: 720 },
    ]);
  });

  test('tells how much waits to be sent, while the channel is open', () => {
    const { channel, commands } = open();
    expect(commands.bufferedBytes).toBeNull();
    channel.open();
    channel.bufferedAmount = 1_200;
    expect(commands.bufferedBytes).toBe(1_200);
  });

  test('says only what the station takes', async () => {
    const { channel } = open({ widthPx: 640, heightPx: 360 });
    channel.open();
    await vi.advanceTimersByTimeAsync(2_000);
    const commands = channel.sent
      .filter((message) => message !== ping)
      .map((message) => JSON.parse(message) as unknown);
    expect(commands.length).toBeGreaterThan(3);
    for (const command of commands) expect(v.parse(commandSchema, command)).toEqual(command);
  });

  test('ends with its peer', async () => {
    const { channel, onUnanswered } = open();
    channel.open();
    channel.readyState = 'closed';
    await vi.advanceTimersByTimeAsync(60_000);
    expect(onUnanswered).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('a session says that its station answers no more', async () => {
  vi.stubGlobal('RTCPeerConnection', FakePeer);
  onTestFinished(() => void vi.unstubAllGlobals());
  const unanswered = vi.fn();
  const session = new PlayerSession(new FakeStation(), 'dim', {
    stream: () => undefined,
    connected: () => undefined,
    disconnected: () => undefined,
    reached: () => undefined,
    unanswered,
    lost: () => undefined,
    frames: () => undefined,
    shownSize: () => null,
  });
  onTestFinished(() => session.close());
  await vi.advanceTimersByTimeAsync(10);
  FakePeer.newest.turn('connected');
  FakePeer.newest.channels[0]!.open();
  await vi.advanceTimersByTimeAsync(7_000);
  expect(unanswered).toHaveBeenCalledOnce();
});
