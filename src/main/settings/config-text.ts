import { isDeepStrictEqual } from 'node:util';
import { findNodeAtLocation, parseTree, type JSONPath, type Node } from 'jsonc-parser';
import type { TrustedDirectory } from '../../shared/joining.ts';
import type { StreamConfig } from '../../shared/source.ts';
import { defaultConfig, type StationConfig } from '../config.ts';
import { joinItems, splitItems, type JsonItem } from './json-items.ts';

/** What settings can change of the configuration. What is left out stays. */
export interface ConfigChange {
  readonly name?: string;
  readonly streams?: readonly StreamConfig[];
  readonly trusts?: readonly TrustedDirectory[];
}

/** A list of the configuration whose items come, change and go. */
interface ListOf<T> {
  readonly key: 'streams' | 'trusts';
  /** What makes an item the same one as before. */
  readonly idOf: (item: T) => string;
  /** The keys of an item that can be changed; all else stays what it is. */
  readonly changeable: readonly (keyof T & string)[];
}

const streamList: ListOf<StreamConfig> = {
  key: 'streams',
  idOf: ({ id }) => id,
  changeable: ['name', 'pixelSizeUm', 'quality'],
};
const trustList: ListOf<TrustedDirectory> = {
  key: 'trusts',
  idOf: ({ publicKey }) => publicKey.x,
  changeable: ['url', 'station'],
};

/** What of a configuration a station can change while it runs. */
export type RunningConfig = Pick<StationConfig, 'name' | 'streams' | 'trusts'>;

/** What a new station.json begins with, so that it says what runs. The machine's own name is left out: it may change. */
export function newConfigText({ name, streams, trusts }: RunningConfig): string {
  const named = name !== defaultConfig().name && { name };
  const content = JSON.stringify({ ...named, streams, ...(trusts.length > 0 && { trusts }) }, null, 2);
  return `// Eyepiece writes changed settings to this file. Comments, order and whatever it does not change are kept.\n${content}\n`;
}

/**
 * Writes a change into the text of a valid configuration. Only what has changed is touched: comments, order and form of all
 * the rest stay as the operator wrote them, and an item of a list that moves or goes takes its comments along.
 * @param present What the text says now.
 */
export function changeConfigText(
  text: string,
  present: Pick<StationConfig, 'streams' | 'trusts'>,
  change: ConfigChange,
): string {
  const { name, streams, trusts } = change;
  const named = name === undefined ? text : setValue(text, ['name'], name, 'first');
  const shown = streams === undefined ? named : changeList(named, streamList, present.streams, streams);
  return trusts === undefined ? shown : changeList(shown, trustList, present.trusts, trusts);
}

function changeList<T>(text: string, list: ListOf<T>, present: readonly T[], wanted: readonly T[]): string {
  if (isDeepStrictEqual(present, wanted)) return text;
  // What holds by default is not in the text.
  if (find(text, [list.key]) === undefined) return setValue(text, [list.key], wanted);
  let changed = text;
  for (const [at, item] of present.entries()) {
    const next = wanted.find((each) => list.idOf(each) === list.idOf(item));
    if (next) changed = changeItem(changed, [list.key, at], list.changeable, item, next);
  }
  return arrangeList(changed, list, present, wanted);
}

function changeItem<T>(
  text: string,
  place: JSONPath,
  changeable: readonly (keyof T & string)[],
  present: T,
  wanted: T,
): string {
  return changeable.reduce((changed, key) => {
    const value = wanted[key];
    if (value === present[key]) return changed;
    const path = [...place, key];
    return value === undefined ? dropKey(changed, path) : setValue(changed, path, value);
  }, text);
}

function arrangeList<T>(text: string, list: ListOf<T>, present: readonly T[], wanted: readonly T[]): string {
  const ids = present.map(list.idOf);
  return rearrange(text, [list.key], (items) =>
    wanted.map((item) => items[ids.indexOf(list.idOf(item))] ?? newItem(items.at(-1), item, text)),
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
