import { createHash } from 'node:crypto';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { classes, Message, methods, parseMessage } from 'werift';
import { onTestFinished } from 'vitest';

async function listen(heard: (data: Buffer, from: RemoteInfo) => void): Promise<Socket> {
  const server = createSocket('udp4', heard);
  onTestFinished(() => void server.close());
  await new Promise<void>((bound) => server.bind(0, '127.0.0.1', bound));
  return server;
}

/** A STUN server on loopback that answers only when it is told to, and then with 192.0.2.99:4242. */
export async function slowStunServer() {
  const asked: { request: Buffer; from: RemoteInfo }[] = [];
  const server = await listen((request, from) => asked.push({ request, from }));
  return {
    url: `stun:127.0.0.1:${server.address().port}`,
    asked,
    answer: () => {
      for (const { request, from } of asked) {
        // Success with XOR-MAPPED-ADDRESS (RFC 8489 §14.2).
        const head = Buffer.from([0x01, 0x01, 0, 12]);
        const mapped = [0, 0x20, 0, 8, 0, 1, 0x21 ^ 0x10, 0x12 ^ 0x92, 0x21 ^ 192, 0x12, 0xa4 ^ 2, 0x42 ^ 99];
        server.send(Buffer.concat([head, request.subarray(4, 20), Buffer.from(mapped)]), from.port, from.address);
      }
    },
  };
}

/** A TURN server on loopback (RFC 8656) that gives its relay only when it is told to, and relays nothing. */
export async function slowTurnServer() {
  const login = { username: 'lab', credential: 'secret' };
  const key = createHash('md5').update(`${login.username}:test:${login.credential}`).digest();
  const permitted: string[] = [];
  const waiting: (() => void)[] = [];
  const server = await listen((data, from) => {
    const request = parseMessage(data);
    if (!request) return;
    const answer = (messageClass: classes, attributes: readonly (readonly [string, unknown])[]) => {
      const response = new Message(request.messageMethod, messageClass, request.transactionId);
      for (const [name, value] of attributes) response.setAttribute(name as 'REALM', value);
      // RFC 8489 §9.2: who was asked for a password wants the answers signed with it.
      if (messageClass === classes.RESPONSE) response.addMessageIntegrity(key);
      server.send(response.bytes, from.port, from.address);
    };
    if (!request.attributesKeys.includes('USERNAME')) {
      answer(classes.ERROR, [
        ['ERROR-CODE', [401, 'Unauthorized']],
        ['REALM', 'test'],
        ['NONCE', Buffer.from('nonce')],
      ]);
    } else if (request.messageMethod === methods.ALLOCATE) {
      waiting.push(() =>
        answer(classes.RESPONSE, [
          ['XOR-RELAYED-ADDRESS', ['192.0.2.50', 5_050]],
          ['XOR-MAPPED-ADDRESS', [from.address, from.port]],
          ['LIFETIME', 600],
        ]),
      );
    } else if (request.attributesKeys.includes('XOR-PEER-ADDRESS')) {
      const [host] = request.getAttributeValue('XOR-PEER-ADDRESS') as [string];
      permitted.push(host);
      answer(classes.RESPONSE, []);
    }
  });
  return {
    iceServer: { urls: `turn:127.0.0.1:${server.address().port}`, ...login },
    /** The addresses that the relay was asked to let through. */
    permitted,
    waiting,
    answer: () => waiting.forEach((give) => give()),
  };
}
