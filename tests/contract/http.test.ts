import { pino } from 'pino';
import { openHttpDoor } from '../../src/main/http/server.ts';
import { httpClient } from './http-client.ts';
import { stationApiContract } from './station-api.contract.ts';

stationApiContract('the HTTP door', async (station) => {
  const log = pino({ level: 'silent' });
  const door = await openHttpDoor({ station, host: '127.0.0.1', port: 0, assetsDir: null, allowedOrigins: [], log });
  return { client: httpClient(door.url), close: () => door.close() };
});
