import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { contentSecurityPolicy } from '../../shared/content-security.ts';

/** The kiosk page's own scheme: it has a real origin, which `file:` pages have not. */
export const pageScheme = 'app';
export const pageOrigin = `${pageScheme}://eyepiece`;
/** The wall. */
export const pageUrl = `${pageOrigin}/`;

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

/** A page that is made when it is asked for, because it says how things are at this instant. */
export type MadePages = ReadonlyMap<string, () => string>;

/**
 * Answers the page's requests for its own files. They are listed once, so that no path of a request ever reaches the file
 * system.
 * @param pageDir The built page.
 * @param madePages By path, such as `/safe.html`; the ending says what each is.
 */
export function pageResponder(pageDir: string, madePages: MadePages): (request: Request) => Promise<Response> {
  const files = new Map(listFiles(pageDir).map((file) => [`/${relative(pageDir, file).split(sep).join('/')}`, file]));
  const index = files.get('/index.html');
  if (index) files.set('/', index);

  return async ({ method, url }) => {
    const { host, pathname } = new URL(url);
    const isOwn = `${pageScheme}://${host}` === pageOrigin && method === 'GET';
    const made = isOwn ? madePages.get(pathname) : undefined;
    if (made) return answer(200, typeOf(pathname), made());
    const file = isOwn ? files.get(pathname) : undefined;
    if (file) return answer(200, typeOf(file), await readFile(file));
    return answer(404, 'text/plain', 'Not found');
  };
}

function typeOf(path: string): string {
  return contentTypes[extname(path)] ?? 'application/octet-stream';
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
      // Lets us log where a page hangs.
      'document-policy': 'include-js-call-stacks-in-crash-reports',
    },
  });
}
