import type { StationErrorReason } from '../../shared/errors.ts';
import { Refusal, type RefusalReason } from './client.ts';
import { debug } from './debug.ts';

/** The codes of the door's refusals (RFC 9457 documents) that mean something to this page. */
type KnownReason = StationErrorReason | 'no_picture' | 'not_found' | 'sign_in_refused' | 'too_many_tries';

const knownReasons: Readonly<Record<KnownReason, true>> = {
  bad_offer: true,
  offer_too_complex: true,
  no_common_codec: true,
  bad_answer: true,
  not_an_answer: true,
  already_answered: true,
  bad_ice_server: true,
  bad_candidate: true,
  unknown_stream: true,
  publisher_there: true,
  not_published: true,
  unknown_viewer: true,
  stale_session: true,
  source_offline: true,
  station_full: true,
  too_many_offers: true,
  closing: true,
  bad_arguments: true,
  bad_setting: true,
  settings_fixed: true,
  not_saved: true,
  cannot_share: true,
  locked: true,
  pin_wrong: true,
  pin_wait: true,
  pin_refused: true,
  no_pin: true,
  sign_in_needed: true,
  not_allowed: true,
  peer_unavailable: true,
  peer_busy: true,
  in_call: true,
  rang_in_vain: true,
  unknown_call: true,
  wrong_state: true,
  unknown_station: true,
  no_station_address: true,
  untrusted_station: true,
  no_directory_there: true,
  not_booked: true,
  booked_already: true,
  no_picture: true,
  not_found: true,
  sign_in_refused: true,
  too_many_tries: true,
};

/** What an answer says that is not what was asked for. */
export async function refusalOf(response: Response): Promise<Refusal> {
  const problem: unknown = await response.json().catch((error: unknown) => {
    // Whatever stands between page and station does not speak the door's dialect.
    debug('A refusal came without a reason.', error);
    return null;
  });
  const isProblem = typeof problem === 'object' && problem !== null;
  const code = isProblem && 'code' in problem ? problem.code : null;
  const title = isProblem && 'title' in problem ? problem.title : null;
  return new Refusal(
    reasonOf(code, response.status),
    typeof title === 'string' ? title : `The station refused the call with status ${response.status}.`,
    retryAfterMs(response.headers),
  );
}

function reasonOf(code: unknown, status: number): RefusalReason {
  if (typeof code === 'string' && Object.hasOwn(knownReasons, code)) return code as KnownReason;
  // A gateway that finds no station behind it.
  return status === 502 || status === 504 ? 'unreachable' : 'internal';
}

/** The station counts in seconds here (RFC 9110 §10.2.3 also knows dates, which it never sends). */
function retryAfterMs(headers: Headers): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}
