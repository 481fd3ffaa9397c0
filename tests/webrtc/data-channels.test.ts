import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { crc32c } from 'werift';
import { describe, expect, test, vi } from 'vitest';
import { ping, pong } from '../../src/shared/keepalive.ts';
import type { ChannelOptions, PlayerChannel } from '../support/werift-player.ts';
import { connect, connectOffered, picture, type Session, type SessionOptions } from './session.ts';

const commands = { label: 'commands' };

async function withChannels(channels: readonly ChannelOptions[], options: SessionOptions = {}) {
  const session = await connect({ channels }, options);
  return { ...session, channels: session.player.channels };
}

async function withCommands(options: SessionOptions = {}) {
  const session = await withChannels([commands], options);
  const channel = session.channels[0]!;
  await channel.opened;
  return { ...session, channel };
}

/** Answers what the station asks, as every Player does. */
function answerPings({ channel }: PlayerChannel): void {
  channel.onMessage.subscribe((message) => {
    if (message === ping) channel.send(pong);
  });
}

async function expectPictures(session: Session): Promise<void> {
  const before = session.player.pictures.length;
  await vi.waitFor(
    () => {
      session.viewer.write(picture(before + 1, { isKeyframe: true }));
      expect(session.player.pictures.length).toBeGreaterThan(before + 2);
    },
    { interval: 10 },
  );
  expect(session.ends).toEqual([]);
}

const refusal = (reason: string) => JSON.stringify({ type: 'error', reason });
const errorsOn = ({ received }: PlayerChannel) => received.filter((message) => message.toString().startsWith('{'));

/** Lets a Player send messages that its own library would keep back. */
function forgetLimits({ channel }: PlayerChannel): void {
  channel.sctp.setRemoteMaxMessageSize(0);
}

/** Sends SCTP packets as werift's own transport would, which checks nothing of what it is given. */
function rawSctp({ player, channel }: { readonly player: Session['player']; readonly channel: PlayerChannel }) {
  const { sctp } = channel.channel.sctp;
  const tag = Number(Reflect.get(sctp, 'remoteVerificationTag'));
  return async (body: Uint8Array): Promise<void> => {
    const packet = Buffer.concat([Buffer.alloc(12), body]);
    packet.writeUInt16BE(5000, 0);
    packet.writeUInt16BE(5000, 2);
    packet.writeUInt32BE(tag, 4);
    packet.writeUInt32LE(crc32c(packet), 8);
    await player.pc.dtlsTransports[0]!.sendData(packet);
    // Else they would all be sent before the first one is read, and the system would drop most of them.
    await setImmediate();
  };
}

interface DataOptions {
  readonly flags: number;
  readonly tsn: number;
  readonly streamId?: number;
  readonly kind?: number;
  readonly bytes?: number;
}

const whole = 0b111;
const beginning = 0b110;

/** A DATA chunk of an unordered message. */
function data({ flags, tsn, streamId = 0, kind = 53, bytes = 1 }: DataOptions): Buffer {
  const chunk = Buffer.alloc(16 + bytes, 7);
  chunk.writeUInt8(0, 0);
  chunk.writeUInt8(flags, 1);
  chunk.writeUInt16BE(chunk.length, 2);
  chunk.writeUInt32BE(tsn % 2 ** 32, 4);
  chunk.writeUInt16BE(streamId, 8);
  chunk.writeUInt16BE(0, 10);
  chunk.writeUInt32BE(kind, 12);
  return chunk;
}

/** The number of the next DATA chunk that a Player would send. */
const nextTsn = ({ channel }: PlayerChannel) => Number(Reflect.get(channel.sctp.sctp, 'localTsn'));

