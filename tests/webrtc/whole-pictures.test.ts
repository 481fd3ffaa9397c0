import { setTimeout as delay } from 'node:timers/promises';
import { Writable } from 'node:stream';
import pino from 'pino';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { JpegFrame } from '../../src/main/station/frame.ts';
import type { PictureHeader } from '../../src/shared/commands.ts';
import { ping, pong } from '../../src/shared/keepalive.ts';
import type { PlayerChannel } from '../support/werift-player.ts';
import { connect, connectOffered, picture, type Session, type SessionOptions } from './session.ts';

const commands = { label: 'commands' };
const video = { label: 'video', ordered: false, maxRetransmits: 0 };
const maxMessageBytes = 65_536;

/** A whole picture whose bytes are all its own; nobody on the way looks into them. */
function jpeg(number: number, bytes = 20_000): JpegFrame {
  const data = Buffer.alloc(bytes, number);
  data.writeUInt32BE(number, 0);
  const captureTimeMs = 1_700_000_000_000.25 + number * 10;
  return { number, captureTimeMs, codec: 'jpeg', isKeyframe: true, widthPx: 640, heightPx: 480, data };
}

interface Message {
  readonly header: PictureHeader;
  readonly bytes: Buffer;
  readonly length: number;
}

function readMessage(message: string | Buffer): Message {
  if (typeof message === 'string') throw new Error('a picture came as text');
  const end = message.indexOf('\n');
  const header = JSON.parse(message.subarray(0, end).toString()) as PictureHeader;
  return { header, bytes: message.subarray(end + 1), length: message.length };
}

const messagesOn = ({ received }: PlayerChannel) => received.map(readMessage);
const numbersOn = (channel: PlayerChannel) => [...new Set(messagesOn(channel).map(({ header }) => header.frame))];

/** Puts the parts of one picture together. */
function bytesOf(channel: PlayerChannel, number: number): Buffer {
  const parts = messagesOn(channel).filter(({ header }) => header.frame === number);
  const ordered = parts.toSorted((a, b) => (a.header.part ?? 0) - (b.header.part ?? 0));
  return Buffer.concat(ordered.map(({ bytes }) => bytes));
}

const ask = (fps: number, scale?: number) => JSON.stringify({ type: 'pictures', fps, scale });

interface Pictures extends Session {
  readonly told: PlayerChannel;
  readonly pictures: PlayerChannel;
}

/** A Player that has opened both channels and asked for pictures. */
async function withPictures(fps: number, options: SessionOptions = {}, join = connect): Promise<Pictures> {
  const session = await join({ channels: [commands, video] }, options);
  const [told, pictures] = session.player.channels as [PlayerChannel, PlayerChannel];
  await Promise.all([told.opened, pictures.opened]);
  told.send(ask(fps));
  await vi.waitFor(() => expect(session.viewer.wish.pictures?.maxFps).toBe(fps));
  return { ...session, told, pictures };
}

/** Stops the clock that paces are kept by. @returns What moves it. */
function holdClock(): (ms: number) => void {
  let nowMs = performance.now();
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  onTestFinished(() => clock.mockRestore());
  return (ms) => void (nowMs += ms);
}

/** Writes a picture each time that a Player would have had time for one, until something is so. */
async function writeUntil(session: Pictures, bytes: number, assertion: (written: number) => void): Promise<number> {
  let written = 0;
  await vi.waitFor(
    () => {
      session.viewer.write(jpeg(++written, bytes));
      assertion(written);
    },
    { timeout: 15_000, interval: 20 },
  );
  return written;
}

