/** As `streamConfigSchema` allows. */
const maxLength = 63;

/** The id of a new Stream: its name in lower-case letters, digits and hyphens, with a number where that is taken. */
export function streamIdFor(name: string, taken: ReadonlySet<string>): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    // Accents stand behind their letters now; `é` is to become `e`, not `e-`.
    .replace(/\p{Mark}/gu, '')
    .replace(/[^a-z0-9]+/g, '-');
  const base = trimHyphens(trimHyphens(plain).slice(0, maxLength)) || 'stream';
  for (let copy = 1; ; copy++) {
    const suffix = copy === 1 ? '' : `-${copy}`;
    const id = base.slice(0, maxLength - suffix.length) + suffix;
    if (!taken.has(id)) return id;
  }
}

function trimHyphens(text: string): string {
  return text.replace(/^-+|-+$/g, '');
}
