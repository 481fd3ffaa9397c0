import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { isPortClosed } from '../../src/main/webrtc/far-port.ts';

async function openPort(address: string): Promise<{ port: number; close: () => Promise<unknown> }> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4').bind(0, address);
  await once(socket, 'listening');
  return { port: socket.address().port, close: () => once(socket.close(), 'close') };
}

it.for(['127.0.0.1', '::1'])(
  'A UDP port of %s is known to be closed once its program has gone, and not before',
  async (address) => {
    const program = await openPort(address);
    expect(await isPortClosed(address, program.port, 200)).toBe(false);
    await program.close();
    expect(await isPortClosed(address, program.port, 10_000)).toBe(true);
  },
);

it('An address that cannot be sent to says nothing of its ports', async () => {
  // To everybody at once, which the system does not let just anybody do.
  expect(await isPortClosed('255.255.255.255', 9, 10_000)).toBe(false);
});
