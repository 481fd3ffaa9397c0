import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Places } from './places.ts';
import { Problem } from './problem.ts';

/** Listeners to one kind of events at a door. Each holds a connection too. */
export const maxListeners = 128;

/**
 * Begins an answer of server-sent events.
 * @param places Those for listeners like this one.
 * @param whenClosed Called once, when it has ended, whoever ended it, or at once where it does not even begin.
 * @returns Null where the client is gone already.
 * @throws Problem `busy`.
 */
export function openEventStream(
  request: FastifyRequest,
  reply: FastifyReply,
  places: Places,
  whenClosed: () => void,
): ServerResponse | null {
  // Finding out who asks takes time. Of a connection that ended meanwhile, `close` has been told and never is again.
  if (request.raw.socket.destroyed) {
    reply.hijack();
    whenClosed();
    return null;
  }
  const leave = places.take(request.ip);
  if (!leave) {
    whenClosed();
    throw Problem.busy();
  }
  const response = reply.hijack().raw;
  response.on('close', () => {
    leave();
    whenClosed();
  });
  response.on('error', (error) => request.log.debug({ err: error }, 'A listener went away while it was sent to.'));
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  return response;
}

/** One event as text. An event without data is none (HTML standard §9.2.6), so there is always some. */
export function eventText(name: string, data: object = {}): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