describe('the channel for commands', () => {
  test.each([
    ['that the Player opened', connect],
    ['that the station opened', connectOffered],
  ])('works beside the picture of a session %s', async (_, join) => {
    const session = await join({ channels: [commands] });
    const channel = session.player.channels[0]!;
    await channel.opened;
    await vi.waitFor(() => expect(channel.received).toContain(ping));
    channel.send(ping);
    await vi.waitFor(() => expect(channel.received).toContain(pong));
    await expectPictures(session);
  });

  test('answers a ping of bytes with bytes', async () => {
    const { channel } = await withCommands();
    channel.send(Buffer.from(ping));
    await vi.waitFor(() => expect(channel.received).toContainEqual(Buffer.from(pong)));
  });

  test('is not in the way of a Player that wants none', async () => {
    const session = await connect();
    expect(session.answerSdp).not.toContain('m=application');
    await expectPictures(session);
  });

  test('says of each message that it can’t read that it is bad, and is closed after the fifth', async () => {
    const session = await withCommands();
    const { channel } = session;
    const bad = ['', '{', '[]', '{"type":"hello","keepaliveMs":999}', '{"type":"dance"}'];
    for (const message of bad.slice(1)) channel.send(message);
    await vi.waitFor(() => expect(errorsOn(channel)).toEqual(Array(4).fill(refusal('bad_message'))));
    channel.send(Buffer.from([0xff, 0, 0xfe]));
    await channel.closed;
    await expectPictures(session);
  });

  test('refuses a message that is too long once, and is closed after the second', async () => {
    const session = await withCommands();
    const { channel } = session;
    expect(() => channel.send('x'.repeat(16_385))).toThrow(/exceeded/);
    forgetLimits(channel);
    channel.send(`{"type":"hello","padding":"${'x'.repeat(16_000)}"}`);
    channel.send('x'.repeat(16_385));
    await vi.waitFor(() => expect(errorsOn(channel)).toEqual([refusal('too_large')]));
    channel.send(Buffer.alloc(60_000));
    await channel.closed;
    await expectPictures(session);
  });

  test('refuses a flood of messages once, and is closed if it goes on', async () => {
    const session = await withCommands();
    const { channel } = session;
    for (let count = 0; count < 300; count++) channel.send(pong);
    await channel.closed;
    expect(errorsOn(channel)).toEqual([refusal('too_many')]);
    await expectPictures(session);
  });

  test('may be opened again after it was closed', async () => {
    const session = await withCommands();
    session.channel.channel.close();
    await session.channel.closed;
    expect(session.viewer.telemetry().keepalive).toBeNull();
    // Another number, because werift takes the old one back before the station's end of it is closed.
    const again = session.player.openChannel({ ...commands, id: 7 });
    await again.opened;
    await vi.waitFor(() => expect(again.received).toContain(ping));
  });
});

describe('other channels', () => {
  test.each([
    { label: 'video' },
    { label: 'video', ordered: false },
    { label: 'video', maxRetransmits: 0 },
    { label: 'video', ordered: false, maxRetransmits: 1 },
    { label: 'video', ordered: false, maxPacketLifeTime: 0 },
    { label: 'chat' },
    { label: '' },
    { label: 'commands', ordered: false },
    { label: 'commands', maxRetransmits: 3 },
    { label: 'commands', maxPacketLifeTime: 100 },
  ])('such as $label are closed at once, and leave picture and commands alone', async (other) => {
    const session = await withChannels([other, commands]);
    const [refused, channel] = session.channels;
    await refused!.closed;
    channel!.send(ping);
    await vi.waitFor(() => expect(channel!.received).toContain(pong));
    expect(refused!.received).toEqual([]);
    await expectPictures(session);
  });

  test('a second one for commands is closed, the first one stays', async () => {
    const session = await withChannels([commands, commands]);
    const [first, second] = session.channels;
    await second!.closed;
    first!.send(ping);
    await vi.waitFor(() => expect(first!.received).toContain(pong));
    await expectPictures(session);
  });

  test('end the session when they are more than eight', async () => {
    const { gone } = await withChannels(Array.from({ length: 100 }, (_, number) => ({ label: `${number}` })));
    expect(await gone).toBe('misbehaved');
  });
});

describe('the keepalive', () => {
  test('measures round trip and age of a Player that answers', async () => {
    const { viewer, channel } = await withCommands({ keepaliveMs: 50 });
    answerPings(channel);
    await vi.waitFor(() => expect(viewer.telemetry().keepalive?.roundTripMs).toBeGreaterThan(0));
    expect(viewer.telemetry().keepalive?.ageMs).toBeLessThan(1_000);
    expect((await connect()).viewer.telemetry().keepalive).toBeNull();
  });

  test('goes at the pace that the Player asks for', async () => {
    const { channel } = await withCommands({ keepaliveMs: 30_000 });
    answerPings(channel);
    channel.send('{"type":"hello","keepaliveMs":1000,"later":true}');
    await vi.waitFor(() => expect(channel.received.filter((each) => each === ping).length).toBeGreaterThan(1), 5_000);
  });

  test('ends the session of a Player that leaves three pings unanswered', async () => {
    // A turn that is late by half of that begins anew, as on a machine that has slept; a busy one must not look like that.
    const { gone, channel } = await withCommands({ keepaliveMs: 200 });
    expect(await gone).toBe('silent');
    expect(channel.received.filter((message) => message === ping)).toHaveLength(3);
  });

  test('takes a Player for alive that answers nothing but talks', async () => {
    const { channel, ends } = await withCommands({ keepaliveMs: 100 });
    const talking = setInterval(() => channel.send(ping), 50);
    await vi.waitFor(() => expect(channel.received.filter((each) => each === ping).length).toBeGreaterThan(6), 5_000);
    clearInterval(talking);
    expect(ends).toEqual([]);
  });
});

