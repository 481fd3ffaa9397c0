import type { SourceFault, SourceFaultReason } from '../../shared/state.ts';
import type { PublisherEnd } from '../../shared/stream-event.ts';
import { WrongCertificate } from './pinned-agent.ts';

/** Why another station gives no pictures, thrown where that is found out. */
export class OtherStationFault extends Error {
  override readonly name = 'OtherStationFault';
  readonly fault: SourceFault;

  /** @param detail A whole sentence. */
  constructor(reason: SourceFaultReason, detail: string) {
    super(detail);
    this.fault = { reason, detail };
  }
}

/** What a refusal of the door means (RFC 9457 titles are not repeated: they speak to the other one's own viewers). */
export function refusal(status: number, { url, hasToken }: { readonly url: string; readonly hasToken: boolean }) {
  switch (status) {
    case 401:
      return new OtherStationFault(
        'refused',
        hasToken
          ? `The station at ${url} takes this token no longer, or never did.`
          : `The station at ${url} asks for a token.`,
      );
    case 403:
      return new OtherStationFault('refused', `The token does not allow this stream of the station at ${url}.`);
    case 404:
      return new OtherStationFault('not_found', `The station at ${url} has no such stream.`);
    case 409:
      return new OtherStationFault('away_there', `The detector is not connected to the station at ${url}.`);
    case 429:
    case 503:
      return new OtherStationFault('busy', `The station at ${url} takes no more viewers at the moment.`);
    default:
      return new OtherStationFault('bad_output', `What is at ${url} answers with ${status}, as no station does.`);
  }
}

/** What Node says of a certificate that this machine does not trust. */
const untrusted = /^(?:DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_|ERR_TLS_CERT_)/;

/** What went wrong on the way to it. */
export function faultOf(error: unknown, url: string): SourceFault {
  if (error instanceof OtherStationFault) return error.fault;
  if (error instanceof WrongCertificate) {
    const detail = `What answers at ${url} has a certificate with another fingerprint: ${error.shown || 'none'}.`;
    return { reason: 'not_trusted', detail };
  }
  const { code } = error instanceof Error && 'code' in error ? error : { code: undefined };
  const name = typeof code === 'string' && /^[A-Z_]{1,40}$/.test(code) ? code : null;
  if (name && untrusted.test(name)) {
    const detail = `This machine does not trust the certificate at ${url} (${name}). Give its fingerprint in station.json.`;
    return { reason: 'not_trusted', detail };
  }
  return { reason: 'unreachable', detail: `No station answers at ${url}${name ? ` (${name})` : ''}.` };
}

/** Why a session that was answered has ended. */
export function faultOfEnd(reason: PublisherEnd, url: string): SourceFault {
  switch (reason) {
    case 'closed_by_peer':
      return { reason: 'ended', detail: `The station at ${url} has ended the session.` };
    case 'ice_failed':
    case 'connect_timeout':
      return { reason: 'unreachable', detail: `The station at ${url} answers, but its pictures do not get through.` };
    case 'misbehaved':
      return { reason: 'bad_output', detail: `What the station at ${url} sends is not what was agreed on.` };
    default:
      return { reason: 'unreachable', detail: `Nothing comes from the station at ${url} any more.` };
  }
}
