import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { Problem } from './problem.ts';

/** A link to one Stream. The page reads it, and not the door, whose answer so tells nobody which Streams there are. */
const linkUrl = '/v/:streamId(^[^/]+$)';

/**
 * Serves the built page. Each file that exists now becomes a route of its own, so that no path of a request ever reaches
 * the file system; files that come later are not served until the next start.
 * @param assetsDir The folder with `index.html`, or null; without it the page's addresses say that the page is not built.
 */
export async function registerAssets(app: FastifyInstance, assetsDir: string | null): Promise<void> {
  if (assetsDir === null || !existsSync(join(assetsDir, 'index.html'))) {
    for (const url of ['/', linkUrl]) {
      app.get(url, { config: { right: 'public' } }, () => {
        throw new Problem(503, 'page_not_built', 'The page is not built; run npm run build.');
      });
    }
    return;
  }
  // The builder puts a hash of the content into the names of the files in this folder.
  const hashedDir = join(assetsDir, 'assets') + sep;
  await app.register(async (files) => {
    // The page is the same at every station and shows nothing by itself; signing in is a part of it.
    files.addHook('onRoute', (route) => {
      route.config = { ...route.config, right: 'public' };
    });
    await files.register(fastifyStatic, {
      root: assetsDir,
      wildcard: false,
      cacheControl: false,
      setHeaders(reply, path) {
        const isHashed = path.startsWith(hashedDir);
        reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
    files.get(linkUrl, (_request, reply) => reply.sendFile('index.html'));
  });
}
