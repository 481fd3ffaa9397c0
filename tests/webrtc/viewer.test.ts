import { Socket } from 'node:dgram';
import pino from 'pino';
import { describe, expect, test, vi } from 'vitest';
import type { RtpPacket } from 'werift';
import type { Frame } from '../../src/main/station/frame.ts';
import { WeriftPlayer } from '../support/werift-player.ts';
import { connect, picture, watch, type Session } from './session.ts';

const arrived = (session: Session, count: number) =>
  vi.waitFor(() => expect(session.player.pictures.length).toBeGreaterThanOrEqual(count), { timeout: 5_000 });

function sequenceGaps({ player }: Session): number[] {
  const numbers = player.packets.map((packet) => packet.header.sequenceNumber).sort((a, b) => a - b);
  return numbers.slice(1).filter((number, index) => number !== numbers[index]! + 1);
}

describe('a Viewer', () => {
  test('gives two Players the same complete pictures under their own numbers', async () => {
    const sessions = await Promise.all([connect(), connect()]);
    const frames = [
      picture(1, { isKeyframe: true, bytes: 60_000 }),
      ...Array.from({ length: 9 }, (_, index) => picture(index + 2)),
    ];
    for (const frame of frames) {
      for (const { viewer } of sessions) viewer.write(frame);
      // All in one go is more than the system keeps for a Player that shares our event loop.
      await new Promise((turn) => setImmediate(turn));
    }
    for (const session of sessions) {
      await arrived(session, frames.length);
      expect(session.player.pictures.map(({ data }) => data)).toEqual(frames.map(({ data }) => Buffer.from(data)));
      expect(session.player.ssrcs).toHaveLength(1);
    }
    expect(sessions[0].player.ssrcs).not.toEqual(sessions[1].player.ssrcs);
  });

  test('sends VP8 to a Player that has no H.264', async () => {
    const session = await connect({ codecs: ['vp8'] });
    expect(session.viewer.codec).toBe('vp8');
    const frames = [1, 2, 3].map((number) => picture(number, { isKeyframe: number === 1, codec: 'vp8' }));
    for (const frame of frames) session.viewer.write(frame);
    await arrived(session, 3);
    expect(session.player.pictures.map(({ data }) => data)).toEqual(frames.map(({ data }) => data));
  });

  test('prefers H.264 even where the Player names VP8 first', async () => {
    const player = new WeriftPlayer({ codecs: ['vp8', 'h264'] });
    const { viewer } = await watch(await player.offer());
    expect(viewer.codec).toBe('h264');
    await player.close();
  });

  test('begins with a keyframe, whatever was written before', async () => {
    const session = await connect();
    for (const number of [1, 2, 3]) session.viewer.write(picture(number));
    session.viewer.write(picture(4, { isKeyframe: true }));
    session.viewer.write(picture(5));
    await arrived(session, 2);
    expect(session.player.pictures.map(({ isKeyframe }) => isKeyframe)).toEqual([true, false]);
    expect(session.viewer.skippedFrames).toBe(0);
  });

  test('lets a Player compute the capture time from an RTP timestamp', async () => {
    const session = await connect();
    const offset = Number(/a=mediaclk:direct=(\d+)/.exec(session.answerSdp)?.[1]);
    const frames = [picture(1, { isKeyframe: true }), picture(2), picture(3)];
    for (const frame of frames) session.viewer.write(frame);
    await arrived(session, 3);
    const expected = frames.map(({ captureTimeMs }) => (Math.round(captureTimeMs * 90) + offset) % 2 ** 32);
    expect(session.player.pictures.map(({ timestamp }) => timestamp)).toEqual(expected);
  });

  test('never runs timestamps backwards when older pictures are sent again', async () => {
    const session = await connect();
    const frames = [
      picture(1, { isKeyframe: true }),
      picture(2),
      picture(1, { isKeyframe: true }),
      picture(2),
      picture(9),
    ];
    for (const frame of frames) session.viewer.write(frame);
    await arrived(session, 5);
    const steps = session.player.pictures.map(({ timestamp }, index, all) =>
      index === 0 ? 1 : (timestamp - all[index - 1]!.timestamp + 2 ** 32) % 2 ** 32,
    );
    expect(steps.every((step) => step > 0 && step < 2 ** 31)).toBe(true);
  });

  test('leaves out whole pictures while it is behind, and goes on with a keyframe without a gap in its numbers', async () => {
    const session = await connect();
    session.viewer.write(picture(1, { isKeyframe: true }));
    session.viewer.write(picture(2));
    const queue = vi.spyOn(Socket.prototype, 'getSendQueueSize').mockReturnValue(5_000_000);
    session.viewer.write(picture(3));
    session.viewer.write(picture(4, { isKeyframe: true }));
    expect(session.keyframeWishes()).toBe(0);
    queue.mockRestore();
    session.viewer.write(picture(5));
    session.viewer.write(picture(6));
    expect(session.keyframeWishes()).toBe(1);
    const rest = [picture(7, { isKeyframe: true }), picture(8)];
    for (const frame of rest) session.viewer.write(frame);
    await arrived(session, 4);
    expect(session.viewer.skippedFrames).toBe(4);
    expect(sequenceGaps(session)).toEqual([]);
    expect(session.player.pictures.map(({ isKeyframe }) => isKeyframe)).toEqual([true, false, true, false]);
  });

  test('throws away what waits when that is too much, and goes on with the newest keyframe', async () => {
    const warnings: unknown[] = [];
    const log = pino({ level: 'warn' }, { write: (line) => warnings.push(JSON.parse(line)) });
    const session = await connect({}, { maxBacklogBytes: 300_000, log });
    session.viewer.write(picture(1, { isKeyframe: true }));
    const queue = vi.spyOn(Socket.prototype, 'getSendQueueSize').mockReturnValue(150_000);
    for (let number = 2; number <= 9; number++) session.viewer.write(picture(number, { bytes: 50_000 }));
    queue.mockRestore();
    const newest = [picture(10, { isKeyframe: true }), picture(11)];
    for (const frame of newest) session.viewer.write(frame);
    await arrived(session, 3);
    expect(session.player.pictures.slice(1).map(({ data }) => data)).toEqual(newest.map(({ data }) => data));
    expect(session.viewer.skippedFrames).toBe(8);
    expect(sequenceGaps(session)).toEqual([]);
    await vi.waitFor(() => expect(warnings).toMatchObject([{ skippedFrames: 8 }]), { timeout: 5_000 });
  });

  test('sends a keyframe that is larger than its Player’s receive buffer', async () => {
    const session = await connect({ asksAgain: false });
    const keyframe = picture(1, { isKeyframe: true, bytes: 200_000 });
    session.viewer.write(keyframe);
    await arrived(session, 1);
    expect(session.player.pictures.map(({ data }) => data)).toEqual([keyframe.data]);
  });

  test('lets a Player that has lost the end of a still picture know it', async () => {
    let count = 0;
    const session = await connect({ loses: ({ header }) => header.payloadType === 96 && [4, 5, 6].includes(++count) });
    session.viewer.write(picture(1, { isKeyframe: true }));
    await arrived(session, 1);
  });

  test('sends no more than half as much again, however a Player asks', async () => {
    const session = await connect();
    const frames = [picture(1, { isKeyframe: true, bytes: 200_000 }), picture(2, { bytes: 100_000 })];
    for (const frame of frames) session.viewer.write(frame);
    await arrived(session, 2);
    const lost = session.player.packets.map(({ header }) => header.sequenceNumber);
    let isOver = false;
    void session.player.nextSenderReport().then(() => (isOver = true));
    while (!isOver) {
      await session.player.sendFeedback({ lost });
      await new Promise((turn) => setImmediate(turn));
    }
    const bytes = (packets: readonly RtpPacket[]) => packets.reduce((sum, { payload }) => sum + payload.length, 0);
    expect(session.player.resent.length).toBeGreaterThan(0);
    expect(bytes(session.player.resent)).toBeLessThan(128 * 1024 + bytes(session.player.packets) / 2);
  });

  test.each([
    { name: 'over the retransmission stream', asksAgain: true },
    { name: 'as they were where there is none', asksAgain: false },
  ])('sends lost packets again, $name', async ({ asksAgain }) => {
    let count = 0;
    const session = await connect({
      asksAgain,
      loses: ({ header }) => header.payloadType === 96 && [3, 7, 12].includes(++count),
    });
    const frames: Frame[] = [picture(1, { isKeyframe: true, bytes: 30_000 }), picture(2), picture(3)];
    for (const frame of frames) session.viewer.write(frame);
    if (!asksAgain) {
      await vi.waitFor(() => expect(sequenceGaps(session)).toHaveLength(3));
      await session.player.sendFeedback({ lost: sequenceGaps(session).map((number) => number - 1) });
    }
    await arrived(session, 3);
    expect(session.player.pictures.map(({ data }) => data)).toEqual(frames.map(({ data }) => Buffer.from(data)));
    expect(session.player.resent.length > 0).toBe(asksAgain);
  });

  test('passes on that its Player wants a keyframe', async () => {
    const session = await connect();
    session.viewer.write(picture(1, { isKeyframe: true }));
    await arrived(session, 1);
    await session.player.sendFeedback('keyframe');
    await vi.waitFor(() => expect(session.keyframeWishes()).toBe(1));
  });

  test('reports the station’s time with the timestamp that belongs to it', async () => {
    const session = await connect();
    const offset = Number(/a=mediaclk:direct=(\d+)/.exec(session.answerSdp)?.[1]);
    session.viewer.write(picture(1, { isKeyframe: true }));
    const report = await session.player.nextSenderReport();
    const unixMs = Number((report.ntpTimestamp * 1000n) >> 32n) - 2_208_988_800_000;
    expect(Math.abs(unixMs - Date.now())).toBeLessThan(5_000);
    const ticks = (report.rtpTimestamp - offset - (unixMs % 2 ** 32) * 90) % 2 ** 32;
    expect(Math.abs((((ticks % 2 ** 32) + 2 ** 32 + 2 ** 31) % 2 ** 32) - 2 ** 31)).toBeLessThanOrEqual(180);
  });
});

