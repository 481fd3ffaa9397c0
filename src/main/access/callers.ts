import { AsyncLocalStorage } from 'node:async_hooks';
import { StationError } from '../../shared/errors.ts';
import type { Caller, Standing } from './rights.ts';

/**
 * On whose behalf a door's station is asked. The handlers of a door need not pass that on, so that none can forget to, whoever adds
 * one.
 */
export class Callers {
  readonly #current = new AsyncLocalStorage<Caller>();

  run(caller: Caller, work: () => void): void {
    this.#current.run(caller, work);
  }

  /** @throws StationError `sign_in_needed` where nobody is known to ask, or what let the caller in has ended. */
  require(): { readonly caller: Caller; readonly standing: Standing } {
    const caller = this.#current.getStore();
    const standing = caller?.standing();
    if (!caller || !standing) throw StationError.signInNeeded();
    return { caller, standing };
  }
}
