import { describe, expect, test } from 'vitest';
import type { FromCapture } from '../../../src/main/capture/protocol.ts';
import { makeOutbox } from '../../../src/main/capture/worker/outbox.ts';

const frame = (number: number, isKeyframe = false): FromCapture => ({
  kind: 'frame',
  renditionId: 'wall',
  frame: { number, isKeyframe, captureTimeMs: number, codec: 'h264', data: new Uint8Array(1_000_000) },
});

/** A station that takes nothing until it is told to. */
function stalledStation() {
  const sent: number[] = [];
  const wishes: string[] = [];
  let takeAll: (() => void)[] = [];
  const outbox = makeOutbox(
    (message, done) => {
      if (message.kind === 'frame') sent.push(message.frame.number);
      takeAll.push(done);
    },
    (renditionId) => wishes.push(renditionId),
  );
  const wake = () => {
    for (const take of takeAll) take();
    takeAll = [];
  };
  return { outbox, sent, wishes, wake };
}

describe('what a Capture keeps for a station that has stalled', () => {
  test('is bounded: after some eight megabytes pictures are left out', () => {
    const { outbox, sent } = stalledStation();
    for (let number = 1; number <= 100; number++) outbox.send(frame(number, number === 1));
    expect(sent).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('goes on with a keyframe, which is asked for', () => {
    const { outbox, sent, wishes, wake } = stalledStation();
    for (let number = 1; number <= 20; number++) outbox.send(frame(number, number === 1));
    expect(wishes).toEqual([]);
    wake();
    outbox.send(frame(21));
    expect(wishes).toEqual(['wall']);
    outbox.send(frame(22, true));
    outbox.send(frame(23));
    expect(sent.slice(9)).toEqual([22, 23]);
  });

  test('never leaves out the reason of its end', () => {
    const { outbox, sent, wake } = stalledStation();
    let isDrained = false;
    for (let number = 1; number <= 20; number++) outbox.send(frame(number, number === 1));
    const kept = sent.length;
    outbox.send({ kind: 'failed', fault: { reason: 'ended', detail: 'x' } });
    const drained = outbox.drained().then(() => (isDrained = true));
    expect({ kept, isDrained }).toEqual({ kept: 9, isDrained: false });
    wake();
    return drained;
  });
});
