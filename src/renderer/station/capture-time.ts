/** RTP clock of video: ticks per millisecond (RFC 3551 §5). */
export const ticksPerMs = 90;
/** RTP timestamps have 32 bits and repeat every 13 h 15 min. */
const ticksInAll = 2 ** 32;

/**
 * Reads from the station's description how its RTP timestamps relate to the station's clock: `a=mediaclk:direct=<offset>` (RFC 7273 §5.2).
 * @returns The timestamp that stands for Unix time zero, or null where it does not say.
 */
export function mediaClockOffset(stationSdp: string): number | null {
  const digits = /^a=mediaclk:direct=(\d+)/m.exec(stationSdp)?.[1];
  return digits === undefined ? null : Number(digits);
}

/**
 * Turns a picture's RTP timestamp into the Unix time of its capture. Timestamps repeat; the instant nearest to now is meant.
 * @param offset As `mediaClockOffset` gives it.
 * @param stationNowMs The station's Unix time, right to within six hours.
 */
export function captureTimeMs(rtpTimestamp: number, offset: number, stationNowMs: number): number {
  const nowTicks = stationNowMs * ticksPerMs;
  const aheadTicks = modulo(rtpTimestamp - offset - nowTicks, ticksInAll);
  const nearestTicks = aheadTicks > ticksInAll / 2 ? aheadTicks - ticksInAll : aheadTicks;
  return (nowTicks + nearestTicks) / ticksPerMs;
}

/** The remainder that is never negative. */
function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
