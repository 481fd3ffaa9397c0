import type { Hope } from './repair.ts';

const beatMs = 1_000;
/** A beat that comes so late says that the machine slept, or that the page was stopped. */
const lateMs = 2_000;

/** What Chromium knows of the way to the network; other browsers don't say. */
interface NetworkPath extends EventTarget {
  /** Such as `wifi`; only where the system tells. */
  readonly type?: string;
}

/**
 * Listens to everything that makes another try worth it.
 * @returns A function that ends it.
 */
export function listenForHope(document: Document, onHope: (hope: Hope) => void): () => void {
  const window = document.defaultView;
  if (!window) return () => undefined;
  const ended = new AbortController();
  const { signal } = ended;
  window.addEventListener('online', () => onHope('network'), { signal });
  document.addEventListener('visibilitychange', () => document.hidden || onHope('seen'), { signal });

  const path = networkPath(window.navigator);
  let type = path?.type;
  // Told of every new estimate of the speed as well, which is no news of the way.
  path?.addEventListener('change', () => type !== (type = path.type) && onHope('network'), { signal });

  let beatAtMs = performance.now();
  const timer = setInterval(() => {
    const pausedMs = performance.now() - beatAtMs;
    beatAtMs += pausedMs;
    if (pausedMs > beatMs + lateMs) onHope('wake');
  }, beatMs);
  signal.addEventListener('abort', () => clearInterval(timer));
  return () => ended.abort();
}

function networkPath({ connection }: Navigator & { readonly connection?: NetworkPath }): NetworkPath | undefined {
  return connection;
}
