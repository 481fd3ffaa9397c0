/** One number as Prometheus would take it. */
export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ParsedFamily {
  readonly help: string;
  readonly type: string;
}

export interface Exposition {
  readonly families: ReadonlyMap<string, ParsedFamily>;
  readonly samples: readonly ParsedSample[];
}

const unescape = (text: string): string => text.replace(/\\(.)/g, (_all, next: string) => (next === 'n' ? '\n' : next));

/**
 * Reads Prometheus' text format 0.0.4, more strictly than Prometheus does: each family once, HELP before TYPE before its samples, no sample
 * twice, and nothing else.
 */
export function parseExposition(text: string): Exposition {
  if (!text.endsWith('\n')) throw new Error('The last line has no end.');
  const families = new Map<string, ParsedFamily>();
  const samples: ParsedSample[] = [];
  const seen = new Set<string>();
  let current = '';
  let help: string | null = null;
  for (const line of text.slice(0, -1).split('\n')) {
    const [, kind, about = '', rest = ''] = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/.exec(line) ?? [];
    if (kind === 'HELP') {
      if (families.has(about) || help !== null) throw new Error(`A family is told twice or half: ${line}`);
      if (/\\[^\\n]|\\$/.test(rest.replaceAll('\\\\', ''))) throw new Error(`Bad escape: ${line}`);
      [current, help] = [about, unescape(rest)];
    } else if (kind === 'TYPE') {
      if (about !== current || help === null) throw new Error(`TYPE without its HELP: ${line}`);
      if (rest !== 'gauge' && rest !== 'counter') throw new Error(`Unknown type: ${line}`);
      families.set(about, { help, type: rest });
      help = null;
    } else {
      const sample = parseSample(line);
      if (help !== null || sample.name !== current) throw new Error(`A sample outside its family: ${line}`);
      const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
      if (seen.has(key)) throw new Error(`A sample comes twice: ${line}`);
      seen.add(key);
      samples.push(sample);
    }
  }
  return { families, samples };
}

const labelPattern = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\[\\"n])*)"/y;

function parseSample(line: string): ParsedSample {
  const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0] ?? '';
  const labels: Record<string, string> = {};
  let at = name.length;
  if (line[at] === '{') {
    do {
      labelPattern.lastIndex = at + 1;
      const [all = '', label = '', value = ''] = labelPattern.exec(line) ?? [];
      if (all === '' || label.startsWith('__') || label in labels) throw new Error(`Bad label: ${line}`);
      labels[label] = unescape(value);
      at += 1 + all.length;
    } while (line[at] === ',');
    if (line[at] !== '}') throw new Error(`Labels without end: ${line}`);
    at += 1;
  }
  const [, number] = /^ (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|NaN|[+-]Inf)$/.exec(line.slice(at)) ?? [];
  if (name === '' || number === undefined) throw new Error(`Not a sample: ${line}`);
  return { name, labels, value: Number(number.replace('Inf', 'Infinity')) };
}
