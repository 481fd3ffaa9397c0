import type { Node } from 'jsonc-parser';

/** One element of a JSON list, or one property of an object, with the comments that belong to it. */
export interface JsonItem {
  /** What stands before it from the end of the last item's line on: line breaks, indentation, the comments above it. */
  readonly leading: string;
  readonly body: string;
  /** The comment behind it on the same line. */
  readonly trailing: string;
}

/** A list or object in a JSON text with comments, taken apart so that its items can be moved, dropped and added. */
export interface JsonItems {
  /** The text up to its opening bracket. */
  readonly before: string;
  /** The comment behind that bracket on the same line. */
  readonly opening: string;
  readonly items: readonly JsonItem[];
  /** What stands behind the last item, on lines of its own, and the text from the closing bracket on. */
  readonly after: string;
  readonly hasCommaAtEnd: boolean;
}

/** Takes the list or object at `node` apart. */
export function splitItems(text: string, node: Node): JsonItems {
  const bodies = (node.children ?? []).map(({ offset, length }) => ({ start: offset, end: offset + length }));
  const inside = { start: node.offset + 1, end: node.offset + node.length - 1 };
  // One more than there are items: what stands before, between and behind them.
  const gaps = [inside.start, ...bodies.map(({ end }) => end)].map((from, at) =>
    splitGap(text.slice(from, bodies[at]?.start ?? inside.end)),
  );
  return {
    before: text.slice(0, inside.start),
    opening: gaps[0]?.previous ?? '',
    items: bodies.map(({ start, end }, at) => ({
      leading: gaps[at]?.next ?? '',
      body: text.slice(start, end),
      trailing: gaps[at + 1]?.previous ?? '',
    })),
    after: (gaps.at(-1)?.next ?? '') + text.slice(inside.end),
    hasCommaAtEnd: gaps.at(-1)?.hasComma ?? false,
  };
}

/** Puts the text together again. */
export function joinItems({ before, opening, items, after, hasCommaAtEnd }: JsonItems, lineBreak: string): string {
  let text = before + opening;
  let comment = opening;
  const append = (part: string): void => {
    // A comment to the end of the line must not swallow what has come to stand behind it.
    const isOpen = triviaOf(comment).at(-1)?.startsWith('//') ?? false;
    text += isOpen && !/^[\r\n]/.test(part) ? lineBreak + part : part;
  };
  for (const [at, { leading, body, trailing }] of items.entries()) {
    append(leading + body);
    if (hasCommaAtEnd || at < items.length - 1) text += ',';
    text += trailing;
    comment = trailing;
  }
  append(after);
  return text;
}

/** What stands between two items: the rest of the line belongs to the previous one, and all that follows to the next. */
function splitGap(gap: string): { readonly previous: string; readonly next: string; readonly hasComma: boolean } {
  const trivia = triviaOf(gap);
  const comma = trivia.indexOf(',');
  const lineBreak = trivia.findIndex((part) => /^[\r\n]/.test(part));
  const border = Math.max(0, lineBreak < 0 ? comma : lineBreak);
  const join = (parts: readonly string[]): string => parts.filter((part) => part !== ',').join('');
  return {
    previous: join(trivia.slice(0, border)).trimEnd(),
    next: join(trivia.slice(border)),
    hasComma: comma >= 0,
  };
}

/** Comments, line breaks, commas and white space, one by one. */
function triviaOf(gap: string): string[] {
  return gap.match(/\/\*.*?\*\/|\/\/[^\r\n]*|\r\n|[\r\n]|,|[ \t]+/gs) ?? [];
}
