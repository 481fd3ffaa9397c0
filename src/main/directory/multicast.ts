import { EventEmitter } from 'node:events';
import bonjour from 'bonjour-service';
import type { Logger } from 'pino';

/** What stations of Eyepiece are found under (DNS-SD, RFC 6763): `_eyepiece._tcp`. */
export const serviceType = 'eyepiece';

/** Multicast DNS (RFC 6762) on one network of the machine, and on no other. @param address The machine's own there, IPv4. */
export function openMulticast(address: string, log: Logger): bonjour.Bonjour {
  const options: Partial<bonjour.ServiceConfig> & { readonly interface: string; readonly bind: string } = {
    interface: address,
    bind: '0.0.0.0',
  };
  const opened = new bonjour.Bonjour(options, (error: unknown) => log.debug({ err: error }, 'An answer was not sent.'));
  const socket = multicastOf(opened);
  const emit = socket.emit.bind(socket);
  // The library reads what anybody on the network sends, and throws where nobody can catch: a station must not end of that.
  socket.emit = (name: string, ...args: unknown[]): boolean => {
    try {
      return emit(name, ...args);
    } catch (error) {
      log.debug({ err: error }, 'A multicast message was not understood, or multicast does not work here.');
      return false;
    }
  };
  const send = socket.send.bind(socket);
  // It also names the addresses that the machine has on other networks, which are nobody's business on this one.
  const isToldHere = ({ type, data }: MulticastRecord): boolean => !['A', 'AAAA'].includes(type) || data === address;
  socket.send = ({ answers, additionals, ...message }, ...rest) => {
    const told = answers && { answers: answers.filter(isToldHere) };
    send({ ...message, ...told, ...(additionals && { additionals: additionals.filter(isToldHere) }) }, ...rest);
  };
  return opened;
}

interface MulticastRecord {
  readonly type: string;
  readonly data: unknown;
}

/** The library's end of the network. */
interface MulticastSocket extends EventEmitter<Record<string, unknown[]>> {
  send: (
    message: { readonly answers?: readonly MulticastRecord[]; readonly additionals?: readonly MulticastRecord[] },
    ...rest: unknown[]
  ) => void;
}

/** Where the library keeps what tells of arriving messages and of errors, and sends. */
function multicastOf(opened: bonjour.Bonjour): MulticastSocket {
  const server: unknown = Reflect.get(opened, 'server');
  const socket: unknown = typeof server === 'object' && server !== null ? Reflect.get(server, 'mdns') : null;
  if (socket instanceof EventEmitter && 'send' in socket) return socket as MulticastSocket;
  throw new Error('bonjour-service has changed.');
}