describe('whatever a Player sends', () => {
  const message = fc.oneof(fc.string({ maxLength: 2_000 }), fc.uint8Array({ maxLength: 2_000 }), fc.json());

  test('over the channel, the picture goes on', async () => {
    const session = await withCommands();
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 20 }), async (messages) => {
        const channel = session.channel.channel.readyState === 'open' ? session.channel : null;
        for (const each of messages.filter(({ length }) => length > 0)) {
          channel?.send(typeof each === 'string' ? each : Buffer.from(each));
        }
        await expectPictures(session);
      }),
      { numRuns: 10 },
    );
  });

  test('as SCTP, the picture goes on', async () => {
    const session = await withCommands();
    const send = rawSctp(session);
    const chunkTypes = fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 130, 192, 200);
    const chunk = fc.tuple(chunkTypes, fc.nat(255), fc.uint8Array({ maxLength: 80 })).map(([type, flags, body]) => {
      const padding = Buffer.alloc((4 - (body.length % 4)) % 4);
      return Buffer.concat([Buffer.from([type, flags, 0, body.length + 4]), body, padding]);
    });
    const junk = fc.oneof(
      fc.uint8Array({ maxLength: 1_100 }),
      fc.array(chunk, { maxLength: 8 }).map((chunks) => Buffer.concat(chunks)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(junk, { minLength: 1, maxLength: 50 }), async (packets) => {
        for (const packet of packets) await send(packet);
        await expectPictures(session);
      }),
      { numRuns: 20 },
    );
  });

  test.each<[string, (channel: PlayerChannel) => Buffer]>([
    ['a message of a kind that nobody knows', (on) => data({ flags: whole, tsn: nextTsn(on), streamId: 1, kind: 7 })],
    ['the answer to an opening that never was', (on) => data({ flags: whole, tsn: nextTsn(on), kind: 50 }).fill(2, 16)],
    ['a chunk of no length', () => Buffer.from([3, 0, 0, 0])],
    ['a parameter of no length', () => Buffer.from([4, 0, 0, 8, 0, 1, 0, 0])],
    ['more gaps than it has room for', () => Buffer.from([3, 0, 0, 16, ...Array<number>(8).fill(0), 255, 255, 0, 0])],
  ])('%s does nothing', async (_, harm) => {
    const session = await withCommands();
    await rawSctp(session)(harm(session.channel));
    await expectPictures(session);
    session.channel.send(ping);
    await vi.waitFor(() => expect(session.channel.received).toContain(pong));
  });

  test.each([
    ['long', 1_000],
    ['short', 1],
  ])(
    'messages that begin and never end, in %s pieces, cost the session before they cost the station',
    async (_, bytes) => {
      const session = await withCommands();
      const send = rawSctp(session);
      const tsn = nextTsn(session.channel);
      for (let count = 0; count < 1_000 && session.ends.length === 0; count++) {
        await send(data({ flags: beginning, tsn: tsn + count, bytes }));
      }
      expect(await session.gone).toBe('misbehaved');
    },
  );
});

test('what a Player has said is not heard again when somebody else repeats it', async () => {
  const session = await withCommands();
  const { connection } = session.player.pc.iceTransports[0]!;
  const records: Buffer[] = [];
  const send = connection.send.bind(connection);
  connection.send = (record) => {
    records.push(record);
    return send(record);
  };
  session.channel.send(ping);
  await vi.waitFor(() => expect(session.channel.received).toContain(pong));
  const heard = session.channel.channel.sctp.sctp;
  const sacks = vi.spyOn(heard, 'onSackReceived');
  for (const record of records) session.player.sendRaw(record);
  await expectPictures(session);
  expect(sacks).not.toHaveBeenCalled();
});
