import * as v from 'valibot';

/** The detectors that Eyepiece simulates; what each looks like is told in `src/main/capture/worker/simulated`. */
export const simulatedDetectors = ['brightfield', 'fluorescence', 'dim', 'flaky', 'clock'] as const;
export type SimulatedDetector = (typeof simulatedDetectors)[number];

const text = (maxLength: number) => v.pipe(v.string(), v.nonEmpty('must not be empty'), v.maxLength(maxLength));

/** No control characters: what is written here reaches command lines, logs and screens. */
// eslint-disable-next-line no-control-regex -- the rule guards against typing mistakes; here the range is the point.
const printable = v.regex(/^[^\u0000-\u001f\u007f]*$/, 'must not hold control characters');

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

/** Where pictures come from, as plain data. */
export const sourceSchema = v.variant(
  'kind',
  [simulatedSource, cameraSource, urlSource, fileSource, programSource],
  'must be one of simulated, camera, url, file, program',
);
export type Source = v.InferOutput<typeof sourceSchema>;
export type SourceKind = Source['kind'];

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

export const streamConfigSchema = v.strictObject({
  id: v.pipe(
    v.string(),
    v.regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens, at most 63'),
  ),
  name: streamNameSchema,
  source: sourceSchema,
  /** Without it the scale is said to be unknown. */
  pixelSizeUm: v.optional(pixelSizeSchema),
  quality: v.optional(qualitySchema, 'standard'),
});

/** One configured Stream. */
export type StreamConfig = v.InferOutput<typeof streamConfigSchema>;
