/**
 * Chromium alone has no schemes of our own, so a page of `app://eyepiece` is served as `https://eyepiece.app.invalid`: an origin of
 * its own, secure, and a name that no server can have (RFC 2606).
 */
export function toWebUrl(url: string): string {
  const own = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/i.exec(url);
  if (!own || /^(https?|file|wss?|devtools|chrome)$/i.test(own[1] ?? '')) return url;
  return `https://${own[2]}.${own[1]}.invalid${own[3]}`;
}

/** The other way; what was not ours stays. */
export function fromWebUrl(url: string): string {
  return url.replace(/^https:\/\/([^/?#]*)\.([a-z][a-z0-9+-]*)\.invalid/i, '$2://$1');
}
