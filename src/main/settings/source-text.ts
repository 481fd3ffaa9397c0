import { basename } from 'node:path';
import type { Source } from '../../shared/source.ts';

/** An address whose host is certain: an `@` behind it says that a password was typed without percent signs. */
const address = /^([a-z]+):\/\/(?:[^/?#]*@)?([^/?#@]+)(?:[/?#]([^@]*))?$/i;

/**
 * What a Source is, in one line for a person. Never a password: of an address only the host is shown, because cameras take
 * passwords and keys in the path and the query too, and of a program only its name.
 */
export function sourceText(source: Source): string {
  switch (source.kind) {
    case 'simulated':
      return `simulated: ${source.detector}`;
    case 'camera':
      return typeof source.device === 'number' ? `camera ${source.device}` : source.device;
    case 'url':
      return addressText(source.url);
    case 'file':
      return basename(source.path);
    case 'program':
      return basename(source.command[0] ?? '');
    case 'published':
      return 'WHIP';
    case 'station':
      return source.stream === undefined ? source.url : `${source.url} (${source.stream})`;
  }
}

function addressText(url: string): string {
  const [, scheme, host, rest] = address.exec(url) ?? [];
  if (host === undefined) return `${url.slice(0, url.indexOf('://'))}://…`;
  return `${scheme}://${host}${rest ? '/…' : ''}`;
}
