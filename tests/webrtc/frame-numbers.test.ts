import { describe, expect, test, vi } from 'vitest';
import type { ClockAnswer, FrameNumbers } from '../../src/shared/commands.ts';
import { ping, pong } from '../../src/shared/keepalive.ts';
import type { PlayerChannel } from '../support/werift-player.ts';
import { connect, picture, type Session } from './session.ts';

interface Commanding extends Session {
  readonly channel: PlayerChannel;
}

async function withCommands(): Promise<Commanding> {
  const session = await connect({ channels: [{ label: 'commands' }] });
  const channel = session.player.channels[0]!;
  await channel.opened;
  return { ...session, channel };
}

/** What the station has said as JSON, of one type. */
function repliesOn<T extends { readonly type: string }>({ received }: PlayerChannel, type: T['type']): T[] {
  const texts = received.map((message) => message.toString()).filter((text) => text.startsWith('{'));
  return texts.map((text) => JSON.parse(text) as T).filter((reply) => reply.type === type);
}

const reportsOn = (channel: PlayerChannel) => repliesOn<FrameNumbers>(channel, 'frames');
const framesOn = (channel: PlayerChannel) => reportsOn(channel).flatMap(({ frames }) => frames);

/** Resolves when all that was sent before has been read. */
async function caughtUp({ channel }: Commanding): Promise<void> {
  const before = channel.received.filter((message) => message === pong).length;
  channel.send(ping);
  await vi.waitFor(() => expect(channel.received.filter((message) => message === pong)).toHaveLength(before + 1));
}

/** Writes pictures at about 50 a second until something is so. */
async function writeUntil(session: Session, first: number, assertion: (number: number) => void): Promise<void> {
  let number = first;
  await vi.waitFor(
    () => {
      session.viewer.write(picture(number, { isKeyframe: number === first, bytes: 500 }));
      assertion(number++);
    },
    { timeout: 10_000, interval: 20 },
  );
}

describe('the numbers of pictures', () => {
  test('reach a Player that asks for them, with the capture time that the RTP timestamp of each is made of', async () => {
    const session = await withCommands();
    session.channel.send('{"type":"hello","frames":true}');
    await caughtUp(session);
    await writeUntil(session, 1_001, () => expect(framesOn(session.channel).length).toBeGreaterThan(40));
    const offset = Number(/a=mediaclk:direct=(\d+)/.exec(session.answerSdp)?.[1]);
    const timestamps = framesOn(session.channel).map(([, timeMs]) => (Math.round(timeMs * 90) + offset) % 2 ** 32);
    const received = session.player.pictures.map(({ timestamp }) => timestamp);
    expect(timestamps).toEqual(received.slice(0, timestamps.length));
    const numbers = framesOn(session.channel).map(([number]) => number);
    expect(numbers).toEqual(numbers.map((_, index) => 1_001 + index));
  });

  test('come at most five times a second, and not where there is nothing to tell', async () => {
    const session = await withCommands();
    session.channel.send('{"type":"hello","frames":true}');
    await caughtUp(session);
    const beganMs = performance.now();
    await writeUntil(session, 1, () => expect(reportsOn(session.channel).length).toBeGreaterThan(4));
    const tookMs = performance.now() - beganMs;
    expect(reportsOn(session.channel).length).toBeLessThanOrEqual(tookMs / 200 + 1);
    expect(reportsOn(session.channel).every(({ frames }) => frames.length > 0)).toBe(true);
  });

  test('come only while they are asked for', async () => {
    const session = await withCommands();
    await writeUntil(session, 1, (number) => expect(number).toBe(20));
    session.channel.send('{"type":"hello","frames":true}');
    await caughtUp(session);
    await writeUntil(session, 101, () => expect(framesOn(session.channel).length).toBeGreaterThan(5));
    session.channel.send('{"type":"hello","keepaliveMs":1000}');
    await caughtUp(session);
    const before = framesOn(session.channel).length;
    await writeUntil(session, 201, () => expect(framesOn(session.channel).length).toBeGreaterThan(before + 20));
    session.channel.send('{"type":"hello","frames":false}');
    await caughtUp(session);
    const told = framesOn(session.channel);
    await writeUntil(session, 301, (number) => expect(number).toBe(350));
    await caughtUp(session);
    expect(framesOn(session.channel)).toEqual(told);
    expect(told[0]).toEqual([101, expect.any(Number)]);
  });

  test('wait for a Player that does not read, and only the newest are kept for it', async () => {
    const session = await withCommands();
    session.channel.send('{"type":"hello","frames":true}');
    await caughtUp(session);
    const read = session.player.holdData();
    await writeUntil(session, 1, (number) => {
      for (let more = 1; more < 12; more++) session.viewer.write(picture(1_000 * more + number, { bytes: 100 }));
      expect(number).toBe(150);
    });
    read();
    await vi.waitFor(
      () => {
        // Not even this is answered while the channel is full.
        session.channel.send(ping);
        expect(session.channel.received.filter((message) => message === pong).length).toBeGreaterThan(1);
      },
      { timeout: 10_000, interval: 100 },
    );
    const heldBytes = session.channel.received.reduce((sum, { length }) => sum + length, 0);
    // 16 KiB that wait, and a report or two that are on their way.
    expect(heldBytes).toBeLessThan(25_000);
    await writeUntil(session, 20_000, () => expect(framesOn(session.channel).at(-1)?.[0]).toBeGreaterThan(20_010));
    const mostFrames = Math.max(...reportsOn(session.channel).map(({ frames }) => frames.length));
    expect(mostFrames).toBeLessThanOrEqual(100);
    const longest = Math.max(...session.channel.received.map(({ length }) => length));
    expect(longest).toBeLessThan(4_096);
  });
});

