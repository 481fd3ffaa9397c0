/** Notes a failure that mends itself, for whoever opens the browser's console. */
export function debug(message: string, cause: unknown): void {
  // eslint-disable-next-line no-console -- the page has no other log.
  console.debug(message, cause);
}
