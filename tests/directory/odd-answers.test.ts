import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test } from 'vitest';
import { askStatus } from '../../src/main/directory/ask-status.ts';
import { StationForwarder } from '../../src/main/directory/station-forwarder.ts';
import { openLab } from './lab.ts';

const everywhere = () => true;

/** Something at the address of a station that begins each answer so, and never ends one. */
async function openOdd(answer: string) {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.write(`HTTP/1.1 ${answer}\r\nConnection: upgrade\r\nUpgrade: any\r\n\r\n`));
  }).listen(0, '127.0.0.1');
  const isLeft = once(server, 'connection').then(([socket]) => once(socket as Socket, 'close'));
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const { file } = await openLab();
  const url = `http://127.0.0.1:${port}`;
  file.stations.add({ id: 'odd', name: 'Odd', type: 'robot', webrtc_url: url, rtsp_url: null, access: 'open' });
  return { stations: file.stations, isLeft };
}

const upgrade = '101 Switching Protocols';

describe('What answers as no station does', () => {
  test.each([
    [upgrade, 504],
    ['205 Reset Content', 205],
    ['600 Whatever', 502],
  ])('is told from one, and the connection ends: %s', async (answer, status) => {
    const { stations, isLeft } = await openOdd(answer);
    const log = pino({ level: 'silent' });
    const forwarder = new StationForwarder({ stations, ownDoor: () => null, log, mayAsk: everywhere });
    const told = await forwarder.forward('odd', { method: 'GET', path: '/api/state', headers: {}, body: null });
    expect(told.status).toBe(status);
    await isLeft;
  });

  test('keeps nobody waiting who asks how it is, since the other stations are asked after it', async () => {
    const { stations, isLeft } = await openOdd(upgrade);
    const place = stations.place('odd');
    expect(place && (await askStatus(place, 'a-ticket', everywhere))).toBe('offline');
    await isLeft;
  });
});