describe('the clock of the station', () => {
  test('is told to a Player that asks what time it is, by the clock that capture times have', async () => {
    const session = await withCommands();
    const sentMs = 1_234.567;
    const beforeMs = Date.now();
    session.channel.send(JSON.stringify({ type: 'clock', sentMs }));
    await vi.waitFor(() => expect(repliesOn(session.channel, 'clock')).toHaveLength(1));
    const afterMs = Date.now();
    const [answer] = repliesOn<ClockAnswer>(session.channel, 'clock');
    expect(answer?.sentMs).toBe(sentMs);
    expect(answer?.receivedMs).toBeGreaterThanOrEqual(beforeMs);
    expect(answer?.repliedMs).toBeGreaterThanOrEqual(answer?.receivedMs ?? Infinity);
    expect(answer?.repliedMs).toBeLessThanOrEqual(afterMs);
  });

  test.each([
    ['without a time', '{"type":"clock"}'],
    ['with a time that is none', '{"type":"clock","sentMs":"now"}'],
    ['for more pictures than there are', '{"type":"pictures","fps":61}'],
    ['for fewer than none', '{"type":"pictures","fps":-1}'],
    ['for a third of the size', '{"type":"pictures","fps":5,"scale":3}'],
    ['to be shown on nothing', '{"type":"show","widthPx":0,"heightPx":100}'],
    ['to be shown on part of a pixel', '{"type":"show","widthPx":100.5,"heightPx":100}'],
    ['for numbers or not', '{"type":"hello","frames":"perhaps"}'],
  ])('and everything else is refused where it is asked %s', async (_, message) => {
    const session = await withCommands();
    session.channel.send(message);
    await vi.waitFor(() => expect(repliesOn(session.channel, 'error')).toHaveLength(1));
    expect(repliesOn(session.channel, 'error')[0]).toEqual({ type: 'error', reason: 'bad_message' });
    expect(session.viewer.wish).toEqual({ shownPx: null, pictures: null });
  });
});
