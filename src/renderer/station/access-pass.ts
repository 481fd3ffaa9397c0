import { Refusal } from './client.ts';
import { debug } from './debug.ts';
import { refusalOf } from './refusal-of.ts';

/** A token is renewed before it ends, so that one is at hand when the page is left and nothing can be waited for. */
const renewBeforeMs = 60_000;
const answerTimeoutMs = 10_000;
/** Whoever signs out is out here at once, and waits no longer for the station to take note. */
const signOutTimeoutMs = 2_000;

/** Why the station does not let this page in. */
export type ShutOut =
  /** It came with nothing. */
  | 'no_link'
  /** Its guest link or code is none, or none any more. */
  | 'link_ended'
  /** Its user has to sign in again: after twelve hours, with a new password, or because somebody ended it. */
  | 'sign_in_ended'
  /** Whoever was here has signed out. */
  | 'signed_out';

/** What the station gives tokens for. */
export type Proof =
  /** `key` is that of a guest link. */
  { readonly kind: 'guest'; readonly key: string } | { readonly kind: 'user'; readonly refreshToken: string };

/** Where a proof outlives a reload. */
export interface ProofKeeper {
  read(): Proof | null;
  keep(proof: Proof | null): void;
}

/** A request whose headers others can be added to. */
export type PlainRequest = RequestInit & { readonly headers?: Readonly<Record<string, string>> };

/** What asks a station with what lets this page in there. */
export type BearerPass = Pick<AccessPass, 'headers' | 'fetch' | 'linkEnded'>;

/** The ways in and out of a station that asks who comes. */
export interface Pass {
  /** Null while the station lets this page in, as far as the page knows. */
  readonly shutOut: ShutOut | null;
  /** Calls the listener each time that `shutOut` becomes another. @returns A function that ends that. */
  onChange(listener: () => void): () => void;
  /** @throws Refusal `sign_in_refused`, `too_many_tries`, `unreachable`. */
  signIn(name: string, password: string): Promise<void>;
  /** @param code The short code of a guest link, or its key. @throws Refusal `sign_in_needed`, `too_many_tries`, `unreachable`. */
  enterCode(code: string): Promise<void>;
  /** Forgets whoever is here, and tells the station where it can be told. Resolves in any case, and soon. */
  signOut(): Promise<void>;
}

interface Token {
  readonly value: string;
  /** On this page's own clock (`performance.now`). */
  readonly renewAtMs: number;
}

interface TokenAnswer {
  readonly token: string;
  readonly expiresInMs: number;
}

/**
 * What lets this page in at a station that asks: the key of a guest link or a sign-in, and the token that the station gives for it.
 * Without either it asks as anybody does, which suffices on the station's own machine. Nothing of it is ever part of an address.
 */
export class AccessPass implements Pass {
  readonly #baseUrl: URL;
  readonly #keeper: ProofKeeper | null;
  readonly #listeners = new Set<() => void>();
  #proof: Proof | null;
  /** In memory only: it is worth something by itself, if only for a quarter of an hour. */
  #token: Token | null = null;
  /** Players start together and need one token. */
  #renewal: Promise<void> | null = null;
  #shutOut: ShutOut | null = null;

  /** @param baseUrl The address of the station. @param keeper Null where nothing is kept. */
  constructor(baseUrl: URL, keeper: ProofKeeper | null = null) {
    this.#baseUrl = baseUrl;
    this.#keeper = keeper;
    this.#proof = keeper?.read() ?? null;
  }

  get shutOut(): ShutOut | null {
    return this.#shutOut;
  }

