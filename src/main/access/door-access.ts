import type { Logger } from 'pino';
import { StationError } from '../../shared/errors.ts';
import type { AccessFile } from './access-file.ts';
import type { Callers } from './callers.ts';
import type { Colleagues } from './colleagues.ts';
import type { GuestAccess } from './guest-access.ts';
import { MachineTokens } from './machine-tokens.ts';
import type { Access, AccessToken, Caller, GuestIn, SignedIn } from './rights.ts';
import { SignInLimits } from './sign-in-limits.ts';
import type { Tokens } from './tokens.ts';

const signInSubject = /^sign-in:(\d+)$/;

export interface DoorAccessParts {
  /** Null where there is no guest link. */
  readonly guests: GuestAccess | null;
  readonly file: AccessFile;
  readonly tokens: Tokens;
  readonly callers: Callers;
  /** Without it, tickets of no directory are taken. */
  readonly colleagues?: Colleagues;
  readonly log: Logger;
}

/** The ways in at the network door: a guest link, a name with a password, a machine token, a ticket of the lab's directory. */
export class DoorAccess implements Access {
  readonly #parts: DoorAccessParts;
  readonly #limits = new SignInLimits();

  constructor(parts: DoorAccessParts) {
    this.#parts = parts;
  }

  async exchangeKey(keyOrCode: string, address: string): Promise<GuestIn | { readonly waitMs: number }> {
    if (!this.#parts.guests) throw StationError.signInNeeded();
    return this.#parts.guests.exchangeKey(keyOrCode, address);
  }

  async signIn(name: string, password: string, address: string): Promise<SignedIn | null | { waitMs: number }> {
    const { file, log } = this.#parts;
    const user = await this.#limits.attempt(name, address, () => file.users.check(name, password));
    if (user === null) log.warn({ remote: address }, 'Somebody on the network gave a wrong name or password.');
    if (user === null || 'waitMs' in user) return user;
    const { id, remainingMs, refreshToken } = file.signIns.open(user);
    log.info({ user: user.name, remote: address }, 'A user has signed in.');
    return { ...(await this.#tokenFor(id, remainingMs)), refreshToken };
  }

  async refresh(refreshToken: string): Promise<AccessToken> {
    const signIn = this.#parts.file.signIns.find(refreshToken);
    if (!signIn || !this.#parts.file.signIns.standing(signIn.id)) throw StationError.signInNeeded();
    return this.#tokenFor(signIn.id, signIn.remainingMs);
  }

  signOut(refreshToken: string): void {
    const { signIns } = this.#parts.file;
    const signIn = signIns.find(refreshToken);
    if (signIn) signIns.end(signIn.id);
  }

  async callerOf(token: string, address: string): Promise<Caller | null> {
    if (MachineTokens.isToken(token)) return this.#machine(token, address);
    const subject = await this.#parts.tokens.subjectOf(token);
    if (subject === null) return (await this.#parts.colleagues?.callerOf(token, address)) ?? null;
    const signInId = signInSubject.exec(subject)?.[1];
    return signInId === undefined
      ? (this.#parts.guests?.callerOf(subject, address) ?? null)
      : this.#user(Number(signInId), address);
  }

  onBehalfOf(caller: Caller, work: () => void): void {
    this.#parts.callers.run(caller, work);
  }

  #user(signInId: number, address: string): Caller | null {
    const { signIns } = this.#parts.file;
    const signedIn = signIns.standing(signInId);
    if (!signedIn) return null;
    return {
      kind: 'user',
      name: signedIn.name,
      address,
      standing: () => signIns.standing(signInId),
      dismiss: () => signIns.end(signInId),
    };
  }

  #machine(token: string, address: string): Caller | null {
    const { machineTokens } = this.#parts.file;
    const found = machineTokens.find(token);
    if (!found) return null;
    return {
      kind: 'machine',
      name: found.name,
      address,
      standing: () => machineTokens.get(found.id),
      // The token may stand in the settings of a program that nobody is at; whoever means it removes it.
      dismiss: () => undefined,
    };
  }

  #tokenFor(signInId: number, remainingMs: number): Promise<AccessToken> {
    return this.#parts.tokens.issue(`sign-in:${signInId}`, remainingMs);
  }
}
