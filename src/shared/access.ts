import * as v from 'valibot';
import { plainText } from './plain-text.ts';

/** From the least to the most: each may do what those before it may. */
export const roles = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

/** What somebody may do at a door. */
export const rights = [
  /** See what every screen shows: the state and the pictures of the Streams that are allowed, in sessions of one's own. */
  'watch',
  /** Find out what a station could be set up with, and watch over the station itself. */
  'set_up',
  /** Read what happened to a Stream. */
  'read_log',
  /** See by name who watches. */
  'see_present',
  /** Send pictures of one's own to the Streams that are allowed. */
  'publish',
  /** Talk with others, and be called: for users and colleagues only, whatever their role. */
  'call',
  /** Look for stations in the lab's directory, connect to them and book them. */
  'use_directory',
  /** Change what the station shows. */
  'change_settings',
  /** Decide who may come in, throw somebody out, and read who came. */
  'manage_access',
  /** Say which stations the lab has, and change anybody's bookings. */
  'manage_directory',
] as const;
export type Right = (typeof rights)[number];

/** Which Streams somebody may see, by id. */
export type AllowedStreams = 'all' | readonly string[];

/** Somebody who signs in with a name and a password. */
export interface User {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  readonly streams: AllowedStreams;
  /** Kept with its rights, and can't sign in. */
  readonly isDisabled: boolean;
  readonly createdAtMs: number;
}

/** What lets a program in until it expires. The token itself is told once, when it is made, and kept by nobody here. */
export interface MachineToken {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  readonly streams: AllowedStreams;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

/**
 * What a caller is: somebody with the guest link, with a password, a program with a token, somebody with a ticket of the lab's
 * directory, or with one of the directory that this station itself is, for a Stream that it lends.
 */
export const callerKinds = ['guest', 'user', 'machine', 'colleague', 'borrower'] as const;
export type CallerKind = (typeof callerKinds)[number];

/** Who a caller is, and what it may do: what a page has to know to offer nothing that would be refused. */
export interface Me {
  readonly kind: CallerKind;
  readonly name: string;
  readonly role: Role;
  readonly rights: readonly Right[];
  readonly streams: AllowedStreams;
}

/** One Viewer of the network, as the attendance record holds it. */
export interface Visit {
  readonly id: number;
  readonly kind: CallerKind;
  /** What the user or the machine token was called at the time. */
  readonly name: string;
  readonly streamId: string;
  readonly address: string;
  /** Unix time, as `untilMs`. */
  readonly fromMs: number;
  /** The last time it was seen, where it is there still or the station ended without a word. */
  readonly untilMs: number;
  readonly isPresent: boolean;
}

const nameSchema = plainText({ min: 1, max: 64 });

/** The name of a user. */
export const userNameSchema = nameSchema;

/** The bounds of a password in characters. */
export const passwordBounds = { min: 10, max: 256 } as const;

/** A long one is worth more than signs of every kind (NIST SP 800-63B §3.1.1.2). */
export const passwordSchema = v.pipe(
  v.string('must be a text'),
  v.minLength(passwordBounds.min, `must be at least ${passwordBounds.min} characters long`),
  v.maxLength(passwordBounds.max, `must be at most ${passwordBounds.max} characters long`),
);

export const roleSchema = v.picklist(roles, `must be one of ${roles.join(', ')}`);
export const streamsSchema = v.union(
  [v.literal('all'), v.pipe(v.array(v.pipe(v.string(), v.nonEmpty(), v.maxLength(64))), v.maxLength(64), v.readonly())],
  'must be "all" or a list of ids of streams',
);

/** What is wrong with the keys of an object, without repeating one that nobody knows. */
export const keysMessage = ({ expected, received }: v.BaseIssue<unknown>): string => {
  if (expected === 'never') return 'it has a key that is not known';
  return received === 'undefined' ? `${expected} is missing` : 'it must be a JSON object';
};

export const newUserSchema = v.strictObject(
  { name: nameSchema, password: passwordSchema, role: roleSchema, streams: v.optional(streamsSchema, 'all') },
  keysMessage,
);
export type NewUser = v.InferOutput<typeof newUserSchema>;

/** What can be changed of a user; what is left out stays. */
export const userChangeSchema = v.strictObject(
  {
    password: v.exactOptional(passwordSchema),
    role: v.exactOptional(roleSchema),
    streams: v.exactOptional(streamsSchema),
    isDisabled: v.exactOptional(v.boolean('must be true or false')),
  },
  keysMessage,
);
export type UserChange = v.InferOutput<typeof userChangeSchema>;

export const newMachineTokenSchema = v.strictObject(
  {
    name: nameSchema,
    role: roleSchema,
    streams: v.optional(streamsSchema, 'all'),
    expiresInDays: v.pipe(
      v.number('must be a number'),
      v.integer('must be a whole number'),
      v.minValue(1, 'must be at least 1'),
      v.maxValue(366, 'must be at most 366'),
    ),
  },
  keysMessage,
);
export type NewMachineToken = v.InferOutput<typeof newMachineTokenSchema>;

/** The bounds of a guest link's life in hours, and how long one lasts where nobody says: a day at the microscope. */
export const guestHours = { min: 1, max: 168, usual: 12 } as const;

/** What a guest link is to open, and for how long. */
export const guestWishSchema = v.strictObject(
  {
    streams: v.optional(
      v.pipe(
        streamsSchema,
        v.check((streams) => streams.length > 0, 'must name a stream'),
      ),
      'all',
    ),
    lastsHours: v.optional(
      v.pipe(
        v.number('must be a number'),
        v.integer('must be a whole number'),
        v.minValue(guestHours.min, `must be at least ${guestHours.min}`),
        v.maxValue(guestHours.max, `must be at most ${guestHours.max}`),
      ),
      guestHours.usual,
    ),
  },
  keysMessage,
);
export type GuestWish = v.InferOutput<typeof guestWishSchema>;

/** A span of Unix time; null is open at that end. */
export interface TimeSpan {
  readonly fromMs: number | null;
  readonly untilMs: number | null;
}

/**
 * Who may come in over the network, who is there, and who was. What is given has been checked by the schemas above.
 * Null and false mean that there is nothing of that id.
 */
export interface AccessAdmin {
  users(): readonly User[];
  /** @throws StationError `bad_setting` where the name is taken. */
  addUser(user: NewUser): Promise<User>;
  /** A new password, and disabling, end everything that the user has signed in to. */
  changeUser(id: number, change: UserChange): Promise<User | null>;
  removeUser(id: number): boolean;
  machineTokens(): readonly MachineToken[];
  addMachineToken(token: NewMachineToken): MachineToken & { readonly token: string };
  removeMachineToken(id: number): boolean;
  /** Those who watch over the network at this moment. */
  present(): readonly Visit[];
  /**
   * Ends a present visit and what let it in: a user has to sign in again, and a guest's address can't use the link any more. A
   * machine's token stays; it comes in again until that is removed.
   */
  dismiss(visitId: number): Promise<boolean>;
  /** Visits that overlap the span, newest first; at most 10,000. */
  attendance(span: TimeSpan): readonly Visit[];
}
