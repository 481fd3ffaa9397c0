import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';

/** A STUN Binding indication (RFC 8489 §6.3.2): whoever listens takes it for a keepalive, and nobody answers. */
const indication = Buffer.from('00110000' + '2112a442' + '0'.repeat(24), 'hex');

/**
 * Asks a machine whether its UDP port is closed, as it is when the program that had it has died. The system tells only a socket
 * that is connected to that port, hence one for the question.
 * @param patienceMs No answer for so long says nothing: the way there may be cut.
 */
export function isPortClosed(address: string, port: number, patienceMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    const timer = setTimeout(() => end(false), patienceMs);
    let isOver = false;
    const end = (isClosed: boolean): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      socket.close();
      resolve(isClosed);
    };
    // ICMP "port unreachable"; Windows calls it a reset. Anything else is told of the way there, not of the port.
    const onError = (error: Error & { readonly code?: string }): void =>
      end(error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET');
    socket.on('error', onError);
    const ask: (error?: Error) => void = (error) => {
      if (error) onError(error);
      else if (!isOver) socket.send(indication, (refusal) => refusal && onError(refusal));
    };
    socket.connect(port, address, ask);
  });
}
