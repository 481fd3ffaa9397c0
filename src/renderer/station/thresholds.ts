/** Where good ends and where bad begins. What lies between is fair. Where `good` is the larger number, less is worse. */
export interface Edges {
  readonly good: number;
  readonly bad: number;
}

/**
 * Every number that a verdict on a session rests on. The delays are meant for a station on the local network; a share is
 * between 0 and 1.
 */
export const thresholds = {
  /** A link that is interrupted may heal by itself for so long. */
  disconnectedMs: 5_000,
  roundTripMs: { good: 20, bad: 100 },
  /** Decoded pictures ÷ the camera's. */
  rateShare: { good: 0.9, bad: 0.6 },
  lossShare: { good: 0.01, bad: 0.04 },
  /** Pictures that the decoder left out ÷ received ones. */
  dropShare: { good: 0.01, bad: 0.05 },
  /** In the window of a verdict: none is good; so many, or so long all together, is bad. */
  freezes: { badCount: 2, badMs: 500 },
  /** Time in the decoder ÷ the time between two pictures. */
  decodeShare: { good: 0.4, bad: 0.8 },
  bufferMs: { good: 50, bad: 150 },
  /** Spread of the times between pictures ÷ the expected time. */
  spreadShare: { good: 0.25, bad: 0.75 },
  /** What the detector gives ÷ what it announces. */
  cameraShare: { good: 0.9, bad: 0.6 },
  /** Since the station was last heard; both sides ping every two seconds. */
  keepaliveAgeMs: { good: 3_000, bad: 6_000 },
  /** What waits to be sent, on either side; with more, the station leaves pictures out unless it is configured otherwise. */
  backlogBytes: { good: 1_048_576, bad: 4_194_304 },
  /** How late the station comes to its work. */
  eventLoopLagMs: { good: 50, bad: 200 },
  /** A clock that is known worse than this makes no latency worth telling. */
  clockUncertaintyMs: 50,
  /** From capture to screen, on the station's own machine and on others. */
  latencyMs: { station: { good: 100, bad: 200 }, remote: { good: 200, bad: 500 } },
  /** Time without a new picture: in expected intervals, and from where on there is no picture any more. */
  silence: { goodIntervals: 2, lostIntervals: 2.5, lostMs: 3_000 },
  /** Pictures arrive for so long and none can be decoded: this device can't do it. */
  undecodableMs: 3_000,
  /** An exposure that is worth telling, lest somebody looks for a fault. */
  longExposureMs: 1_000,
} as const satisfies Record<string, number | Edges | Readonly<Record<string, number | Edges>>>;

export const windows = {
  pollEachMs: 1_000,
  /** What a verdict looks back on. */
  verdictMs: 10_000,
  /** A rate of less time than this is chance. */
  shortestVerdictMs: 3_000,
  /** What a shown rate looks back on, unless four pictures need longer. */
  shownRateMs: 2_000,
  sparklineMs: 60_000,
} as const;

/** The shown quality follows trouble soon and relief late, so that it does not flicker. */
export const steadiness = { worsensAfterSamples: 2, improvesAfterMs: 5_000 } as const;
