import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Pacer } from '../../src/main/webrtc/pacer.ts';
import { PictureSender } from '../../src/main/webrtc/picture-sender.ts';
import { SrtpSender } from '../../src/main/webrtc/srtp-sender.ts';
import type { SrtpKeys } from '../../src/main/webrtc/srtp.ts';
import type { VideoFormat } from '../../src/main/webrtc/video-format.ts';

const video: VideoFormat = {
  mid: '0',
  codec: 'h264',
  payloadType: 96,
  rtxPayloadType: 97,
  midExtensionId: null,
  playoutDelayExtensionId: null,
  absSendTimeExtensionId: null,
};
const keys: SrtpKeys = {
  profile: 'aes-128-gcm',
  key: Buffer.alloc(16, 1),
  salt: Buffer.alloc(12, 2),
  authKey: Buffer.alloc(0),
};
const packetBytes = 1_000;

function picture(packets: number): Uint8Array[] {
  return Array.from({ length: packets }, (_, index) => new Uint8Array(packetBytes).fill(index));
}

interface Datagram {
  readonly packet: Buffer;
  readonly atMs: number;
  readonly sequence: number;
  readonly isRetransmission: boolean;
}

function makeSender(pacer = new Pacer(), format = video) {
  const sent: Datagram[] = [];
  const system = { backlogBytes: 0 };
  const sender = new PictureSender({
    packets: new SrtpSender({
      video: format,
      ssrc: 7,
      rtxSsrc: 8,
      keys,
      send: (packet) =>
        sent.push({
          packet,
          atMs: performance.now(),
          sequence: packet.readUInt16BE(2),
          isRetransmission: (packet[1]! & 0x7f) === 97,
        }),
    }),
    pacer,
    systemBacklogBytes: () => system.backlogBytes,
    failed: (error) => {
      throw error;
    },
  });
  return {
    sent,
    system,
    sender,
    show: (packets: number, timestamp = 0) => sender.send(picture(packets), timestamp, performance.now()),
    ask: (lost: readonly number[]) => sender.resend(lost, performance.now()),
    resent: () => sent.filter(({ isRetransmission }) => isRetransmission),
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a picture', () => {
  test('of usual size is sent at once, and no timer stays', () => {
    const { sent, show } = makeSender();
    vi.advanceTimersByTime(100);
    show(15);
    vi.advanceTimersByTime(33);
    sent.length = 0;
    show(15);
    expect(sent).toHaveLength(15);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('of many packets is spread, in order, and gone before the next one comes', () => {
    const { sent, show } = makeSender();
    vi.advanceTimersByTime(100);
    const startMs = performance.now();
    show(150);
    vi.advanceTimersByTime(33);
    expect(sent).toHaveLength(150);
    expect(sent.map(({ sequence }) => sequence - sent[0]!.sequence)).toEqual([...sent.keys()]);
    const perMs = Array.from({ length: 33 }, (_, ms) => sent.filter(({ atMs }) => atMs - startMs === ms).length);
    expect(perMs.reduce((sum, count) => sum + count)).toBe(150);
    expect(Math.max(...perMs)).toBeLessThanOrEqual(32);
  });

  test('waits for the one before it', () => {
    const { sent, show } = makeSender();
    show(100, 1);
    show(5, 2);
    vi.advanceTimersByTime(33);
    const timestamps = sent.map(({ packet }) => packet.readUInt32BE(4));
    expect(timestamps).toEqual([...new Array<number>(100).fill(1), ...new Array<number>(5).fill(2)]);
  });

  test('waits while the system has not sent the last ones', () => {
    const { sent, system, sender, show } = makeSender();
    system.backlogBytes = 1_000_000;
    show(5);
    vi.advanceTimersByTime(10);
    expect(sent).toEqual([]);
    expect(sender.backlogBytes).toBe(1_000_000 + 5 * packetBytes);
    expect(sender.stuckBytes).toBe(sender.backlogBytes);
    system.backlogBytes = 0;
    vi.advanceTimersByTime(2);
    expect(sent).toHaveLength(5);
  });

  test('that is thrown away before it has begun leaves no gap in the numbers', () => {
    const { sent, sender, show } = makeSender();
    show(100);
    show(5, 2);
    show(5, 3);
    expect(sender.stuckBytes).toBe(0);
    expect(sender.dropWaiting()).toBe(2);
    show(5, 4);
    vi.advanceTimersByTime(33);
    expect(sent.map(({ sequence }) => sequence - sent[0]!.sequence)).toEqual([...new Array<number>(105).keys()]);
    expect(sent.at(-1)!.packet.readUInt32BE(4)).toBe(4);
    expect(sender.backlogBytes).toBe(0);
  });
});

describe('the end of a picture', () => {
  test('is repeated once where pictures are rare, as the same packet', () => {
    const { sent, show } = makeSender();
    show(3);
    vi.advanceTimersByTime(1_000);
    expect(sent).toHaveLength(4);
    expect(sent[3]!.packet).toEqual(sent[2]!.packet);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is not repeated where the next picture follows soon', () => {
    const { sent, show } = makeSender();
    for (let count = 0; count < 10; count++) {
      show(3);
      vi.advanceTimersByTime(count === 0 ? 30 : 100);
    }
    expect(sent).toHaveLength(30);
  });
});

describe('lost packets', () => {
  test('of a whole keyframe are sent again, a little at a time, with the numbers that they had', () => {
    const { sent, show, ask, resent } = makeSender();
    show(100);
    vi.advanceTimersByTime(20);
    const lost = sent.map(({ sequence }) => sequence);
    vi.advanceTimersByTime(100);
    ask(lost);
    expect(resent().length).toBeLessThanOrEqual(32);
    vi.advanceTimersByTime(20);
    expect(resent()).toHaveLength(100);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('are sent again once, however often a Player asks in one round trip, and not for ever', () => {
    const { sent, show, ask, resent } = makeSender();
    show(1);
    const lost = [sent[0]!.sequence];
    for (let count = 0; count < 10; count++) ask(lost);
    expect(resent()).toHaveLength(1);
    for (let count = 0; count < 50; count++) {
      vi.advanceTimersByTime(31);
      ask(lost);
    }
    expect(resent()).toHaveLength(10);
  });

  test('that were never sent are not sent again', () => {
    const { sent, show, ask } = makeSender();
    ask([1, 2, 3]);
    show(1);
    const { sequence } = sent[0]!;
    ask([sequence + 1, sequence - 1]);
    expect(sent).toHaveLength(1);
  });

  test('are forgotten after seconds, but never those of the newest picture', () => {
    const { sent, show, ask, resent } = makeSender();
    show(1);
    vi.advanceTimersByTime(60_000);
    ask([sent[0]!.sequence]);
    expect(resent()).toHaveLength(1);
    show(1);
    vi.advanceTimersByTime(1_000);
    ask([sent[0]!.sequence]);
    expect(resent()).toHaveLength(1);
  });

  test('are known over the wrap of their numbers', () => {
    const { sent, show, ask } = makeSender(new Pacer(), { ...video, rtxPayloadType: null });
    const hasWrapped = () => sent.length > 40 && sent.at(-1)!.sequence < sent.at(-41)!.sequence;
    while (!hasWrapped()) {
      show(40);
      vi.advanceTimersByTime(5);
    }
    const beforeTheWrap = sent.at(-41)!;
    ask([beforeTheWrap.sequence]);
    expect(sent.at(-1)!.packet).toEqual(beforeTheWrap.packet);
    expect(sent.at(-1)).not.toBe(beforeTheWrap);
  });

  test('cost no more than half of what was sent, however a Player asks', () => {
    const { sent, show, ask, resent } = makeSender();
    for (let count = 0; count < 300; count++) {
      show(15);
      for (let flood = 0; flood < 5; flood++) {
        ask(
          sent
            .filter(({ isRetransmission }) => !isRetransmission)
            .slice(-1_000)
            .map(({ sequence }) => sequence),
        );
        vi.advanceTimersByTime(7);
      }
    }
    const first = sent.length - resent().length;
    const burst = (128 * 1024) / packetBytes;
    expect(resent().length).toBeGreaterThan(first * 0.4);
    expect(resent().length).toBeLessThanOrEqual(first * 0.5 + burst);
  });
});

test('all Viewers share one timer', () => {
  const pacer = new Pacer();
  const all = Array.from({ length: 24 }, () => makeSender(pacer));
  for (const { show } of all) show(100);
  expect(vi.getTimerCount()).toBe(1);
  for (const { sender } of all.slice(1)) sender.close();
  vi.advanceTimersByTime(33);
  expect(all[0]!.sent).toHaveLength(100);
  expect(all[1]!.sent.length).toBeLessThan(100);
});
