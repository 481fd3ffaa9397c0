/** Prometheus' text format, version 0.0.4. */
export const expositionType = 'text/plain; version=0.0.4; charset=utf-8';

export type Labels = Readonly<Record<string, string>>;

/** One number and what tells it apart from the others of its family. */
export interface Sample {
  readonly labels?: Labels;
  /** A number that is not known now is left out. */
  readonly value: number | null;
}

/** One name with all its numbers. */
export interface Family {
  /** With its unit. Ends with `_total` for a counter, which only grows, and else for a gauge. */
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** Writes families in Prometheus' text format; one without a known number is left out. */
export function exposition(families: readonly Family[]): string {
  return families.map(familyText).join('');
}

function familyText({ name, help, samples }: Family): string {
  const lines = samples.flatMap(({ labels = {}, value }) => (value === null ? [] : [sampleLine(name, labels, value)]));
  if (lines.length === 0) return '';
  const type = name.endsWith('_total') ? 'counter' : 'gauge';
  return [`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
}

function sampleLine(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text).replaceAll('"', '\\"')}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${valueText(value)}`;
}

/** What the format reserves in help texts; in labels, quotes come on top. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function valueText(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}
