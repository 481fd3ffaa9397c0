import { Socket } from 'node:net';
import type { Logger } from 'pino';
import { StunOverTurnProtocol, StunProtocol, UdpTransport, type CandidatePair } from 'werift';
import { isPortClosed } from './far-port.ts';
import { TcpWay } from './tcp-way.ts';

const farPortPatienceMs = 500;

/** Sends one datagram over a path. It is dropped where the path is gone. */
export function sendOver({ protocol, remoteAddr }: CandidatePair, datagram: Buffer, log: Logger): void {
  if (protocol instanceof StunProtocol) {
    if (!protocol.transport.closed) protocol.transport.socket.send(datagram, remoteAddr[1], remoteAddr[0]);
  } else if (protocol instanceof TcpWay) {
    protocol.write(datagram, remoteAddr);
  } else {
    protocol.sendData(datagram, remoteAddr).catch((error: unknown) => {
      log.debug({ err: error }, 'a packet could not be sent over the relay');
    });
  }
}

/** As sendOver, before the path is closed: resolves when that may be done. */
export async function sendLastOver({ protocol, remoteAddr }: CandidatePair, datagram: Buffer): Promise<void> {
  if (protocol instanceof TcpWay) {
    protocol.write(datagram, remoteAddr);
  } else if (protocol instanceof StunProtocol) {
    // Node sends only after a turn of its own.
    await new Promise<void>((sent) => {
      protocol.transport.socket.send(datagram, remoteAddr[1], remoteAddr[0], () => sent());
    });
  } else {
    await protocol.sendData(datagram, remoteAddr);
  }
}

/** Whether the machine at the far end says that nobody listens there. What goes over TCP or a relay has its own way to say so. */
export async function isFarEndClosed({ protocol, remoteAddr: [address, port] }: CandidatePair): Promise<boolean> {
  return protocol instanceof StunProtocol && (await isPortClosed(address, port, farPortPatienceMs));
}

/** What the system has not taken off our hands yet, in bytes. */
export function backlogOver({ protocol, remoteAddr }: CandidatePair): number {
  if (protocol instanceof TcpWay) return protocol.backlogBytes(remoteAddr);
  if (protocol instanceof StunProtocol) return udpBacklog(protocol.transport);
  return protocol instanceof StunOverTurnProtocol ? relayBacklog(protocol) : 0;
}

function udpBacklog({ closed, socket }: UdpTransport): number {
  return closed ? 0 : socket.getSendQueueSize();
}

function relayBacklog({ turn: { transport } }: StunOverTurnProtocol): number {
  if (transport instanceof UdpTransport) return udpBacklog(transport);
  const stream: unknown = Reflect.get(transport, 'stream');
  const client: unknown = stream instanceof Object ? Reflect.get(stream, 'client') : null;
  return client instanceof Socket ? client.writableLength : 0;
}