describe('whole pictures', () => {
  test.each([
    ['has offered', connect],
    ['has answered', connectOffered],
  ])('reach a Player that %s, each with its number, time and size', async (_, join) => {
    const session = await withPictures(60, {}, join);
    await writeUntil(session, 20_000, () => expect(session.pictures.received.length).toBeGreaterThan(2));
    const [first] = messagesOn(session.pictures);
    const { number: frame, captureTimeMs, data } = jpeg(1);
    expect(first).toMatchObject({ header: { frame, captureTimeMs, widthPx: 640, heightPx: 480, format: 'jpeg' } });
    expect(first?.header).not.toHaveProperty('part');
    expect(first?.bytes).toEqual(data);
    expect(session.viewer.telemetry().pictures).toMatchObject({ maxFps: 60, skippedPictures: 0 });
    expect(session.viewer.telemetry().pictures?.sentPictures).toBeGreaterThan(2);
    await vi.waitFor(() => expect(session.viewer.telemetry().kbitPerS).toBeGreaterThan(0), 5_000);
  });

  test.each([
    ['64 KiB, where the Player says nothing', '', maxMessageBytes],
    ['64 KiB, where the Player takes more', 'a=max-message-size:262144', maxMessageBytes],
    ['64 KiB, where the Player takes any', 'a=max-message-size:0', maxMessageBytes],
    ['what the Player takes', 'a=max-message-size:16384', 16_384],
  ])('come in parts of at most %s', async (_, line, limit) => {
    const session = await withPictures(60, {
      changeOffer: (sdp) => sdp.replace(/a=max-message-size:\d+\r\n/, line && `${line}\r\n`),
    });
    const { data } = jpeg(1, 300_000);
    session.viewer.write(jpeg(1, 300_000));
    await vi.waitFor(() => expect(bytesOf(session.pictures, 1)).toHaveLength(data.length));
    const messages = messagesOn(session.pictures);
    expect(Math.max(...messages.map(({ length }) => length))).toBeLessThanOrEqual(limit);
    expect(messages).toHaveLength(Math.ceil(300_000 / (limit - 150)));
    expect(messages.map(({ header }) => header.part)).toEqual(messages.map((_, index) => index));
    expect(messages.every(({ header }) => header.parts === messages.length)).toBe(true);
    expect(bytesOf(session.pictures, 1)).toEqual(data);
  });

  test('come no faster than the Player asks for, and evenly', async () => {
    const session = await withPictures(10);
    const pass = holdClock();
    for (let number = 1; number <= 50; number++) {
      pass(20);
      session.viewer.write(jpeg(number, 500));
      await vi.waitFor(() => expect(session.viewer.telemetry().pictures?.bufferedBytes).toBe(0));
    }
    await vi.waitFor(() => expect(numbersOn(session.pictures)).toEqual([1, 4, 9, 14, 19, 24, 29, 34, 39, 44, 49]));
    expect(session.viewer.telemetry().pictures).toMatchObject({ sentPictures: 11, skippedPictures: 0 });
  });

  test('come all where the Player asks for as many as there are, though they are not quite even', async () => {
    const session = await withPictures(25);
    const pass = holdClock();
    for (let number = 1; number <= 50; number++) {
      pass(40 + (number % 2 === 0 ? 12 : -12));
      session.viewer.write(jpeg(number, 500));
      await vi.waitFor(() => expect(session.pictures.received).toHaveLength(number));
    }
  });

  test('come at once at another pace, and end with 0', async () => {
    const session = await withPictures(0.1);
    const pass = holdClock();
    session.viewer.write(jpeg(1));
    session.told.send(ask(50));
    await vi.waitFor(() => expect(session.viewer.wish.pictures?.maxFps).toBe(50));
    pass(20);
    session.viewer.write(jpeg(2));
    await vi.waitFor(() => expect(numbersOn(session.pictures)).toEqual([1, 2]));
    session.told.send(ask(0));
    await vi.waitFor(() => expect(session.viewer.wish.pictures).toBeNull());
    pass(10_000);
    session.viewer.write(jpeg(3));
    session.told.send(ask(50, 4));
    await vi.waitFor(() => expect(session.viewer.wish.pictures).toEqual({ scale: 4, maxFps: 50 }));
    session.viewer.write(jpeg(4));
    await vi.waitFor(() => expect(numbersOn(session.pictures)).toEqual([1, 2, 4]));
  });
});

