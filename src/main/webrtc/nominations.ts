import { CandidatePairState, Message, type CandidatePair, type IceConnection } from 'werift';
import { intercept } from './intercept.ts';

/** Browsers check the pair that they use every 2.5 seconds at least. */
const silentMs = 3_000;

/**
 * Follows the Player to another pair: a browser that finds UDP after it has begun over TCP nominates that; one that loses a network
 * goes on over another, and checks the old pair no more. werift stays with the first pair until ICE is restarted.
 */
export function followNominations(connection: IceConnection): void {
  let checkedAtMs = Number.NEGATIVE_INFINITY;
  intercept(connection, 'checkIncoming', (original) => (...args) => {
    original(...args);
    const [check, from, protocol] = args;
    const { nominated, iceControlling } = connection;
    const pair = connection.candidatePairs.find((each) => each.protocol === protocol && isFrom(each, from));
    const nowMs = performance.now();
    if (pair && nominated && pair !== nominated && !iceControlling && pair.state === CandidatePairState.SUCCEEDED) {
      const isBetter = isNomination(check) && pair.priority > nominated.priority;
      if (isBetter || nowMs - checkedAtMs > silentMs) connection.nominated = pair;
    }
    if (pair === connection.nominated) checkedAtMs = nowMs;
  });
}

function isNomination(check: unknown): boolean {
  return check instanceof Message && check.attributesKeys.includes('USE-CANDIDATE');
}

function isFrom({ remoteAddr: [host, port] }: CandidatePair, from: unknown): boolean {
  return Array.isArray(from) && from[0] === host && from[1] === port;
}
