/** Why no new picture comes to the screen, as one of exclusive causes. */
export type StaleCause =
  /** Nothing of the session arrives any more. */
  | 'interrupted'
  /** The station answers, but its detector has given nothing newer. */
  | 'detector_silent'
  /** Pictures arrive, and this device does not get them onto the screen. */
  | 'too_slow'
  /** Packets arrive that make no whole pictures. */
  | 'incomplete'
  /** The detector gives pictures and the station answers, but sends none. */
  | 'not_sent'
  /** It is too early to tell. */
  | 'no_new_picture';

/** What has reached this device since the last picture came to the screen. */
export type Arrived = 'nothing' | 'pieces' | 'pictures' | 'unknown';

/** What a Player knows of its way to the station while no picture comes. */
export interface LinkSample {
  /** The media path is there, by the browser's word, which may come seconds late. */
  readonly isConnected: boolean;
  /** Since the station was heard on the session's own channel; null while that is not open. */
  readonly keepaliveAgeMs: number | null;
  readonly arrived: Arrived;
  /** For how long this page has been in sight and running; null while it is not. A picture of before it can't have been followed. */
  readonly awakeMs: number | null;
}

export interface StaleFacts extends Omit<LinkSample, 'awakeMs'> {
  /** Since the last picture came to the screen. */
  readonly silentMs: number;
  /** The time to expect between two pictures; null as long as nothing is known. */
  readonly intervalMs: number | null;
  /** Since the station told its state. */
  readonly stateAgeMs: number;
  /** By that state, the detector has taken a picture after the last one that was shown; null where that can't be compared. */
  readonly hasNewer: boolean | null;
}

/** Both ends ping each two seconds, so that a way that works is never silent for so long. */
const keepaliveSilentMs = 2_500;
/** The station tells its state each second, over a way of its own. */
const stateSilentMs = 3_500;
/** What was heard so long after a picture was heard without the next one. */
const heardAfterMs = 500;

/** Tells why the picture is stale: from what is heard of the station, and what of its pictures gets here. */
export function staleCause(facts: StaleFacts): StaleCause {
  if (isInterrupted(facts)) return 'interrupted';
  if (facts.arrived === 'pictures') return 'too_slow';
  if (facts.arrived === 'pieces') return 'incomplete';
  if (!isStateNews(facts) || facts.hasNewer === null) return 'no_new_picture';
  if (!facts.hasNewer) return 'detector_silent';
  return facts.arrived === 'nothing' && isStationHeard(facts) ? 'not_sent' : 'no_new_picture';
}

function isInterrupted({ isConnected, keepaliveAgeMs, stateAgeMs }: StaleFacts): boolean {
  if (!isConnected) return true;
  return keepaliveAgeMs === null ? stateAgeMs > stateSilentMs : keepaliveAgeMs > keepaliveSilentMs;
}

/** The state is from a time at which the next picture should have been there. */
function isStateNews({ stateAgeMs, silentMs, intervalMs }: StaleFacts): boolean {
  return silentMs - stateAgeMs > Math.max(heardAfterMs, 1.5 * (intervalMs ?? 0)) && stateAgeMs < stateSilentMs;
}

/** The session's own way works: an interruption is noticed there seconds later than the pictures fail to come. */
function isStationHeard({ keepaliveAgeMs, silentMs }: StaleFacts): boolean {
  return keepaliveAgeMs === null || silentMs - keepaliveAgeMs > heardAfterMs;
}