describe('the wish for whole pictures', () => {
  test('holds only while the channel for them is open', async () => {
    const session = await connect({ channels: [commands] });
    const { viewer, player } = session;
    const [told] = player.channels as [PlayerChannel];
    await told.opened;
    told.send(ask(5, 2));
    told.send(ping);
    await vi.waitFor(() => expect(told.received).toContain(pong));
    expect(viewer.wish).toEqual({ shownPx: null, pictures: null });
    expect(viewer.telemetry().pictures).toBeNull();
    const pictures = player.openChannel(video);
    await vi.waitFor(() => expect(viewer.wish.pictures).toEqual({ scale: 2, maxFps: 5 }));
    expect(viewer.telemetry().pictures).toMatchObject({ maxFps: 5, sentPictures: 0 });
    pictures.channel.close();
    await vi.waitFor(() => expect(viewer.wish.pictures).toBeNull());
    expect(viewer.telemetry().pictures).toBeNull();
    expect(session.wishChanges()).toBe(2);
  });

  test('may be given on a channel that was opened again', async () => {
    const session = await withPictures(60);
    session.viewer.write(jpeg(1));
    await vi.waitFor(() => expect(session.pictures.received).toHaveLength(1));
    session.pictures.channel.close();
    await session.pictures.closed;
    const again = session.player.openChannel({ ...video, id: 9 });
    await again.opened;
    await writeUntil({ ...session, pictures: again }, 500, () => expect(again.received.length).toBeGreaterThan(0));
    expect(session.viewer.telemetry().pictures?.sentPictures).toBeGreaterThan(1);
  });

  test('is told once for each change, as is the size that the picture is shown at', async () => {
    const session = await withPictures(10);
    const before = session.wishChanges();
    const show = (widthPx: number) => session.told.send(JSON.stringify({ type: 'show', widthPx, heightPx: 100 }));
    for (const widthPx of [800, 800, 800, 640]) show(widthPx);
    session.told.send(ask(10));
    session.told.send(ask(10, 1));
    await vi.waitFor(() => expect(session.viewer.wish.shownPx).toEqual({ widthPx: 640, heightPx: 100 }));
    session.told.send(ping);
    await vi.waitFor(() => expect(session.told.received).toContain(pong));
    expect(session.wishChanges()).toBe(before + 2);
  });

  test('may be told as often as a window changes its size while it is dragged', async () => {
    const session = await withPictures(10);
    for (let widthPx = 401; widthPx <= 440; widthPx++) {
      session.told.send(JSON.stringify({ type: 'show', widthPx, heightPx: 100 }));
    }
    await vi.waitFor(() => expect(session.viewer.wish.shownPx?.widthPx).toBe(440));
    expect(session.told.received.filter((message) => message.includes('error'))).toEqual([]);
  });

  test('ends with the channel where the Player says anything on it', async () => {
    const session = await withPictures(10);
    session.pictures.send('more!');
    await session.pictures.closed;
    expect(session.viewer.wish.pictures).toBeNull();
    session.told.send(ping);
    await vi.waitFor(() => expect(session.told.received).toContain(pong));
  });

  test('is for one channel: a second one is closed', async () => {
    const session = await withPictures(60);
    const second = session.player.openChannel({ ...video, id: 9 });
    await second.closed;
    session.viewer.write(jpeg(1));
    await vi.waitFor(() => expect(session.pictures.received).toHaveLength(1));
  });
});

