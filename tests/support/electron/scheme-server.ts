import { createHash, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { selfSigned } from '../../../src/main/access/self-signed.ts';
import { handlerFor } from './protocol.ts';

/**
 * Answers `fetch` of pages of the program's own schemes, because what the DevTools protocol answers with has to be whole at once. As in
 * Electron the answer passes as it comes, a page that gives up cancels its body, and the handler's `request.signal` knows nothing of that.
 * @returns Chromium's switches that lead there.
 */
export async function startSchemeServer(): Promise<string[]> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cert = selfSigned(privateKey, 'stand-in', ['localhost']);
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const server = createSecureServer({ key, cert }, (request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return [
    // Nothing else leaves the machine, whatever a test makes a page try.
    `--host-resolver-rules=MAP *.invalid 127.0.0.1:${port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`,
    `--ignore-certificate-errors-spki-list=${createHash('sha256').update(spki).digest('base64')}`,
  ];
}

async function answer(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
  const found = handlerFor(`https://${request.authority}${request.url}`);
  if (!found) return void response.stream.destroy();
  const { method } = request;
  const headers = Object.entries(request.headers).filter(([name]) => !name.startsWith(':'));
  const {
    body,
    status,
    headers: told,
  } = await found.handle(
    new Request(found.url, {
      method,
      headers: headers.map(([name, value]) => [name, String(value)] as [string, string]),
      ...(!['GET', 'HEAD'].includes(method) && { body: Readable.toWeb(request) as ReadableStream, duplex: 'half' }),
    }),
  );
  response.writeHead(status, Object.fromEntries(told));
  if (!body) return void response.end();
  const chunks = Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]);
  // An answer that breaks off breaks off for the page.
  chunks.on('error', () => response.stream.destroy());
  response.on('close', () => chunks.destroy());
  chunks.pipe(response);
}