describe('the end of a Viewer', () => {
  test('comes at once when its Player says goodbye, even as nobody asks', async () => {
    const session = await connect();
    session.player.sayGoodbye();
    expect(await session.gone).toBe('closed_by_peer');
    expect(session.viewer.isConnected).toBe(false);
  });

  test('comes when a Player never connects', async () => {
    const player = new WeriftPlayer();
    const { gone } = await watch(await player.offer(), { connectTimeoutMs: 200 });
    expect(await gone).toBe('connect_timeout');
    await player.close();
  });

  test('comes when a Player falls silent', async () => {
    const session = await connect({}, { silenceTimeoutMs: 400 });
    await session.player.vanish();
    expect(await session.gone).toBe('silent');
  });

  test('does not come when it was the station that stood still', async () => {
    const session = await connect({}, { silenceTimeoutMs: 2_000 });
    session.viewer.write(picture(1, { isKeyframe: true }));
    // Nothing in this process runs meanwhile, as when the machine sleeps.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3_000);
    await Promise.race([session.player.nextSenderReport(), session.gone]);
    expect(session.viewer.isConnected).toBe(true);
  });

  test('is told to the Player', async () => {
    const session = await connect();
    await session.viewer.close('station_closing');
    await vi.waitFor(() => expect(session.player.pc.dtlsTransports[0]!.state).toBe('closed'));
  });

  test('is told once, however often it is closed, and nothing is sent after it', async () => {
    const session = await connect();
    await Promise.all([session.viewer.close('left'), session.viewer.close('silent')]);
    await session.viewer.close('left');
    session.viewer.write(picture(1, { isKeyframe: true }));
    expect(session.ends).toEqual(['left']);
    expect(session.player.packets).toEqual([]);
    await expect(session.viewer.updateIce('a=end-of-candidates\r\n')).rejects.toMatchObject({
      reason: 'unknown_viewer',
    });
  });

  test('frees all sockets, fifty times over', async () => {
    const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'UDPWrap').length;
    await vi.waitFor(() => expect(sockets()).toBe(0));
    for (let round = 0; round < 10; round++) {
      const sessions = await Promise.all(Array.from({ length: 5 }, () => connect()));
      expect(sockets()).toBe(10);
      await Promise.all(sessions.map(({ viewer }) => viewer.close('left')));
      await Promise.all(sessions.map(({ player }) => player.close()));
    }
    await vi.waitFor(() => expect(sockets()).toBe(0));
  });
});
