import * as v from 'valibot';
import { keysMessage, userNameSchema, type AllowedStreams, type Role, type TimeSpan } from './access.ts';
import { plainText } from './plain-text.ts';

/** Who may connect to a station: whoever may use the directory at any time, or nobody but who has booked it, in his time. */
export const stationAccesses = ['open', 'booking'] as const;
export type StationAccess = (typeof stationAccesses)[number];

/**
 * What a station answered when the directory asked it last; `refused` is any answer but that of a station that lets it in, and an
 * `untrusted` one has another certificate than before.
 */
export const stationStatuses = ['unknown', 'online', 'offline', 'refused', 'untrusted'] as const;
export type StationStatus = (typeof stationStatuses)[number];

/** One station of the lab. Its keys are those that clients of robots' directories read, on every door. */
export interface LabStation {
  /** Lower-case letters, digits and hyphens; never changes, because the station's own configuration names it. */
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** What the addresses of its network door begin with, without a last slash; null where nobody has said so yet. */
  readonly webrtc_url: string | null;
  /** Nothing but its host for whoever may not change it. */
  readonly rtsp_url: string | null;
  readonly access: StationAccess;
  readonly status: StationStatus;
  /** When it was online last, Unix time; null where it never was. So a station is offline since then. */
  readonly last_seen_ms: number | null;
}

/** A station that says on the network that it is there. Nobody has checked what it says. */
export interface FoundStation {
  readonly name: string;
  readonly webrtc_url: string;
  /** In the directory already, under this address. */
  readonly isListed: boolean;
}

/** What the lab's directory is. */
export interface DirectoryInfo {
  /** The thumbprint of its public key (RFC 7638), which its tickets name as their issuer. */
  readonly id: string;
  /** The lab's, as IANA calls it. Times are Unix time everywhere, and only shown in it. */
  readonly timeZone: string;
  /** What stations check its tickets with. */
  readonly publicKey: PublicKey;
  /** What the addresses of its pages begin with, as the asker has reached it; null at its own screen while its network door is closed. */
  readonly url: string | null;
}

/** The public half of the key that tickets are signed with (RFC 8037). */
export const publicKeySchema = v.strictObject(
  {
    kty: v.literal('OKP', 'must be OKP'),
    crv: v.literal('Ed25519', 'must be Ed25519'),
    x: v.pipe(v.string('must be a text'), v.regex(/^[\w-]{43}$/, 'must be 32 bytes in base64url')),
    kid: v.exactOptional(v.string()),
    alg: v.exactOptional(v.literal('EdDSA')),
    use: v.exactOptional(v.literal('sig')),
  },
  keysMessage,
);
export type PublicKey = v.InferOutput<typeof publicKeySchema>;

/** How a station is called in a directory. */
export const labIdSchema = v.pipe(
  v.string('must be a text'),
  v.regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens, at most 63'),
);

/** As long as browsers and servers take. */
export const urlText = v.pipe(v.string('must be a text'), v.maxLength(2_048, 'must be at most 2,048 characters long'));

