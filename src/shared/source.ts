import * as v from 'valibot';

/** The detectors that Eyepiece simulates; what each looks like is told in `src/main/capture/worker/simulated`. */
export const simulatedDetectors = ['brightfield', 'fluorescence', 'dim', 'flaky', 'clock'] as const;
export type SimulatedDetector = (typeof simulatedDetectors)[number];

const text = (maxLength: number) => v.pipe(v.string(), v.nonEmpty('must not be empty'), v.maxLength(maxLength));

/** No control characters: what is written here reaches command lines, logs and screens. */
// eslint-disable-next-line no-control-regex -- the rule guards against typing mistakes; here the range is the point.
const printable = v.regex(/^[^\u0000-\u001f\u007f]*$/, 'must not hold control characters');

const streamIdSchema = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens, at most 63'),
);

const simulatedSource = v.strictObject({
  kind: v.literal('simulated'),
  detector: v.picklist(simulatedDetectors, `must be one of ${simulatedDetectors.join(', ')}`),
});

const cameraSource = v.strictObject({
  kind: v.literal('camera'),
  /** A number (0 is the first), a device path (`/dev/video0`), or a stable id as the station lists it. */
  device: v.union([v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(63)), v.pipe(text(512), printable)]),
  widthPx: v.optional(v.pipe(v.number(), v.integer(), v.minValue(16), v.maxValue(8192))),
  heightPx: v.optional(v.pipe(v.number(), v.integer(), v.minValue(16), v.maxValue(8192))),
  fps: v.optional(v.pipe(v.number(), v.minValue(0.1), v.maxValue(500))),
});

/** Only these reach FFmpeg: everything else (file:, concat:, data:, playlists) is a way to read what nobody meant to show. */
export const sourceUrlSchemes = ['rtsp', 'rtsps', 'rtmp', 'rtmps', 'http', 'https'] as const;
const sourceUrl = new RegExp(`^(?:${sourceUrlSchemes.join('|')})://[^\\s/]`, 'i');

const urlSource = v.strictObject({
  kind: v.literal('url'),
  url: v.pipe(
    text(2048),
    printable,
    v.regex(sourceUrl, `must be an address that starts with one of ${sourceUrlSchemes.join('://, ')}://`),
  ),
});

const fileSource = v.strictObject({
  kind: v.literal('file'),
  /** A recording; a relative path starts at the configuration file's folder. */
  path: v.pipe(text(4096), printable),
});

const programSource = v.strictObject({
  kind: v.literal('program'),
  /** The program and its arguments, started without a shell. A relative program path starts at the configuration file's folder. */
  command: v.pipe(
    v.array(v.pipe(v.string(), v.maxLength(4096))),
    v.minLength(1, 'must name a program'),
    v.maxLength(64),
  ),
});

/** Waits for whoever publishes to the Stream's id (WHIP, RFC 9725). */
const publishedSource = v.strictObject({ kind: v.literal('published') });

/** A Stream of another station, which this one watches as a Player does (WHEP) and passes on. */
const stationSource = v.pipe(
  v.strictObject({
    kind: v.literal('station'),
    /** Of one of its doors, without a path. */
    url: v.pipe(
      text(256),
      v.regex(/^https?:\/\/(?:\[[\da-fA-F:.]+\]|[\w.-]+)(?::\d{1,5})?$/, 'must look like https://192.168.4.20:8081'),
    ),
    /** The id of its Stream; its first one without it. */
    stream: v.exactOptional(streamIdSchema),
    /** A machine token of that station; none where its door asks nobody. */
    token: v.exactOptional(
      v.pipe(text(512), v.regex(/^[\w.~+/-]+=*$/, 'must be a machine token of the other station')),
    ),
    /** SHA-256 of its certificate. With it no other certificate is taken, without it only those that this machine trusts. */
    fingerprint: v.exactOptional(
      v.pipe(
        v.string(),
        v.regex(/^[\da-f]{2}(?::?[\da-f]{2}){31}$/i, 'must be the SHA-256 of a certificate, as 64 hexadecimal digits'),
      ),
    ),
  }),
  v.check(
    ({ url, fingerprint }) => fingerprint === undefined || url.startsWith('https:'),
    'must have an address that starts with https:// where it has a fingerprint',
  ),
);

/** Where pictures come from, as plain data. */
export const sourceSchema = v.variant(
  'kind',
  [simulatedSource, cameraSource, urlSource, fileSource, programSource, publishedSource, stationSource],
  'must be one of simulated, camera, url, file, program, published, station',
);
export type Source = v.InferOutput<typeof sourceSchema>;
/** Another station's Stream. */
export type StationSource = v.InferOutput<typeof stationSource>;
export type SourceKind = Source['kind'];
export const sourceKindSchema = v.picklist(sourceSchema.options.map(({ entries }) => entries.kind.literal));

/**
 * The Sources that can be set while the station runs. Recordings and detector programs are left to the configuration file: a kiosk
 * that starts programs or reads files at the touch of a screen would be a way out of it, and over the network a way in.
 */
export const addableSourceSchema = v.variant(
  'kind',
  [simulatedSource, cameraSource, urlSource, publishedSource],
  'must be simulated, camera, url or published',
);
export type AddableSource = v.InferOutput<typeof addableSourceSchema>;

/** How much bitrate a Stream may spend; `standard` suits a wall on a lab network. */
export const qualities = ['economy', 'standard', 'high'] as const;
export type Quality = (typeof qualities)[number];

/** Spaces around a name can't be seen, so nobody means them. */
export const streamNameSchema = v.pipe(
  v.string(),
  v.trim(),
  v.nonEmpty('must not be empty'),
  v.maxLength(80),
  printable,
);
/** The width of one source pixel in the specimen, in µm. */
export const pixelSizeSchema = v.pipe(v.number(), v.gtValue(0, 'must be above 0'), v.maxValue(10_000));
export const qualitySchema = v.picklist(qualities, `must be one of ${qualities.join(', ')}`);

/** Whether a Stream may have this id. */
export function isStreamId(text: string): boolean {
  return v.is(streamIdSchema, text);
}

export const streamConfigSchema = v.strictObject({
  id: streamIdSchema,
  name: streamNameSchema,
  source: sourceSchema,
  /** Without it the scale is said to be unknown. */
  pixelSizeUm: v.optional(pixelSizeSchema),
  quality: v.optional(qualitySchema, 'standard'),
});

/** More than that nobody can look at. */
export const maxStreams = 64;

/** One configured Stream. */
export type StreamConfig = v.InferOutput<typeof streamConfigSchema>;
