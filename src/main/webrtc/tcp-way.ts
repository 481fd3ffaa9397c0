import type { Socket } from 'node:net';
import { TcpPassiveProtocol, type Address } from 'werift';
import { writeFrame } from './tcp-frame.ts';
import type { TcpSeat } from './tcp-ports.ts';

/** A Player has one, and another one after it has lost that. */
const maxConnections = 8;

/** One session's connections over TCP to one address of the station. werift's own has a listening socket for each session. */
export class TcpWay extends TcpPassiveProtocol {
  #seat: TcpSeat | null = null;

  /** Where this session's Players find it from now on. */
  sit(address: string, seat: TcpSeat): void {
    this.localIp = address;
    this.#seat = seat;
  }

  /** Takes a connection of this session's Player, that is paused. */
  take(socket: Socket): void {
    const { remoteAddress, remotePort } = socket;
    if (remoteAddress === undefined || remotePort === undefined || this.activeSocketCount >= maxConnections) {
      socket.destroy();
      return;
    }
    this.registerSocket(socket, [remoteAddress, remotePort]);
  }

  /** Drops the packet where the connection is gone. */
  write(packet: Buffer, to: Address): void {
    const socket = this.getOpenSocket(to)?.socket;
    if (socket) writeFrame(socket, packet);
  }

  /** What this process still has of what was written; the system may hold some more. */
  backlogBytes(to: Address): number {
    return this.getOpenSocket(to)?.socket.writableLength ?? 0;
  }

  /** Ends them once all is sent, but waits for nobody who does not take it. */
  override pruneForSelection(selected?: Address): Promise<void> {
    for (const { socket, remoteAddr: from } of [...this.sockets.values()]) {
      if (selected && from && from[0] === selected[0] && from[1] === selected[1]) continue;
      if (from) this.sockets.delete(`${from[0]}:${from[1]}`);
      socket.uncork();
      if (socket.writableLength === 0) socket.destroySoon();
      else socket.destroy();
    }
    return Promise.resolve();
  }

  override async close(): Promise<void> {
    this.#seat?.leave();
    await super.close();
  }
}
