import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { contentSecurityPolicy } from '../../shared/content-security.ts';

/** The kiosk page's own scheme: it has a real origin, which `file:` pages have not. */
export const pageScheme = 'app';
export const pageOrigin = `${pageScheme}://eyepiece`;

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/**
 * Answers the page's requests for its own files. They are listed once, so that no path of a request ever reaches the file
 * system.
 * @param pageDir The built page.
 */
export function pageResponder(pageDir: string): (request: Request) => Promise<Response> {
  const files = new Map(listFiles(pageDir).map((file) => [`/${relative(pageDir, file).split(sep).join('/')}`, file]));
  const index = files.get('/index.html');
  if (index) files.set('/', index);

  return async ({ method, url }) => {
    const { host, pathname } = new URL(url);
    const file = files.get(pathname);
    if (`${pageScheme}://${host}` !== pageOrigin || method !== 'GET' || !file) {
      return answer(404, 'text/plain', 'Not found');
    }
    return answer(200, contentTypes[extname(file)] ?? 'application/octet-stream', await readFile(file));
  };
}

function listFiles(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function answer(status: number, contentType: string, body: string | Buffer<ArrayBuffer>): Response {
  return new Response(body, {
    status,
    headers: {
      'content-type': contentType,
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    },
  });
}