/** Browsers send their offers there, so it says nothing but where the door is: one host, which nobody can read in two ways. */
const webrtcUrlSchema = v.pipe(
  urlText,
  v.regex(
    /^https?:\/\/(?:\[[\da-f:.]+\]|[a-z\d._-]+)(?::\d{1,5})?(?:\/[^\s?#\\]*)?$/i,
    'must be an address that begins with http:// or https://, such as https://192.168.4.20:8081',
  ),
);

const rtspUrlSchema = v.pipe(
  urlText,
  v.regex(/^rtsps?:\/\/[^\s\\\p{Cc}]+$/iu, 'must be an address that begins with rtsp:// or rtsps://'),
);

const typeSchema = plainText({ min: 1, max: 64 });
const accessSchema = v.picklist(stationAccesses, `must be one of ${stationAccesses.join(', ')}`);

export const newLabStationSchema = v.strictObject(
  {
    /** Made of the name, unless told. */
    id: v.exactOptional(labIdSchema),
    name: plainText({ min: 1, max: 80 }),
    type: typeSchema,
    webrtc_url: v.optional(v.nullable(webrtcUrlSchema), null),
    rtsp_url: v.optional(v.nullable(rtspUrlSchema), null),
    access: v.optional(accessSchema, 'open'),
  },
  keysMessage,
);
export type NewLabStation = v.InferOutput<typeof newLabStationSchema>;

/** What can be changed of a station; what is left out stays. */
export const labStationChangeSchema = v.strictObject(
  {
    name: v.exactOptional(plainText({ min: 1, max: 80 })),
    type: v.exactOptional(typeSchema),
    webrtc_url: v.exactOptional(v.nullable(webrtcUrlSchema)),
    rtsp_url: v.exactOptional(v.nullable(rtspUrlSchema)),
    access: v.exactOptional(accessSchema),
  },
  keysMessage,
);
export type LabStationChange = v.InferOutput<typeof labStationChangeSchema>;

const wishText = v.exactOptional(v.pipe(v.string('must be a text'), v.nonEmpty('must not be empty'), v.maxLength(64)));

/**
 * To which station somebody would like to connect: that one, or any of a type. Clients of other directories send their offer along,
 * which nobody reads here: it belongs to the station.
 */
export const connectWishSchema = v.pipe(
  v.object(
    {
      robot_id: wishText,
      robot_type: wishText,
      sdp: v.exactOptional(v.string('must be a text')),
      type: v.exactOptional(v.string('must be a text')),
    },
    keysMessage,
  ),
  v.check(
    ({ robot_id, robot_type }) => robot_id !== undefined || robot_type !== undefined,
    'robot_id or robot_type is missing',
  ),
);
export type ConnectWish = v.InferOutput<typeof connectWishSchema>;

/** Where to connect, and what lets in there. */
export interface Connection {
  readonly robot_id: string;
  readonly webrtc_url: string;
  /** A sentence that says what to do with it. */
  readonly message: string;
  /** A bearer token for that station alone. Asking again gives another one. */
  readonly ticket: string;
  /** As a span, because the clock of another machine may be wrong. */
  readonly ticket_expires_in_ms: number;
  /** When the booking ends that lets in, Unix time; null where no booking is needed. */
  readonly booking_until_ms: number | null;
}

/** A time in which a station is somebody's: from `fromMs` on, and no more at `untilMs`. */
export interface Booking {
  readonly id: number;
  /** The station's id. */
  readonly station: string;
  /** Unix time, as `untilMs`. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Null where it is somebody else's business, as `purpose`. */
  readonly user: string | null;
  readonly purpose: string | null;
  readonly isOwn: boolean;
}

/** The bounds of a booking. */
export const bookingBounds = {
  longestMs: 30 * 86_400_000,
  aheadMs: 366 * 86_400_000,
  /** Whoever picks the minute that has just begun means now. */
  lateMs: 5 * 60_000,
  maxOpenOfUser: 100,
  maxPurposeChars: 200,
} as const;

const instantSchema = v.pipe(
  v.number('must be a number'),
  v.integer('must be whole milliseconds of Unix time'),
  v.minValue(0, 'must be milliseconds of Unix time'),
  v.maxValue(8.64e15, 'must be milliseconds of Unix time'),
);
const purposeSchema = plainText({ min: 0, max: bookingBounds.maxPurposeChars });

export const newBookingSchema = v.strictObject(
  {
    station: labIdSchema,
    fromMs: instantSchema,
    untilMs: instantSchema,
    purpose: v.optional(purposeSchema, ''),
    /** For whom, where that is somebody else, which admins may say. */
    user: v.exactOptional(userNameSchema),
  },
  keysMessage,
);
export type NewBooking = v.InferOutput<typeof newBookingSchema>;

/** What can be changed of a booking; what is left out stays. */
export const bookingChangeSchema = v.strictObject(
  {
    fromMs: v.exactOptional(instantSchema),
    untilMs: v.exactOptional(instantSchema),
    purpose: v.exactOptional(purposeSchema),
  },
  keysMessage,
);
export type BookingChange = v.InferOutput<typeof bookingChangeSchema>;

/** Who has a station now, and who has it after that. */
export interface StationAgenda {
  readonly current: Booking | null;
  readonly next: Booking | null;
}

/** Who is due at a station, as its directory told it. */
export interface Due {
  readonly user: string;
  readonly fromMs: number;
  readonly untilMs: number;
  /** The lab's, as IANA calls it; null where its directory is older and does not tell it. */
  readonly timeZone: string | null;
}

/**
 * The lab's directory, for one who asks. What is given has been checked by the schemas above; null and false mean that there is nothing of
 * that id. Refusals are StationErrors: `bad_setting`, `not_allowed`, and those that are named.
 */
export interface DirectoryApi {
  info(): DirectoryInfo;
  stations(): readonly LabStation[];
  addStation(station: NewLabStation): Promise<LabStation>;
  changeStation(id: string, change: LabStationChange): Promise<LabStation | null>;
  /** Its bookings go with it. */
  removeStation(id: string): boolean;
  /** The stations that say on the network that they are there; takes some seconds. */
  found(): Promise<readonly FoundStation[]>;
  /** @throws StationError `unknown_station`, `no_station_address`, `not_booked`. */
  connect(wish: ConnectWish): Promise<Connection>;
  /** Bookings that overlap the span, in their order; at most 10,000. */
  bookings(span: TimeSpan): readonly Booking[];
  /** @throws StationError `unknown_station`, `booked_already`. */
  book(booking: NewBooking): Booking;
  /** @throws StationError `booked_already`. */
  changeBooking(id: number, change: BookingChange): Booking | null;
  cancelBooking(id: number): boolean;
  /** The bookings that the asker may see whole, as an iCalendar file (RFC 5545). */
  calendar(): string;
  /** Null where there is no such station. */
  agenda(stationId: string): StationAgenda | null;
}

/** The directory as the screen of its own station meets it. */
export interface KioskDirectory extends Omit<DirectoryApi, 'info'> {
  /** Null where the station is no directory; then all other calls but `due` are refused with `not_allowed`. */
  info(): DirectoryInfo | null;
  /** Who has booked this very station now, or is the next to, as a directory told it last; null where nobody is known to. */
  due(): Due | null;
}

/** Who asks the directory. */
export interface DirectoryAsker {
  /** What a ticket calls him. */
  readonly name: string;
  /** Whose bookings are his own; null for a program, which has none. */
  readonly user: string | null;
  /** Says which stations there are, and changes anybody's bookings. */
  readonly mayManage: boolean;
  readonly role: Role;
  readonly streams: AllowedStreams;
  /** What the addresses of the network's door begin with, as he reached it; without it, he is at the station's own screen. */
  readonly door?: string;
}

/** The lab's directory, as a door meets it. */
export interface DirectoryDesk {
  /** What the stations of the lab check tickets with. */
  readonly publicKey: PublicKey;
  of(asker: DirectoryAsker): DirectoryApi;
}

const timeZoneSchema = v.pipe(
  v.string('must be a text'),
  v.check(isTimeZone, 'must be a time zone such as Europe/Berlin'),
);

/** Makes a station the lab's directory. */
export const directoryConfigSchema = v.strictObject({ timeZone: timeZoneSchema });
export type DirectoryConfig = v.InferOutput<typeof directoryConfigSchema>;

/** Whether this machine knows a zone of that name (IANA). */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    // A RangeError, and the only way to ask.
    return false;
  }
}
