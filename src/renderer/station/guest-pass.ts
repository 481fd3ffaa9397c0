import { Refusal } from './client.ts';

/** A token is renewed before it ends, so that one is at hand when the page is left and nothing can be waited for. */
const renewBeforeMs = 60_000;
const answerTimeoutMs = 10_000;

/** Why the station does not let this page in (any more): its guest link has ended, or it was opened without one. */
export type ShutOut = 'link_ended' | 'no_link';

/** A request whose headers others can be added to. */
export type PlainRequest = RequestInit & { readonly headers?: Readonly<Record<string, string>> };

interface Token {
  readonly value: string;
  /** On this page's own clock (`performance.now`). */
  readonly renewAtMs: number;
}

/**
 * What lets this page in at a station that asks: the key of a guest link, and the token that the station gives for it. Without a
 * key it asks as anybody does, which suffices on the station's own machine.
 */
export class GuestPass {
  /** Resolves when the station does not let this page in; from then on nothing is sent any more. */
  readonly shutOut: Promise<ShutOut>;
  readonly #exchangeUrl: URL;
  readonly #key: string | null;
  readonly #end: (why: ShutOut) => void;
  #token: Token | null = null;
  /** Players start together and need one token. */
  #renewal: Promise<void> | null = null;
  #isOver = false;

  /** @param baseUrl The address of the station. */
  constructor(baseUrl: URL, key: string | null) {
    this.#exchangeUrl = new URL('api/access/guest', baseUrl);
    this.#key = key;
    let end: (why: ShutOut) => void = () => undefined;
    this.shutOut = new Promise((resolve) => (end = resolve));
    this.#end = end;
  }

  /** The proof that is at hand. Never part of an address, which logs and histories keep. */
  get headers(): Readonly<Record<string, string>> {
    return this.#token ? { authorization: `Bearer ${this.#token.value}` } : {};
  }

  /**
   * As the browser's fetch, with the proof.
   * @throws Refusal `sign_in_needed` where there is none that the station takes.
   */
  async fetch(url: URL, init: PlainRequest): Promise<Response> {
    if (this.#isOver) throw signInNeeded();
    if (this.#key !== null && performance.now() >= (this.#token?.renewAtMs ?? 0)) await this.#renew(this.#key);
    const response = await this.#send(url, init);
    if (response.status !== 401) return response;
    if (this.#key === null) throw this.end();
    // The station's clock was set, or this machine slept, and the token ended before it was expected to.
    await this.#renew(this.#key);
    const again = await this.#send(url, init);
    if (again.status === 401) throw this.end();
    return again;
  }

  /** The station has said that it lets this page in no more. @returns What whoever asks next is told. */
  end(): Refusal {
    this.#isOver = true;
    this.#end(this.#key === null ? 'no_link' : 'link_ended');
    return signInNeeded();
  }

  #send(url: URL, init: PlainRequest): Promise<Response> {
    return fetch(url, { ...init, headers: { ...init.headers, ...this.headers } });
  }

  #renew(key: string): Promise<void> {
    this.#renewal ??= this.#exchange(key).finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  async #exchange(key: string): Promise<void> {
    const response = await fetch(this.#exchangeUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key }),
      cache: 'no-store',
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    if (response.status === 401) throw this.end();
    if (!response.ok) throw new Refusal('internal', `The guest key was refused with status ${response.status}.`);
    const { token, expiresInMs } = (await response.json()) as { token: string; expiresInMs: number };
    this.#token = { value: token, renewAtMs: performance.now() + expiresInMs - renewBeforeMs };
  }
}

function signInNeeded(): Refusal {
  return new Refusal('sign_in_needed', 'The station asks for a guest link.');
}
