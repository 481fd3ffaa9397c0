/**
 * Why a call on the station was refused. One union for every door: HTTP maps it to a status code, IPC carries it as it is,
 * the page translates it. A door adds the reasons of its own dialect (wrong type, too large) by itself.
 */
export type StationErrorReason =
  /** The text is not a WebRTC offer that a person's browser could have made. */
  | 'bad_offer'
  /** The offer is valid but larger than any browser's. */
  | 'offer_too_complex'
  /** The offer has no video codec that the station can encode. */
  | 'no_common_codec'
  /** The trickled candidates or ICE credentials can't be read. */
  | 'bad_candidate'
  /** No stream has this id. */
  | 'unknown_stream'
  /** No viewer has this id, or it has gone. */
  | 'unknown_viewer'
  /** The call names a state of the session that is no longer the newest (RFC 9725 §4.3.1: If-Match). */
  | 'stale_session'
  /** The detector is away; the station keeps trying. */
  | 'source_offline'
  /** As many viewers as the station is set to serve. */
  | 'station_full'
  /** The station is shutting down. */
  | 'closing';

/** A refusal with a reason that a door can map and a sentence that a person can act on. */
export class StationError extends Error {
  override readonly name = 'StationError';
  readonly reason: StationErrorReason;
  /** For refusals that pass by themselves: when trying again is worth it. */
  readonly retryAfterMs: number | undefined;

  constructor(reason: StationErrorReason, message: string, retryAfterMs?: number) {
    super(message);
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }

  static badOffer(what: string): StationError {
    return new StationError('bad_offer', `That is not a WebRTC offer: ${what}.`);
  }

  static offerTooComplex(what: string): StationError {
    return new StationError('offer_too_complex', `The offer is larger than a browser's: ${what}.`);
  }

  static noCommonCodec(): StationError {
    return new StationError('no_common_codec', 'This browser cannot play the formats of the station (H.264, VP8).');
  }

  static badCandidate(what: string): StationError {
    return new StationError('bad_candidate', `The candidates cannot be used: ${what}.`);
  }

  static unknownStream(): StationError {
    return new StationError('unknown_stream', 'There is no such stream on this station.');
  }

  static unknownViewer(): StationError {
    return new StationError('unknown_viewer', 'There is no such viewer, or it has already gone.');
  }

  static staleSession(): StationError {
    return new StationError('stale_session', 'The session has changed since; use its newest ETag.');
  }

  static sourceOffline(retryAfterMs: number): StationError {
    return new StationError('source_offline', 'The detector is not connected. The station keeps trying.', retryAfterMs);
  }

  static stationFull(maxViewers: number): StationError {
    return new StationError(
      'station_full',
      `The station already serves ${maxViewers} viewers. Try again later.`,
      5_000,
    );
  }

  static closing(): StationError {
    return new StationError('closing', 'The station is shutting down.', 5_000);
  }
}
