import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Begins an answer of server-sent events.
 * @param whenClosed Called once, when it has ended, whoever ended it.
 * @returns Null where the client is gone already; `whenClosed` is not called then.
 */
export function openEventStream(
  request: FastifyRequest,
  reply: FastifyReply,
  whenClosed: () => void,
): ServerResponse | null {
  const response = reply.hijack().raw;
  // Finding out who asks takes time. Of a connection that ended meanwhile, `close` has been told and never is again.
  if (request.raw.socket.destroyed) return null;
  response.on('close', whenClosed);
  response.on('error', (error) => request.log.debug({ err: error }, 'A listener went away while it was sent to.'));
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  return response;
}

/** One event as text. An event without data is none (HTML standard §9.2.6), so there is always some. */
export function eventText(name: string, data: object = {}): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
