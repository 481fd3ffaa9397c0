import * as v from 'valibot';
import type { StationApi } from '../../../shared/api.ts';
import { handler, type Handler } from '../handler.ts';
import type { Route } from '../routes.ts';
import { documentOf, type OpenApiDocument } from './document.ts';
import { pageOf, pageSecurityPolicy } from './page.ts';

const about = {
  summary: 'Describes all addresses of the door, as OpenAPI or, for browsers, as a page.',
  answers: {
    200: { json: v.looseObject({ openapi: v.literal('3.1.1'), paths: v.looseObject({}) }), mediaType: 'text/html' },
  },
};

/**
 * The handler of the URL that describes the door.
 * @param routes All of the door, asked for when somebody wants to read of them.
 * @param asks Whether the door asks who comes.
 */
export function docsHandler(routes: () => readonly Route[], station: StationApi, asks: boolean): Handler {
  let document: OpenApiDocument | null = null;
  return handler(about, (request, reply) => {
    // What a door is does not change while it is open.
    document ??= documentOf(routes(), station.state().station.version, asks);
    reply.header('vary', 'Origin, Accept');
    if (!/\btext\/html\b/.test(request.headers.accept ?? '')) return document;
    reply.headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': pageSecurityPolicy });
    return pageOf(document);
  });
}
