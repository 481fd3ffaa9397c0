import { STATUS_CODES } from 'node:http';
import { problemSchema } from '../answers/problem.ts';
import type { Answer } from '../handler.ts';
import type { Route } from '../routes.ts';
import { answerSchema, namedSchemas, requestSchema, type JsonSchema } from './schemas.ts';

type Content = Readonly<Record<string, { readonly schema?: JsonSchema }>>;

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: JsonSchema;
}

interface Response {
  readonly description: string;
  readonly content?: Content;
}

/** One method of one path. */
export interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, Response | { readonly $ref: string }>>;
  readonly security?: readonly [];
}

/** The part of OpenAPI 3.1 that describes a door. */
export interface OpenApiDocument {
  readonly openapi: '3.1.1';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly [{ readonly url: '/' }];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly security?: readonly [{ readonly token: readonly [] }];
}

const description =
  'Everything that a browser or a program can ask of this door. HEAD is answered wherever GET is, except where GET has no end; ' +
  'OPTIONS names the methods of addresses that pages of other origins may use. A refusal is a problem document (RFC 9457), ' +
  'except below LiveViewController, where it comes in the words of ImSwitch.';

/**
 * Describes a door by its own routes, so that nothing can be said of it that is not so.
 * @param version Of the station.
 * @param asks Whether the door asks who comes.
 */
export function documentOf(routes: readonly Route[], version: string, asks: boolean): OpenApiDocument {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    if (route.method === 'OPTIONS') continue;
    const path = route.url.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, asks) };
  }
  const refusal = { 'application/problem+json': { schema: answerSchema(problemSchema) } };
  return {
    openapi: '3.1.1',
    info: { title: 'Eyepiece', version, description },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: namedSchemas(),
      responses: { Refusal: { description: 'It is refused.', content: refusal } },
      ...(asks && { securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } }),
    },
    ...(asks && { security: [{ token: [] }] }),
  };
}

function operationOf(route: Route, asks: boolean): Operation {
  const { right, handler } = route;
  const { summary, answers } = handler.about;
  const parameters = parametersOf(route);
  const requestBody = bodyOf(route);
  const responses = Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [status, responseOf(Number(status), answer)]),
  );
  return {
    summary,
    ...(asks && right !== 'public' && { description: `Needs the right ${right}.` }),
    ...(parameters.length > 0 && { parameters }),
    ...(requestBody && { requestBody }),
    responses: { ...responses, default: { $ref: '#/components/responses/Refusal' } },
    ...(asks && right === 'public' && { security: [] }),
  };
}

function parametersOf({ url, handler }: Route): readonly Parameter[] {
  const inPath = [...url.matchAll(/:(\w+)/g)].map(([, name = '']): Parameter => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const { query } = handler.about;
  if (!query) return inPath;
  const { properties = {}, required = [] } = requestSchema(query) as {
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly required?: readonly string[];
  };
  const inQuery = Object.entries(properties).map(([name, schema]): Parameter => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
  return [...inPath, ...inQuery];
}

function bodyOf({ accepts, needsBody = true, handler }: Route): Operation['requestBody'] | null {
  if (accepts === undefined) return null;
  const { body, isBodyOptional = false } = handler.about;
  const schema = body ? requestSchema(body) : { type: 'string' };
  return { required: needsBody && !isBodyOptional, content: { [accepts]: { schema } } };
}

function responseOf(status: number, { json, mediaType }: Answer): Response {
  const content: Content = {
    ...(json && { 'application/json': { schema: answerSchema(json) } }),
    ...(mediaType !== undefined && { [mediaType]: {} }),
  };
  return {
    description: STATUS_CODES[status] ?? String(status),
    ...(Object.keys(content).length > 0 && { content }),
  };
}
