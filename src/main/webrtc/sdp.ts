/** One `a=` line: `a=mid:0` has the name `mid` and the value `0`; `a=recvonly` has an empty value. */
export interface SdpAttribute {
  readonly name: string;
  readonly value: string;
}

export interface SdpMedia {
  /** The `m=` line without its `m=`. */
  readonly line: string;
  readonly attributes: readonly SdpAttribute[];
}

export interface SdpText {
  readonly session: readonly SdpAttribute[];
  readonly media: readonly SdpMedia[];
}

const maxBytes = 64 * 1024;
const maxLines = 2_000;
const maxLineLength = 2 * 1024;

/**
 * Says in words what makes a text larger than any browser's, or null. Checked before the text is looked at any closer, because
 * the time that a careless parser needs is what an attacker wants.
 */
export function sdpExcess(text: string): string | null {
  if (Buffer.byteLength(text) > maxBytes) return `it is longer than ${maxBytes / 1024} KiB`;
  const lines = text.split('\n');
  if (lines.length > maxLines) return `it has more than ${maxLines} lines`;
  if (lines.some((line) => line.length > maxLineLength)) {
    return `it has a line of more than ${maxLineLength} characters`;
  }
  return null;
}

/** Splits a text into its sections, or returns null where a line is not of the form `x=…` (RFC 8866 §5). */
export function scanSdp(text: string): SdpText | null {
  const session: SdpAttribute[] = [];
  const media: { line: string; attributes: SdpAttribute[] }[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line === '') continue;
    if (!/^[a-z]=/.test(line)) return null;
    const content = line.slice(2);
    if (line.startsWith('m=')) media.push({ line: content, attributes: [] });
    else if (line.startsWith('a=')) (media.at(-1)?.attributes ?? session).push(attribute(content));
  }
  return { session, media };
}

function attribute(content: string): SdpAttribute {
  const colon = content.indexOf(':');
  return colon < 0
    ? { name: content, value: '' }
    : { name: content.slice(0, colon), value: content.slice(colon + 1).trim() };
}

/** The values of all attributes of a name, in order. */
export function values(attributes: readonly SdpAttribute[], name: string): string[] {
  return attributes.filter((each) => each.name === name).map((each) => each.value);
}
