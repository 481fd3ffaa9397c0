import * as v from 'valibot';

const text = (maxLength: number) => v.pipe(v.string(), v.nonEmpty('must not be empty'), v.maxLength(maxLength));

/** A name, an IPv4 address, or an IPv6 address in brackets; then a port (RFC 7064 §3.1, RFC 7065 §3.1). */
const place = String.raw`(?:\[[\da-fA-F:.]+\]|[\w.-]+)(?::\d{1,5})?`;

const iceUrl = v.pipe(
  text(512),
  v.regex(
    new RegExp(`^(?:stuns?:${place}|turns?:${place}(?:\\?transport=(?:udp|tcp))?)$`),
    'must look like stun:host:port or turn:host:port',
  ),
);

const urls = v.union([iceUrl, v.pipe(v.array(iceUrl), v.minLength(1, 'must name a server'), v.maxLength(8))]);

const iceServerSchema = v.strictObject({
  urls,
  username: v.exactOptional(text(512)),
  credential: v.exactOptional(text(512)),
});

/** Servers that help through firewalls, as a caller names them: IceServer[], with bounds. */
export const iceServersSchema = v.pipe(v.array(iceServerSchema), v.maxLength(8));

const configuredIceServerSchema = v.pipe(
  v.strictObject({
    urls,
    username: v.exactOptional(text(256)),
    /** The password that belongs to `username`. */
    credential: v.exactOptional(text(512)),
    /** What station and server both know; with it each caller gets a name and password of its own, for `ttlS`. */
    secret: v.exactOptional(text(512)),
    /** How long such a password is good for, in seconds; a day, unless told. */
    ttlS: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(300), v.maxValue(604_800))),
  }),
  v.check(
    ({ secret, credential }) => secret === undefined || credential === undefined,
    'must have either "credential" or "secret"',
  ),
  v.check(
    ({ secret, ttlS }) => ttlS === undefined || secret !== undefined,
    'has "ttlS", which goes with "secret" only',
  ),
  // A browser takes a whole list no more where a TURN server in it lacks these.
  v.check(
    ({ urls, username, credential, secret }) =>
      secret !== undefined ||
      (username !== undefined && credential !== undefined) ||
      [urls].flat().every((url) => url.startsWith('stun')),
    'must have "username" and "credential", or "secret", because it names a TURN server',
  ),
);

/** The same as the station's own file names them. */
export const configuredIceServersSchema = v.pipe(v.array(configuredIceServerSchema), v.maxLength(8));

/** A server with the password that is good for everybody, or with the secret that passwords are made of. */
export type ConfiguredIceServer = v.InferOutput<typeof configuredIceServerSchema>;
