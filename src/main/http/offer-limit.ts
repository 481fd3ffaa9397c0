import type { FastifyRequest } from 'fastify';
import { StationError } from '../../shared/errors.ts';
import { networkOf } from '../access/addresses.ts';
import { TryBudgets } from '../access/try-budgets.ts';
import { remoteAddress } from './access.ts';

/** A wall of sixteen Tiles begins at once, and so do all of a machine's walls when the station is back. */
const offersPerSpan = 40;
const spanMs = 1_000;

/**
 * How many sessions one machine may ask for: to read an offer and open sockets for it takes some milliseconds, which a flood would
 * take from the pictures of everybody else. What is refused counts too.
 */
export class OfferLimit {
  readonly #budgets = new TryBudgets(offersPerSpan, spanMs);

  /** The refusal of a request for a session, or undefined where it may go on. */
  refusal(request: FastifyRequest): StationError | undefined {
    const waitMs = this.#budgets.of(networkOf(remoteAddress(request))).spend();
    return waitMs > 0 ? StationError.tooManyOffers(waitMs) : undefined;
  }
}
