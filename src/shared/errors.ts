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
  /** The text is not an answer to the station's offer. */
  | 'bad_answer'
  /** The description's type is another than `answer`. */
  | 'not_an_answer'
  /** The session has its answer, or was opened by the Player's own offer and needs none. */
  | 'already_answered'
  /** The caller may not make the station use this ICE server, or it can't be read. */
  | 'bad_ice_server'
  /** The trickled candidates or ICE credentials can't be read. */
  | 'bad_candidate'
  /** No stream has this id. */
  | 'unknown_stream'
  /** Somebody publishes to this stream already. */
  | 'publisher_there'
  /** The pictures of this stream come from elsewhere: nobody can publish to it. */
  | 'not_published'
  /** No viewer has this id, or it has gone. */
  | 'unknown_viewer'
  /** The call names a state of the session that is no longer the newest (RFC 9725 §4.3.1: If-Match). */
  | 'stale_session'
  /** The detector is away; the station keeps trying. */
  | 'source_offline'
  /** As many viewers as the station is set to serve. */
  | 'station_full'
  /** One machine asks for more sessions at a time than any wall needs. */
  | 'too_many_offers'
  /** The station is shutting down. */
  | 'closing'
  /** The arguments of the call are not of the kind it takes. */
  | 'bad_arguments'
  /** The new setting makes no sense; the message says why. */
  | 'bad_setting'
  /** The settings were given on the command line and can't be changed while the station runs. */
  | 'settings_fixed'
  /** The settings could not be written to the disk; nothing was changed. */
  | 'not_saved'
  /** The station can't be shared on the network now; the message says why. */
  | 'cannot_share'
  /** The kiosk is locked. */
  | 'locked'
  /** That is not the PIN. */
  | 'pin_wrong'
  /** Too many wrong PINs; a next try is taken after `retryAfterMs`. */
  | 'pin_wait'
  /** The PIN is not six digits, too easy to guess, or was not typed the same twice. */
  | 'pin_refused'
  /** There is no PIN yet, so there is nothing to lock with. */
  | 'no_pin'
  /** Nobody has signed in, or what let the caller in has ended. */
  | 'sign_in_needed'
  /** Whoever is called is not there, or is who calls. */
  | 'peer_unavailable'
  /** Whoever is called is in a call, or being rung. */
  | 'peer_busy'
  /** Whoever calls is in a call already. */
  | 'in_call'
  /** Nobody has answered there several times; it may ring there again after `retryAfterMs`. */
  | 'rang_in_vain'
  /** There is no such call, or it is somebody else's. */
  | 'unknown_call'
  /** The call is in a state in which this makes no sense; the message says which. */
  | 'wrong_state'
  /** The directory has no station of that id or type. */
  | 'unknown_station'
  /** The directory has no address of the station that it can use; the message says what to do. */
  | 'no_station_address'
  /** Nothing answers at the address of a lab's directory, or nothing that is one; the message says which. */
  | 'no_directory_there'
  /** What answers at the station's address has another certificate than before. */
  | 'untrusted_station'
  /** The station is another one's now, or nobody's; the message says when it is the caller's. */
  | 'not_booked'
  /** Somebody has booked the station for a part of that time. */
  | 'booked_already'
  /** Whoever has come in may not do this, or not with this stream. */
  | 'not_allowed';

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

  static badAnswer(what: string): StationError {
    return new StationError('bad_answer', `That is not an answer to the station's offer: ${what}.`);
  }

  static notAnAnswer(): StationError {
    return new StationError('not_an_answer', 'The type of the description must be "answer".');
  }

  static alreadyAnswered(): StationError {
    return new StationError('already_answered', 'This session has its answer already.');
  }

  static badIceServer(what: string): StationError {
    return new StationError('bad_ice_server', `The ICE servers cannot be used: ${what}.`);
  }

  static badCandidate(what: string): StationError {
    return new StationError('bad_candidate', `The candidates cannot be used: ${what}.`);
  }

  static unknownStream(): StationError {
    return new StationError('unknown_stream', 'There is no such stream on this station.');
  }

  static publisherThere(): StationError {
    return new StationError(
      'publisher_there',
      'Somebody publishes to this stream already. Choose another id, or try again when he has gone.',
      5_000,
    );
  }

  static notPublished(): StationError {
    return new StationError(
      'not_published',
      'This stream has a detector of its own. Publish to another id, or to a stream of the kind "published".',
    );
  }

  static badStreamId(): StationError {
    return new StationError(
      'bad_setting',
      'The id of a stream must be lower-case letters, digits and hyphens, at most 63, and begin with a letter or digit.',
    );
  }

  static cannotTake(): StationError {
    return new StationError(
      'no_common_codec',
      'The station takes H.264 (packetization-mode=1) and VP8, and this offer has neither.',
    );
  }

  static tooManyStreams(maxStreams: number): StationError {
    return new StationError('station_full', `The station already has ${maxStreams} streams. Try again later.`, 5_000);
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

  static tooManyOffers(retryAfterMs: number): StationError {
    return new StationError(
      'too_many_offers',
      'Too many sessions were asked for at a time. Try again later.',
      retryAfterMs,
    );
  }

  static closing(): StationError {
    return new StationError('closing', 'The station is shutting down.', 5_000);
  }

  static badArguments(what: string): StationError {
    return new StationError('bad_arguments', `${what} of this call is not of the kind it takes.`);
  }

  /** @param what A whole sentence. */
  static badSetting(what: string): StationError {
    return new StationError('bad_setting', what);
  }

  static settingsFixed(): StationError {
    return new StationError(
      'settings_fixed',
      'The streams were given on the command line. Start Eyepiece without --camera and --source to change them here.',
    );
  }

  static notSaved(what: string): StationError {
    return new StationError('not_saved', `The settings could not be saved, so nothing was changed: ${what}.`);
  }

  /** @param what A whole sentence. */
  static cannotShare(what: string): StationError {
    return new StationError('cannot_share', what);
  }

  static locked(): StationError {
    return new StationError('locked', 'The kiosk is locked. Unlock it with the PIN first.');
  }

  static pinWrong(): StationError {
    return new StationError('pin_wrong', 'That is not the PIN.');
  }

  static pinWait(retryAfterMs: number): StationError {
    return new StationError('pin_wait', 'Too many wrong PINs. Wait before the next try.', retryAfterMs);
  }

  /** @param what A whole sentence. */
  static pinRefused(what: string): StationError {
    return new StationError('pin_refused', what);
  }

  static noPin(): StationError {
    return new StationError('no_pin', 'Choose a PIN first.');
  }

  static signInNeeded(): StationError {
    return new StationError('sign_in_needed', 'Sign in, or open the link or scan the code that the station shows.');
  }

  /** @param what A whole sentence. */
  static peerUnavailable(what: string): StationError {
    return new StationError('peer_unavailable', what);
  }

  static peerBusy(): StationError {
    return new StationError('peer_busy', 'The line is busy. Try again later.');
  }

  static inCall(): StationError {
    return new StationError('in_call', 'You are in a call already. End it first.');
  }

  static rangInVain(retryAfterMs: number): StationError {
    const minutes = Math.ceil(retryAfterMs / 60_000);
    const when = `in ${minutes} minute${minutes === 1 ? '' : 's'}`;
    return new StationError(
      'rang_in_vain',
      `Nobody answered your last calls there. You can call there again ${when}.`,
      retryAfterMs,
    );
  }

  static unknownCall(): StationError {
    return new StationError('unknown_call', 'There is no such call, or it is somebody else’s.');
  }

  /** @param what A whole sentence. */
  static wrongState(what: string): StationError {
    return new StationError('wrong_state', what);
  }

  static unknownStation(): StationError {
    return new StationError('unknown_station', 'The directory has no such station.');
  }

  /** @param what A whole sentence. */
  static noStationAddress(what: string): StationError {
    return new StationError('no_station_address', what);
  }

  /** @param what A whole sentence. */
  static noDirectoryThere(what: string): StationError {
    return new StationError('no_directory_there', what);
  }

  static untrustedStation(): StationError {
    return new StationError(
      'untrusted_station',
      'What answers at the address of this station has another certificate than before. Where that is right, an admin saves the address again.',
    );
  }

  /** @param what A whole sentence. @param retryAfterMs How long it is until the caller's own booking begins, where there is one. */
  static notBooked(what: string, retryAfterMs?: number): StationError {
    return new StationError('not_booked', what, retryAfterMs);
  }

  static bookedAlready(): StationError {
    return new StationError('booked_already', 'The station is booked for a part of that time already.');
  }

  static notAllowed(): StationError {
    return new StationError('not_allowed', 'That is more than your access allows.');
  }
}
