import { rights, type AllowedStreams, type CallerKind, type Right, type Role } from '../../shared/access.ts';

/** What a door wants of a caller before it does something; `public` is for everybody who gets as far as the door. */
export type NeededRight = Right | 'public';

const ofViewer: readonly Right[] = ['watch', 'call', 'use_directory'];
const ofOperator: readonly Right[] = [...ofViewer, 'set_up', 'read_log', 'see_present', 'publish'];
const ofAdmin: readonly Right[] = [...ofOperator, 'change_settings', 'manage_access', 'manage_directory'];

/** The one place where it is decided who may do what. */
const rightsOfRole: Readonly<Record<Role, ReadonlySet<Right>>> = {
  viewer: new Set(ofViewer),
  operator: new Set(ofOperator),
  admin: new Set(ofAdmin),
};

/** What somebody may do, and with which Streams. */
export interface Standing {
  readonly role: Role;
  readonly streams: AllowedStreams;
}

/**
 * What a kind of caller never may, whatever the role: nobody can call a program, or tell one guest from another; and whoever another station
 * vouches for comes to watch and to talk, and is given nothing in hand here. A borrower is here for one Stream, at which nobody stands.
 */
const neverOf: Readonly<Record<CallerKind, ReadonlySet<Right>>> = {
  user: new Set(),
  machine: new Set<Right>(['call']),
  guest: new Set<Right>(['call', 'use_directory']),
  colleague: new Set<Right>(['use_directory', 'publish', 'change_settings', 'manage_access', 'manage_directory']),
  borrower: new Set<Right>(rights.filter((right) => right !== 'watch')),
};

/**
 * Rights that nobody has who is limited to some Streams: settings are those of all of them, and so are stations; the attendance record
 * names all of them; and whoever may add an admin could let himself see the others.
 */
const ofAllStreamsOnly: ReadonlySet<Right> = new Set<Right>(['change_settings', 'manage_access', 'manage_directory']);

export function mayDo({ role, streams }: Standing, right: Right, kind: CallerKind): boolean {
  if (streams !== 'all' && ofAllStreamsOnly.has(right)) return false;
  return rightsOfRole[role].has(right) && !neverOf[kind].has(right);
}

export function rightsOf(standing: Standing, kind: CallerKind): readonly Right[] {
  return [...rightsOfRole[standing.role]].filter((right) => mayDo(standing, right, kind));
}

export function maySee({ streams }: Standing, streamId: string): boolean {
  return streams === 'all' || streams.includes(streamId);
}

/** Who calls. */
export interface Caller {
  readonly kind: CallerKind;
  readonly name: string;
  readonly address: string;
  /** The directory of which a colleague is a user. Without it a program asks, or the directory, and nobody is there to talk with. */
  readonly directory?: { readonly id: string; readonly name: string };
  /** What holds at this moment; null as soon as what let the caller in has ended. */
  standing(): Standing | null;
  /** Ends what let the caller in, as far as that is the caller's alone. */
  dismiss(): void;
}

/** What proves to a door who is calling, for as long as it lasts. */
export interface AccessToken {
  /** For the Authorization header, and nowhere else: addresses are kept in logs and histories. */
  readonly token: string;
  /** As a span, because the clock of another machine may be wrong. */
  readonly expiresInMs: number;
}

/** Somebody who came with the key or the code of a guest link. */
export interface GuestIn extends AccessToken {
  /** What another token is given for, which a code is not at any time. */
  readonly key: string;
}

/** Somebody who has signed in. */
export interface SignedIn extends AccessToken {
  /** What another token is given for. It is good until signing out, or for twelve hours. */
  readonly refreshToken: string;
}

/** Who may come in, as far as a door has to know. */
export interface Access {
  /**
   * Exchanges the key of a guest link, or its code, for a token.
   * @returns Who came in, or the wait after too many wrong ones.
   * @throws StationError `sign_in_needed` where the key is wrong or its link has ended, which look alike.
   */
  exchangeKey(keyOrCode: string, address: string): Promise<GuestIn | { readonly waitMs: number }>;
  /** @returns Null where the name or the password is wrong, or the wait after too many tries. */
  signIn(name: string, password: string, address: string): Promise<SignedIn | null | { readonly waitMs: number }>;
  /** @throws StationError `sign_in_needed` where the sign-in has ended. */
  refresh(refreshToken: string): Promise<AccessToken>;
  /** Ends a sign-in. Idempotent. */
  signOut(refreshToken: string): void;
  /** Who the bearer of this token is, or null where it is none of ours or its time is over. */
  callerOf(token: string, address: string): Promise<Caller | null>;
  /** Does something on behalf of a caller: whatever the door's station is asked meanwhile, it is asked by this one. */
  onBehalfOf(caller: Caller, work: () => void): void;
}
