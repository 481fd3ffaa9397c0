import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openCommands } from '../../../src/renderer/station/keepalive.ts';
import { ping, pong } from '../../../src/shared/keepalive.ts';
import { PlayerSession } from '../../../src/renderer/station/player-session.ts';
import { asPeer, FakePeer, FakeStation } from '../fake-page.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

function open() {
  const peer = new FakePeer();
  const onLost = vi.fn();
  const facts = openCommands(asPeer(peer), onLost);
  const channel = peer.channels[0]!;
  return { channel, onLost, facts };
}

/** Has the station answer each ping after so long, until the returned function is called. */
function answer(channel: ReturnType<typeof open>['channel'], roundTripMs: number): () => void {
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
    expect(channel.sent).toEqual(['{"type":"hello","keepaliveMs":2000}', ping]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(channel.sent).toHaveLength(3);
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
    const { channel, facts } = open();
    expect(facts()).toBeNull();
    answer(channel, 20);
    channel.open();
    await vi.advanceTimersByTimeAsync(4_500);
    expect(facts()).toEqual({ roundTripMs: 20, ageMs: 480 });
    channel.readyState = 'closed';
    expect(facts()).toBeNull();
  });

  test('says that a station is lost which has stopped to answer, once, within seven seconds', async () => {
    const { channel, onLost } = open();
    const stopAnswering = answer(channel, 20);
    channel.open();
    await vi.advanceTimersByTimeAsync(20_100);
    stopAnswering();
    expect(onLost).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(7_000);
    expect(onLost).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(onLost).toHaveBeenCalledOnce();
  });

  test('says nothing of a station that knows no data channels', async () => {
    const { onLost } = open();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(onLost).not.toHaveBeenCalled();
  });

  test('ends with its peer', async () => {
    const { channel, onLost } = open();
    channel.open();
    channel.readyState = 'closed';
    await vi.advanceTimersByTimeAsync(60_000);
    expect(onLost).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('a session whose station answers no more is lost', async () => {
  vi.stubGlobal('RTCPeerConnection', FakePeer);
  onTestFinished(() => void vi.unstubAllGlobals());
  const lost = vi.fn();
  const session = new PlayerSession(new FakeStation(), 'dim', {
    stream: () => undefined,
    connected: () => undefined,
    disconnected: () => undefined,
    lost,
  });
  onTestFinished(() => session.close());
  await vi.advanceTimersByTimeAsync(10);
  FakePeer.newest.turn('connected');
  FakePeer.newest.channels[0]!.open();
  await vi.advanceTimersByTimeAsync(7_000);
  expect(lost).toHaveBeenCalledExactlyOnceWith('connection_lost', undefined);
});
