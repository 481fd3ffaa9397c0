import type { Socket } from 'node:net';

/** Over TCP the length goes before each packet (RFC 4571 §2). */
const lengthBytes = 2;

/** The first packet, or null as long as it is not whole. */
export function firstFrame(received: Buffer): Buffer | null {
  if (received.length < lengthBytes) return null;
  const end = lengthBytes + received.readUInt16BE(0);
  return received.length < end ? null : received.subarray(lengthBytes, end);
}

/** Writes a packet; those of one turn of the event loop go in one system call. */
export function writeFrame(socket: Socket, packet: Buffer): void {
  if (socket.writableCorked === 0) {
    socket.cork();
    process.nextTick(() => socket.uncork());
  }
  const length = Buffer.allocUnsafe(lengthBytes);
  length.writeUInt16BE(packet.length);
  socket.write(length);
  socket.write(packet);
}
