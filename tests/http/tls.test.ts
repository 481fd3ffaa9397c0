import { generateKeyPairSync } from 'node:crypto';
import { request } from 'node:https';
import { expect, test } from 'vitest';
import { selfSigned } from '../../src/main/access/self-signed.ts';
import type { HttpDoor, TlsPair } from '../../src/main/http/server.ts';
import { connectTo, openDoor, receiveAll, sendRaw } from './door.ts';

function newPair(): TlsPair {
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const certPem = selfSigned(key, 'lab', ['localhost', '127.0.0.1']);
  return { certPem, keyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

interface Seen {
  readonly status: number;
  readonly text: string;
}

/** One request by somebody who trusts this certificate and no other. */
function ask(door: HttpDoor, { certPem }: TlsPair, headers: Record<string, string> = {}): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: door.port, path: '/healthz', ca: certPem, agent: false, headers };
    const asked = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

test('An encrypted door answers whoever trusts its certificate', async () => {
  const pair = newPair();
  const door = await openDoor({ tls: pair });
  expect(door.url).toBe(`https://127.0.0.1:${door.port}/`);
  expect(await ask(door, pair)).toEqual({ status: 200, text: 'ok' });
  await expect(ask(door, newPair())).rejects.toThrow(/self-signed certificate/);
});

test('An encrypted door has pages of its own origin, and none of the plain one', async () => {
  const pair = newPair();
  const door = await openDoor({ tls: pair });
  const host = `127.0.0.1:${door.port}`;
  expect((await ask(door, pair, { origin: `https://${host}` })).status).toBe(200);
  expect((await ask(door, pair, { origin: `http://${host}` })).status).toBe(403);
  expect((await ask(door, pair, { host: '127.0.0.1' })).status).toBe(421);
});

test('An encrypted door says nothing to whoever does not encrypt', async () => {
  const door = await openDoor({ tls: newPair() });
  expect(await sendRaw(door, `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${door.port}\r\n\r\n`)).toBe('');
});

test('An encrypted door takes another certificate while it is open', async () => {
  const [first, second] = [newPair(), newPair()];
  const door = await openDoor({ tls: first });
  expect((await ask(door, first)).status).toBe(200);
  door.useTls(second);
  expect((await ask(door, second)).status).toBe(200);
  await expect(ask(door, first)).rejects.toThrow();
});

test('An encrypted door lets no machine have more than half of its connections', async () => {
  const pair = newPair();
  const door = await openDoor({ tls: pair });
  await Promise.all(Array.from({ length: 128 }, () => connectTo(door, '127.0.0.2')));
  expect(await receiveAll(await connectTo(door, '127.0.0.2'))).toBe('');
  expect(await ask(door, pair)).toEqual({ status: 200, text: 'ok' });
});
