import { createServer, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { sampleState } from '../../contract/fake-station.ts';

const event = `event: state\ndata: ${JSON.stringify(sampleState())}\n\n`;

/** What answers at a station's address, and can be told to fall silent as a pulled cable does: what is sent to it is lost. */
export interface FakeStationServer {
  readonly url: URL;
  /** The addresses that were asked for, the newest last. */
  readonly asked: readonly string[];
  /** Connections that have been opened to it so far. */
  connections(): number;
  fallSilent(): void;
  /** Has no place for whoever wants to be told its state. */
  refuseListeners(): void;
  answerAgain(): void;
}

export async function openFakeStationServer(): Promise<FakeStationServer> {
  const sockets = new Set<Socket>();
  const open = new Set<ServerResponse>();
  const asked: string[] = [];
  let mood: 'well' | 'silent' | 'full' = 'well';
  let connections = 0;
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    if (mood === 'silent') return;
    if (url.startsWith('/whep/')) return void response.writeHead(201, { location: '/whep/sessions/one' }).end('answer');
    if (!url.startsWith('/api/events')) return void response.end(JSON.stringify(sampleState()));
    if (mood === 'full') return void response.writeHead(503).end();
    open.add(response);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(event);
  });
  const teller = setInterval(() => {
    for (const response of open) response.write(event);
  }, 50);
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    clearInterval(teller);
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
    asked,
    connections: () => connections,
    fallSilent: () => {
      mood = 'silent';
      for (const response of open) response.destroy();
      open.clear();
    },
    refuseListeners: () => (mood = 'full'),
    answerAgain: () => (mood = 'well'),
  };
}
