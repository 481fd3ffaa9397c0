import { describe, expect, test } from 'vitest';
import { DelayChoice } from '../../src/main/webrtc/playout-delay.ts';

/** Each second 300 packets are sent, and so many of them lost. */
function seconds(choice: DelayChoice, lost: readonly number[], roundTripMs: number | null = 80, fromS = 0): number[] {
  let lostPackets = 0;
  return lost.map((count, index) => {
    lostPackets += count;
    const sentPackets = 300 * (fromS + index + 1);
    return choice.next({ sentPackets, lostPackets, roundTripMs }, 1_000 * (fromS + index)).minMs;
  });
}

describe('a Player is told to hold pictures back', () => {
  test('not at all where next to nothing is lost', () => {
    expect(seconds(new DelayChoice(), [0, 1, 0, 6, 0])).toEqual([0, 0, 0, 0, 0]);
  });

  test('for two round trips and a little more once packets are lost', () => {
    expect(seconds(new DelayChoice(), [0, 15, 15])).toEqual([0, 210, 210]);
  });

  test('until nothing was lost for ten seconds', () => {
    const calm = new Array<number>(10).fill(0);
    const delays = seconds(new DelayChoice(), [15, ...calm]);
    expect(delays.indexOf(0)).toBe(10);
    expect(seconds(new DelayChoice(), [15, ...calm.slice(1), 1, ...calm.slice(1)])).not.toContain(0);
  });

  test('for as long as the longest round trip needed, within bounds', () => {
    const choice = new DelayChoice();
    const at = (roundTripMs: number | null, second: number) =>
      choice.next({ sentPackets: 300 * second, lostPackets: 15 * second, roundTripMs }, second * 1_000);
    expect(at(1, 1)).toEqual({ minMs: 80, maxMs: 180 });
    expect(at(null, 2).minMs).toBe(150);
    expect(at(5_000, 3).minMs).toBe(400);
    expect(at(80, 4).minMs).toBe(400);
  });
});
