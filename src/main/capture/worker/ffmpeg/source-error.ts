import type { SourceFault, SourceFaultReason } from '../../../../shared/state.ts';

/** Why a Source can't be opened or read, on its way to the place that tells the pipeline. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly fault: SourceFault;

  constructor(reason: SourceFaultReason, detail: string) {
    super(detail);
    this.fault = { reason, detail };
  }

  /** @param cause What FFmpeg or the system says of it. */
  static of(reason: SourceFaultReason, label: string, cause: string): SourceError {
    return new SourceError(reason, `${sentence(reason, label)} (${cause}).`);
  }
}

function sentence(reason: SourceFaultReason, label: string): string {
  switch (reason) {
    case 'refused':
      return `${label} refuses access`;
    case 'not_found':
      return `${label} was not found`;
    case 'unreachable':
      return `${label} does not answer`;
    case 'busy':
      return `${label} is used by another program`;
    case 'ended':
      return `${label} has ended the stream`;
    default:
      return `What ${label} gives cannot be read as pictures`;
  }
}

/** What to tell of anything that was thrown while a Source was read. */
export function asFault(error: unknown): SourceFault {
  if (error instanceof SourceError) return error.fault;
  const message = error instanceof Error ? error.message : String(error);
  return { reason: 'crashed', detail: `The reader failed: ${printable(message)}.` };
}

/** Text of foreign origin as one short line without control characters and without the password of any address in it. */
export function printable(text: string, maxLength = 160): string {
  const clean = text
    .replace(/(\w:\/\/)[^\s/@]*(?::[^\s/]*)?@/g, '$1')
    // eslint-disable-next-line no-control-regex -- control characters are what has to go.
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffd]+/g, ' ')
    .trim();
  return clean.length > maxLength ? `${clean.slice(0, maxLength)}…` : clean;
}
