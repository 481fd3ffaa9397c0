/**
 * What the page may load and run, the same behind every door (CSP level 3): its own files and nothing else, and nobody
 * may frame it.
 */
export const contentSecurityPolicy = policy("'self'");

/**
 * The same for the page of a lab's directory, which asks the stations of the lab itself. Their addresses are the admins' to change, so that
 * the page can't know them beforehand; what it loads and runs is still its own files only.
 */
export const directoryPageSecurityPolicy = policy("'self' http: https: ws: wss:");

function policy(connectSources: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    `connect-src ${connectSources}`,
    "font-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