  /** The token that is at hand, as a header. */
  get headers(): Readonly<Record<string, string>> {
    return this.#token ? { authorization: `Bearer ${this.#token.value}` } : {};
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * As the browser's fetch, with the token.
   * @throws Refusal `sign_in_needed` where there is none that the station takes; nothing is sent from then on.
   */
  async fetch(url: URL, init: PlainRequest): Promise<Response> {
    if (this.#shutOut) throw signInNeeded();
    const proof = this.#proof;
    if (proof && performance.now() >= (this.#token?.renewAtMs ?? 0)) await this.#renew(proof);
    const token = this.#token;
    const response = await this.#send(url, init);
    if (response.status !== 401) return response;
    // The station's clock was set, or this machine slept, and the token ended before it was expected to.
    if (proof && this.#token === token) await this.#renew(proof);
    if (!proof || this.#proof !== proof) throw this.#refuse(proof);
    const again = await this.#send(url, init);
    if (again.status === 401) throw this.#refuse(proof);
    return again;
  }

  /** The station ends what guests came in with. A user comes back as soon as it can be reached again. */
  linkEnded(): void {
    if (this.#proof?.kind !== 'user') this.#refuse(this.#proof);
  }

  async signIn(name: string, password: string): Promise<void> {
    const answer = await this.#ask('api/sign-in', { name, password }).catch(asRefusal);
    const { refreshToken, ...token } = (await answer.json()) as TokenAnswer & { refreshToken: string };
    this.#letIn({ kind: 'user', refreshToken }, token);
  }

  async enterCode(code: string): Promise<void> {
    const answer = await this.#exchange({ kind: 'guest', key: code }).catch(asRefusal);
    // A code is not taken at any time, since others may try codes; its link's key is.
    const { key, ...token } = (await answer.json()) as TokenAnswer & { key: string };
    this.#letIn({ kind: 'guest', key }, token);
  }

  async signOut(): Promise<void> {
    const proof = this.#proof;
    this.#keeper?.keep(null);
    this.#proof = null;
    // Its Players still leave with the token that there is.
    this.#become('signed_out');
    this.#token = null;
    if (proof?.kind !== 'user') return;
    const { refreshToken } = proof;
    await this.#ask('api/sign-out', { refreshToken }, signOutTimeoutMs).catch((error: unknown) => {
      // Here it is forgotten; at the station it ends by itself.
      debug('The station was not told of the signing out.', error);
    });
  }

  #letIn(proof: Proof, token: TokenAnswer): void {
    this.#proof = proof;
    this.#take(token);
    this.#keeper?.keep(proof);
    this.#become(null);
  }

  #take({ token, expiresInMs }: TokenAnswer): void {
    this.#token = { value: token, renewAtMs: performance.now() + expiresInMs - renewBeforeMs };
  }

  /** The door asks nobody, and so has no token to give. */
  #forget(proof: Proof): void {
    if (this.#proof !== proof) return;
    this.#proof = null;
    this.#keeper?.keep(null);
  }

  /** @param proof What was refused, which may be that of somebody who has left meanwhile. @returns What whoever asked is told. */
  #refuse(proof: Proof | null): Refusal {
    if (this.#proof === proof) this.#become(shutOutWith(proof));
    return signInNeeded();
  }

  #become(shutOut: ShutOut | null): void {
    if (this.#shutOut === shutOut) return;
    this.#shutOut = shutOut;
    for (const listener of this.#listeners) listener();
  }

  #send(url: URL, init: PlainRequest): Promise<Response> {
    return fetch(url, { ...init, headers: { ...init.headers, ...this.headers } });
  }

  #renew(proof: Proof): Promise<void> {
    this.#renewal ??= this.#renewNow(proof).finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  async #renewNow(proof: Proof): Promise<void> {
    let answer: Response;
    try {
      answer = await this.#exchange(proof);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.reason === 'not_found') return this.#forget(proof);
      throw error.reason === 'sign_in_needed' ? this.#refuse(proof) : error;
    }
    const token = (await answer.json()) as TokenAnswer;
    if (this.#proof === proof) this.#take(token);
  }

  #exchange(proof: Proof): Promise<Response> {
    if (proof.kind === 'guest') return this.#ask('api/access/guest', { key: proof.key });
    return this.#ask('api/sign-in/refresh', { refreshToken: proof.refreshToken });
  }

  /** @throws Refusal, or what fetch throws where nobody answers. */
  async #ask(path: string, body: object, timeoutMs = answerTimeoutMs): Promise<Response> {
    const response = await fetch(new URL(path, this.#baseUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      cache: 'no-store',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw await refusalOf(response);
    return response;
  }
}

function shutOutWith(proof: Proof | null): ShutOut {
  if (!proof) return 'no_link';
  return proof.kind === 'guest' ? 'link_ended' : 'sign_in_ended';
}

function asRefusal(error: unknown): never {
  if (error instanceof Refusal) throw error;
  throw new Refusal('unreachable', `The station does not answer: ${String(error)}`);
}

function signInNeeded(): Refusal {
  return new Refusal('sign_in_needed', 'The station asks who comes.');
}
