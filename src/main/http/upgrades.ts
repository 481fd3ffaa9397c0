import { ServerResponse, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { CallSockets } from './call-sockets.ts';

/** The path of a call's socket; the id is the station's own and has no other signs. */
const callSocketPath = /^\/ws\/webrtc\/([\w-]{1,64})$/;

/** Whether a request may become a socket: only on a call, and nowhere else. */
export function isCallUpgrade({ url, headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket' && callSocketPath.test(url ?? '');
}

/**
 * Leads whoever asks for another protocol through the same gate as everybody else.
 * @param passesGate False where it has answered with a refusal. Only what `isCallUpgrade` describes passes.
 */
export function serveUpgrades(
  server: Server,
  passesGate: (request: IncomingMessage, response: ServerResponse<IncomingMessage>) => boolean,
  sockets: CallSockets,
): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Node has let go of the connection: nobody else listens to it any more.
    socket.on('error', () => socket.destroy());
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(request.socket);
    // Whoever is refused and keeps its own end open must not keep one of the door's connections with it.
    response.on('finish', () => request.socket.destroySoon());
    if (!passesGate(request, response)) return;
    const [, callId = ''] = callSocketPath.exec(request.url ?? '') ?? [];
    void sockets.upgrade({ request, socket, head, response }, callId);
  });
}
