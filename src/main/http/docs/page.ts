import { createHash } from 'node:crypto';
import type { OpenApiDocument, Operation } from './document.ts';

const style = `
:root { color-scheme: light dark; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }
h2 { margin-top: 2.5rem; border-top: 1px solid; padding-top: 1rem; font-size: 1.1rem; overflow-wrap: anywhere; }
code, pre, h2 { font-family: ui-monospace, monospace; }
pre { overflow-x: auto; padding: 0.5rem 1rem; border: 1px solid; font-size: 0.85rem; }
summary { min-height: 2.5rem; padding: 0.4rem 0; cursor: pointer; }
`;

/** Nothing but this one style; the page has no script, picture or form. */
export const pageSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The document as a page to read. */
export function pageOf({ info, paths, components }: OpenApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => operationText(`${method.toUpperCase()} ${path}`, operation)),
  );
  const schemas = Object.entries(components['schemas'] ?? {}).map(([name, schema]) => folded(name, schema));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(info.title)} ${escaped(info.version)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(info.title)} ${escaped(info.version)}</h1>
<p>${escaped(info.description)}</p>
<p>Programs get this page as an OpenAPI document at the same address.</p>
${operations.join('\n')}
<h2>Types</h2>
${schemas.join('\n')}
</body>
</html>
`;
}

function operationText(
  name: string,
  { summary, description, parameters = [], requestBody, responses }: Operation,
): string {
  const query = parameters.filter((parameter) => parameter.in === 'query');
  const answers = Object.entries(responses).filter(([status]) => status !== 'default');
  return [
    `<h2>${escaped(name)}</h2>`,
    `<p>${escaped(summary)}${description === undefined ? '' : ` ${escaped(description)}`}</p>`,
    ...query.map(({ name, schema }) => folded(`Query: ${name}`, schema)),
    ...(requestBody ? contentText('Body', requestBody.content) : []),
    ...answers.flatMap(([status, answer]) =>
      'content' in answer && answer.content
        ? contentText(`Answer ${status}`, answer.content)
        : [`<p>Answer ${escaped(status)}, without content.</p>`],
    ),
  ].join('\n');
}

function contentText(what: string, content: Readonly<Record<string, { readonly schema?: unknown }>>): string[] {
  return Object.entries(content).map(([mediaType, { schema }]) =>
    schema === undefined
      ? `<p>${escaped(what)}: <code>${escaped(mediaType)}</code></p>`
      : folded(`${what}: ${mediaType}`, schema),
  );
}

function folded(title: string, schema: unknown): string {
  const text = escaped(JSON.stringify(schema, null, 2));
  return `<details><summary><code>${escaped(title)}</code></summary><pre>${text}</pre></details>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
