import type { CustomScheme, Protocol } from 'electron';
import { fromWebUrl } from './origins.ts';
import { strict } from './strict.ts';

type Handler = (request: Request) => Response | Promise<Response>;

const handlers = new Map<string, Handler>();
const fetchable = new Set<string>();

export interface SchemeHandler {
  readonly url: string;
  readonly handle: Handler;
  /** Whether pages may ask by `fetch`. */
  readonly isFetchable: boolean;
}

/** What answers requests for this address, or null where it is none of the program's own. */
export function handlerFor(webUrl: string): SchemeHandler | null {
  const url = fromWebUrl(webUrl);
  const scheme = new URL(url).protocol.slice(0, -1);
  const handle = handlers.get(scheme);
  return url !== webUrl && handle ? { url, handle, isFetchable: fetchable.has(scheme) } : null;
}

export const protocol = strict('protocol', {
  registerSchemesAsPrivileged(schemes: CustomScheme[]) {
    // What stands in for a scheme is an origin of https, which has these and more.
    const wanted = schemes.map(({ privileges }) => privileges?.standard && privileges.secure);
    for (const { scheme, privileges } of schemes) if (privileges?.supportFetchAPI) fetchable.add(scheme);
    if (!wanted.every(Boolean)) throw new Error('The stand-in for Electron has only standard and secure schemes.');
  },
  handle: (scheme: string, handler: Handler) => void handlers.set(scheme, handler),
} satisfies Pick<Protocol, 'registerSchemesAsPrivileged'> & { handle: unknown });
