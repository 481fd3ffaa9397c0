import {
  findNodeAtLocation,
  getNodePath,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import * as v from 'valibot';

/** One thing that is wrong with a configuration file. */
export interface ConfigProblem {
  /** From 1. */
  readonly line: number;
  /** Such as `streams[1].source.kind`; empty where the file as a whole is meant. */
  readonly key: string;
  /** Says what is wrong as the end of a sentence, such as `must be a number`. Never repeats the value: it may be a password. */
  readonly what: string;
}

export type ConfigText<T> = { readonly value: T } | { readonly problems: readonly [ConfigProblem, ...ConfigProblem[]] };

/** Finding the place of each takes time, and nobody mends more in one go. */
const maxProblems = 100;

/** Reads JSON with comments and trailing commas, and checks it; each of the first hundred problems comes with its place. */
export function parseConfigText<TSchema extends v.GenericSchema>(
  schema: TSchema,
  text: string,
): ConfigText<v.InferOutput<TSchema>> {
  const { root, syntaxError } = parseJson(text);
  if (syntaxError) {
    // One slip makes a parser stumble over the rest of the file too, so only the first is worth telling.
    return { problems: [{ line: lineAt(text, syntaxError.offset), key: '', what: describeSyntax(syntaxError) }] };
  }
  if (root?.type !== 'object') return { problems: [{ line: 1, key: '', what: 'must be an object in braces' }] };

  const repeated = findRepeatedKey(root);
  if (repeated) {
    const key = keyText(getNodePath(repeated));
    return { problems: [{ line: lineAt(text, repeated.offset), key, what: 'is there twice' }] };
  }
  const result = v.safeParse(schema, valueOf(root), { abortPipeEarly: true });
  if (result.success) return { value: result.output };
  const [first, ...others] = result.issues;
  const rest = others.slice(0, maxProblems - 1);
  return { problems: [problemOf(first, root, text), ...rest.map((issue) => problemOf(issue, root, text))] };
}

/** One line for a person, such as `station.json line 7, streams[1].source.kind: must be one of …`. */
export function describeProblem(fileName: string, { line, key, what }: ConfigProblem): string {
  return `${fileName} line ${line}${key && `, ${key}`}: ${what}`;
}

function parseJson(text: string): { root?: Node | undefined; syntaxError?: ParseError | undefined } {
  const errors: ParseError[] = [];
  try {
    return { root: parseTree(text, errors, { allowTrailingComma: true }), syntaxError: errors[0] };
  } catch (error) {
    // The parser calls itself for every bracket: a file that holds nothing but brackets exhausts the stack.
    if (error instanceof RangeError) return {};
    throw error;
  }
}

/** JSON leaves open which of two equal keys counts, and whoever wrote both meant one of them only. */
function findRepeatedKey(node: Node): Node | undefined {
  const children = node.children ?? [];
  const keys = node.type === 'object' ? children.map((property) => String(property.children?.[0]?.value)) : [];
  const seen = new Set<string>();
  const repeated = keys.findIndex((key) => seen.size === seen.add(key).size);
  if (repeated >= 0) return children[repeated]?.children?.[0];
  for (const child of children) {
    const found = findRepeatedKey(child);
    if (found) return found;
  }
  return undefined;
}

// jsonc-parser's own getNodeValue is typed `any` and lets a key called __proto__ set the prototype.
function valueOf(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(valueOf);
  if (node.type !== 'object') return node.value as unknown;
  const object = new Map<string, unknown>();
  for (const property of node.children ?? []) {
    const [key, value] = property.children ?? [];
    if (key && value) object.set(String(key.value), valueOf(value));
  }
  return Object.fromEntries(object);
}

function problemOf(issue: v.BaseIssue<unknown>, root: Node, text: string): ConfigProblem {
  return { line: lineAt(text, offsetOf(root, pathOf(issue))), key: keyOf(issue), what: describeIssue(issue) };
}

function pathOf({ path }: v.BaseIssue<unknown>): (string | number)[] {
  return (path ?? []).map(({ key }) => key as string | number);
}

/** Where the value at the path stands; for a key that is missing, the object that should have it. */
function offsetOf(root: Node, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (!node) continue;
    return node.parent?.type === 'property' ? node.parent.offset : node.offset;
  }
  return root.offset;
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** Where in the value something is wrong, such as `streams[1].source.kind`; empty where all of it is. */
export function keyOf(issue: v.BaseIssue<unknown>): string {
  return keyText(pathOf(issue));
}

function keyText(path: readonly (string | number)[]): string {
  return path.map((part, at) => (typeof part === 'number' ? `[${part}]` : at > 0 ? `.${part}` : part)).join('');
}

/** What is wrong, as the end of a sentence that begins with the key. Never repeats the value. */
export function describeIssue(issue: v.BaseIssue<unknown>): string {
  if (issue.type === 'strict_object' && issue.expected === 'never') return 'is not a key that Eyepiece knows';
  if (issue.type === 'strict_object' && issue.received === 'undefined') return 'is missing';
  // The schemas' own messages are written to follow the key; valibot's begin with "Invalid" and quote the value.
  if (!issue.message.startsWith('Invalid')) return issue.message;
  const requirement = String(issue.requirement);
  switch (issue.type) {
    case 'integer':
      return 'must be a whole number';
    case 'min_value':
      return `must be at least ${requirement}`;
    case 'max_value':
      return `must be at most ${requirement}`;
    case 'max_length':
      return `must not be longer than ${requirement}`;
    default:
      return `must be ${typeText(issue.expected ?? 'something else')}`;
  }
}

function typeText(expected: string): string {
  const names: Record<string, string> = { string: 'a text', number: 'a number', Array: 'a list', Object: 'an object' };
  return expected
    .replace(/^\((.*)\)$/, '$1')
    .split(' | ')
    .map((name) => names[name] ?? name)
    .join(' or ');
}

function describeSyntax({ error }: ParseError): string {
  const words = printParseErrorCode(error)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return `is not valid JSON here (${words})`;
}
