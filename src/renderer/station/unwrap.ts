import type { Result } from '../../shared/bridge.ts';
import { Refusal } from './client.ts';

/** Takes the value out of what came over the Bridge. @throws Refusal where there is none. */
export function unwrap<T>(result: Result<T>): T {
  if ('ok' in result) return result.ok;
  throw new Refusal(result.error.reason, result.error.message, result.error.retryAfterMs);
}