describe('a Player that does not keep up', () => {
  const bytes = 300_000;
  const limit = 1_000_000;

  test('misses whole pictures, gets the newest, and nothing is queued for it without bound', async () => {
    const session = await withPictures(60, { maxBacklogBytes: limit });
    const other = await withPictures(60);
    const read = session.player.holdData();
    let mostBytes = 0;
    const written = await writeUntil(session, bytes, (number) => {
      other.viewer.write(jpeg(number, 5_000));
      session.viewer.write(picture(number, { isKeyframe: true }));
      const { bufferedBytes = 0, skippedPictures = 0 } = session.viewer.telemetry().pictures ?? {};
      mostBytes = Math.max(mostBytes, bufferedBytes);
      expect(skippedPictures).toBeGreaterThan(20);
    });
    expect(mostBytes).toBeLessThanOrEqual(limit);
    await vi.waitFor(() => expect(numbersOn(other.pictures).length).toBeGreaterThan(10));
    expect(other.viewer.telemetry().pictures?.skippedPictures).toBe(0);
    expect(session.player.pictures.length).toBeGreaterThan(20);
    read();
    await vi.waitFor(() => expect(bytesOf(session.pictures, written)).toEqual(jpeg(written, bytes).data), 10_000);
    const numbers = numbersOn(session.pictures);
    expect(numbers).toHaveLength(session.viewer.telemetry().pictures?.sentPictures ?? 0);
    for (const number of numbers) expect(bytesOf(session.pictures, number)).toEqual(jpeg(number, bytes).data);
    session.told.send(ping);
    await vi.waitFor(() => expect(session.told.received).toContain(pong));
  });

  test('is sent no second picture that would be too much with the first one', async () => {
    const session = await withPictures(60, { maxBacklogBytes: bytes });
    const read = session.player.holdData();
    await writeUntil(session, bytes, () => {
      expect(session.viewer.telemetry().pictures?.bufferedBytes).toBeLessThan(bytes + 1_000);
      expect(session.viewer.telemetry().pictures?.skippedPictures).toBeGreaterThan(20);
    });
    read();
    await vi.waitFor(() => expect(bytesOf(session.pictures, 1)).toEqual(jpeg(1, bytes).data), 10_000);
    await vi.waitFor(() => expect(session.viewer.telemetry().pictures?.bufferedBytes).toBe(0));
    expect(numbersOn(session.pictures)).toEqual([1]);
  });

  test('has its commands answered before much of what comes after', async () => {
    const session = await withPictures(60);
    const read = session.player.holdData();
    let number = 0;
    /** A link that takes some 2 MB/s. */
    const link = setInterval(() => {
      session.viewer.write(jpeg(++number, bytes));
      read(20);
    }, 10);
    onTestFinished(() => clearInterval(link));
    await vi.waitFor(() => expect(session.viewer.telemetry().pictures?.skippedPictures).toBeGreaterThan(20), 10_000);
    const received = () => messagesOn(session.pictures).reduce((sum, { length }) => sum + length, 0);
    for (let round = 1; round <= 3; round++) {
      const beforeBytes = received();
      session.told.send(ping);
      await vi.waitFor(() => expect(session.told.received.filter((each) => each === pong)).toHaveLength(round), {
        timeout: 10_000,
        interval: 5,
      });
      expect(received() - beforeBytes).toBeLessThan(400_000);
    }
    expect(session.ends).toEqual([]);
  });

  test('is told of in the log once in a while', async () => {
    const lines: { level: number; skippedFrames?: number }[] = [];
    const out = new Writable({
      write: (line, _, done) => {
        lines.push(JSON.parse(String(line)) as (typeof lines)[number]);
        done();
      },
    });
    const session = await withPictures(60, { log: pino({ level: 'warn' }, out) });
    session.player.holdData();
    await writeUntil(session, bytes, () => expect(lines.length).toBeGreaterThan(0));
    const told = session.viewer.telemetry().pictures?.skippedPictures ?? 0;
    // It looks once a second whether there is something to tell; this is two seconds in which nothing must come.
    await delay(2_100);
    await writeUntil(session, bytes, () =>
      expect(session.viewer.telemetry().pictures?.skippedPictures).toBeGreaterThan(told + 20),
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]?.skippedFrames).toBeGreaterThan(0);
  });
});
