import { isDeepStrictEqual } from 'node:util';
import { findNodeAtLocation, parseTree, type JSONPath, type Node } from 'jsonc-parser';
import type { StreamConfig } from '../../shared/source.ts';
import { defaultConfig, type StationConfig } from '../config.ts';
import { joinItems, splitItems, type JsonItem } from './json-items.ts';

/** What settings can change of the configuration. What is left out stays. */
export interface ConfigChange {
  readonly name?: string;
  readonly streams?: readonly StreamConfig[];
}

/** The keys of a Stream that can be changed; its id and its Source stay what they are. */
const changeableKeys = ['name', 'pixelSizeUm', 'quality'] as const;

/** What of a configuration a station can change while it runs. */
export type RunningConfig = Pick<StationConfig, 'name' | 'streams'>;

/** What a new station.json begins with, so that it says what runs. The machine's own name is left out: it may change. */
export function newConfigText({ name, streams }: RunningConfig): string {
  const content = JSON.stringify({ ...(name !== defaultConfig().name && { name }), streams }, null, 2);
  return `// Eyepiece writes changed settings to this file. Comments, order and whatever it does not change are kept.\n${content}\n`;
}

/**
 * Writes a change into the text of a valid configuration. Only what has changed is touched: comments, order and form of all
 * the rest stay as the operator wrote them, and a Stream that moves or goes takes its comments along.
 * @param present The Streams that the text says now.
 */
export function changeConfigText(text: string, present: readonly StreamConfig[], change: ConfigChange): string {
  const { name, streams } = change;
  const named = name === undefined ? text : setValue(text, ['name'], name, 'first');
  return streams === undefined ? named : changeStreams(named, present, streams);
}

function changeStreams(text: string, present: readonly StreamConfig[], wanted: readonly StreamConfig[]): string {
  if (isDeepStrictEqual(present, wanted)) return text;
  // The default Streams are not in the text.
  if (find(text, ['streams']) === undefined) return setValue(text, ['streams'], wanted);
  let changed = text;
  for (const [at, stream] of present.entries()) {
    const next = wanted.find(({ id }) => id === stream.id);
    if (next) changed = changeStream(changed, at, stream, next);
  }
  return arrangeStreams(changed, present, wanted);
}

function changeStream(text: string, at: number, present: StreamConfig, wanted: StreamConfig): string {
  return changeableKeys.reduce((changed, key) => {
    const value = wanted[key];
    if (value === present[key]) return changed;
    const path = ['streams', at, key];
    return value === undefined ? dropKey(changed, path) : setValue(changed, path, value);
  }, text);
}

function arrangeStreams(text: string, present: readonly StreamConfig[], wanted: readonly StreamConfig[]): string {
  const ids = present.map(({ id }) => id);
  return rearrange(text, ['streams'], (items) =>
    wanted.map((stream) => items[ids.indexOf(stream.id)] ?? newItem(items.at(-1), stream, text)),
  );
}

/** Sets a key of an object that is there. A new key comes last, unless told. */
function setValue(text: string, path: JSONPath, value: unknown, place: 'first' | 'last' = 'last'): string {
  const node = find(text, path);
  if (node) return text.slice(0, node.offset) + JSON.stringify(value) + text.slice(node.offset + node.length);
  return rearrange(text, path.slice(0, -1), (items) => {
    const { body, ...around } = newItem(items.at(-1), value, text);
    const property = { ...around, body: `${JSON.stringify(path.at(-1))}: ${body}` };
    return place === 'first' ? [property, ...items] : [...items, property];
  });
}

function dropKey(text: string, path: JSONPath): string {
  const property = find(text, path)?.parent;
  const at = property?.parent?.children?.indexOf(property) ?? -1;
  return rearrange(text, path.slice(0, -1), (items) => items.filter((_item, index) => index !== at));
}

function rearrange(text: string, path: JSONPath, arrange: (items: readonly JsonItem[]) => readonly JsonItem[]): string {
  const node = find(text, path);
  if (!node) throw new Error(`There is no ${path.join('.')} in the configuration.`);
  const parts = splitItems(text, node);
  const lineBreak = lineBreakOf(text);
  // Between empty brackets is no line break that the closing one could stand behind.
  const after = parts.items.length === 0 ? lineBreak + parts.after.trimStart() : parts.after;
  return joinItems({ ...parts, after, items: arrange(parts.items) }, lineBreak);
}

/** An item that is formatted as the one beside it: on lines of its own or on the same line. */
function newItem(beside: JsonItem | undefined, value: unknown, text: string): JsonItem {
  const indentation = beside ? /[\r\n]([ \t]*)$/.exec(beside.leading)?.[1] : indentationOf(text);
  if (indentation === undefined) return { leading: ' ', body: JSON.stringify(value), trailing: '' };
  const lineBreak = lineBreakOf(text);
  const body = JSON.stringify(value, null, indentationOf(text)).replaceAll('\n', lineBreak + indentation);
  return { leading: lineBreak + indentation, body, trailing: '' };
}

function find(text: string, path: JSONPath): Node | undefined {
  const root = parseTree(text, [], { allowTrailingComma: true });
  return root && findNodeAtLocation(root, path);
}

function lineBreakOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function indentationOf(text: string): string {
  return /^([ \t]+)["{]/m.exec(text)?.[1] ?? '  ';
}
