import { describe, expect, test } from 'vitest';
import { Reception, type ReceptionReport } from '../../src/main/webrtc/reception.ts';
import { ntpTimestamp } from '../../src/main/webrtc/rtp-clock.ts';

const report: ReceptionReport = { fractionLost: 0, highestSequence: 0, jitter: 0, lsr: 0, dlsr: 0 };
/** A hundred packets came between two numbers. */
const counted = (at: number): Pick<ReceptionReport, 'highestSequence'> => ({ highestSequence: 100 * at });
const sentAt = 1_700_000_000_250.5;
const ntp = ntpTimestamp(sentAt);
/** As a Player reads it off our report: bytes 10 to 13 of the packet (RFC 3550 §6.4.1). */
const lsr = (() => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(ntp);
  return bytes.readUInt32BE(2);
})();

const nothing = { roundTripMs: null, lossShare: null, jitterMs: null };

describe('what a Player reports', () => {
  test('is unknown before its first report', () => {
    expect(new Reception().measured(0)).toEqual({ ...nothing, availableKbitPerS: null });
    expect(new Reception().recentLossShare(0)).toBeNull();
  });

  test.each([
    { what: 'without delay at the Player', afterMs: 40, dlsr: 0, roundTripMs: 40 },
    { what: 'that the Player answers half a second later', afterMs: 540, dlsr: 0.5 * 65_536, roundTripMs: 40 },
    { what: 'that comes out below nothing by rounding', afterMs: 500, dlsr: 0.5001 * 65_536, roundTripMs: 0 },
    { what: 'with tenths', afterMs: 1_012.34, dlsr: 65_536, roundTripMs: 12.3 },
  ])('gives the round trip of a report $what', ({ afterMs, dlsr, roundTripMs }) => {
    const reception = new Reception();
    reception.reportSent(ntp, 1_000);
    reception.heard({ ...report, lsr, dlsr: Math.round(dlsr) }, 1_000 + afterMs);
    expect(reception.measured(1_000 + afterMs).roundTripMs).toBe(roundTripMs);
  });

  test.each([
    { what: 'had none of ours yet', lsr: 0 },
    { what: 'names one that was never sent', lsr: lsr ^ 1 },
  ])('gives no round trip where the Player $what', ({ lsr }) => {
    const reception = new Reception();
    reception.reportSent(ntp, 1_000);
    reception.heard({ ...report, lsr }, 1_100);
    expect(reception.measured(1_100)).toMatchObject({ roundTripMs: null, lossShare: 0, jitterMs: 0 });
  });

  test('still gives the round trip when the Player answers to an older report of ours', () => {
    const reception = new Reception();
    for (const second of [0, 1, 2, 3]) reception.reportSent(ntpTimestamp(sentAt + second * 1_000), second * 1_000);
    reception.heard({ ...report, lsr, dlsr: 3 * 65_536 }, 3_025);
    expect(reception.measured(3_025).roundTripMs).toBe(25);
  });

  test('gives jitter in milliseconds', () => {
    const reception = new Reception();
    reception.heard({ ...report, jitter: 4_500 }, 0);
    reception.heard({ ...report, jitter: 450 }, 1_000);
    expect(reception.measured(1_000).jitterMs).toBe(5);
  });

  test.each([
    { fractions: [64], lossShare: 0.25 },
    { fractions: [0, 128], lossShare: 0.25 },
    { fractions: [255], lossShare: 0.9961 },
    { fractions: [0, 0, 0], lossShare: 0 },
  ])('gives a loss of $lossShare for $fractions of 256', ({ fractions, lossShare }) => {
    const reception = new Reception();
    reception.heard({ ...report, ...counted(0) }, -10_000);
    fractions.forEach((fractionLost, second) => {
      reception.heard({ ...report, ...counted(second + 1), fractionLost }, second * 1_000);
    });
    expect(reception.measured(fractions.length * 1_000 - 1).lossShare).toBe(lossShare);
  });

  test('counts losses for ten seconds, and is unknown again when the Player falls silent', () => {
    const reception = new Reception();
    reception.reportSent(ntp, 0);
    reception.heard({ ...report, ...counted(0) }, -1);
    reception.heard({ ...report, ...counted(1), lsr, fractionLost: 128 }, 0);
    reception.heard({ ...report, ...counted(2), fractionLost: 0 }, 5_000);
    expect(reception.measured(9_999)).toMatchObject({ roundTripMs: 0, lossShare: 0.25 });
    expect(reception.measured(10_000)).toMatchObject({ roundTripMs: null, lossShare: 0 });
    expect(reception.measured(15_000)).toMatchObject(nothing);
  });

  test('weighs each report by the packets that it is about', () => {
    const reception = new Reception();
    reception.heard({ ...report, highestSequence: 1_000 }, 0);
    // As browsers do, which report with each wish for a lost packet: one of the last five, and none of the 95 after them.
    reception.heard({ ...report, highestSequence: 1_005, fractionLost: 51 }, 100);
    reception.heard({ ...report, highestSequence: 1_100 }, 1_000);
    expect(reception.measured(1_000).lossShare).toBeCloseTo(0.01, 3);
    expect(reception.recentLossShare(1_000)).toBeCloseTo(0.01, 3);
  });

  test('tells what is lost now apart from what was lost before', () => {
    const reception = new Reception();
    for (let second = 0; second < 8; second++) {
      reception.heard({ ...report, ...counted(second), fractionLost: second < 5 ? 128 : 0 }, second * 1_000);
    }
    expect(reception.measured(7_000).lossShare).toBeCloseTo(0.286, 4);
    expect(reception.recentLossShare(7_000)).toBe(0);
    expect(reception.recentLossShare(10_000)).toBeNull();
  });

  test('gives the newest estimate of what the link carries, while it is not old', () => {
    const reception = new Reception();
    reception.estimated(900, 0);
    reception.estimated(2_400, 1_000);
    expect(reception.measured(10_999).availableKbitPerS).toBe(2_400);
    expect(reception.measured(11_000).availableKbitPerS).toBeNull();
  });

  test('weighs no more than the last of very many', () => {
    const reception = new Reception();
    for (let at = 0; at < 1_000; at++) {
      reception.heard({ ...report, ...counted(at), fractionLost: at < 700 ? 255 : 0 }, at);
    }
    expect(reception.measured(1_000).lossShare).toBe(0);
  });
});
