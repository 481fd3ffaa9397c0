import type { Result } from '../../src/shared/bridge.ts';
import type { StationErrorReason } from '../../src/shared/errors.ts';

/** What a call over the Bridge resolves with. */
export const ok = <T>(value: T): Promise<Result<T>> => Promise.resolve({ ok: value });

export const refused = (reason: StationErrorReason, message = '', retryAfterMs?: number): Promise<Result<never>> =>
  Promise.resolve({ error: { reason, message, ...(retryAfterMs !== undefined && { retryAfterMs }) } });
