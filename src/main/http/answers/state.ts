import * as v from 'valibot';
import { sourceKindSchema } from '../../../shared/source.ts';

const count = v.pipe(v.number(), v.integer());
/** Unix time in milliseconds. */
const timeMs = v.number();
const scale = v.picklist([1, 2, 4]);
const videoCodec = v.picklist(['h264', 'vp8']);
export const pictureCodecSchema = v.picklist(['h264', 'vp8', 'jpeg']);
export const engineSchema = v.picklist(['native', 'ffmpeg']);

export const faultReasonSchema = v.picklist([
  'not_found',
  'busy',
  'unreachable',
  'refused',
  'bad_output',
  'ended',
  'silent',
  'crashed',
  'no_engine',
  'no_publisher',
  'away_there',
  'not_trusted',
]);

const detectorSchema = v.object({
  widthPx: count,
  heightPx: count,
  pixelType: v.picklist(['uint8', 'uint16le', 'rgb24', 'i420']),
  significantBits: count,
  engine: engineSchema,
  pixelSizeUm: v.exactOptional(v.number()),
  nominalFps: v.exactOptional(v.number()),
  stationName: v.exactOptional(v.string()),
});

const readingSchema = v.object({
  number: count,
  captureTimeMs: timeMs,
  exposureMs: v.exactOptional(v.number()),
  min: v.number(),
  max: v.number(),
  mean: v.number(),
  fullScaleShare: v.number(),
  zeroShare: v.number(),
  hash: v.string(),
  display: v.object({ lowCount: v.number(), highCount: v.number(), isAuto: v.boolean() }),
});

const statusSchema = v.variant('kind', [
  v.object({ kind: v.literal('idle') }),
  v.object({ kind: v.literal('starting') }),
  v.object({ kind: v.literal('live') }),
  v.object({
    kind: v.literal('offline'),
    fault: v.object({ reason: faultReasonSchema, detail: v.string() }),
    sinceMs: timeMs,
    nextTryAtMs: timeMs,
    attempt: count,
  }),
]);

const renditionSchema = v.object({
  codec: pictureCodecSchema,
  scale,
  viewers: count,
  kbitPerS: v.number(),
  maxKbitPerS: v.nullable(v.number()),
  isPassedOn: v.exactOptional(v.literal(true)),
});

/** As the type of the same name in src/shared/state.ts; the same goes for all schemas of answers. */
export const streamStateSchema = v.object({
  id: v.string(),
  name: v.string(),
  sourceKind: sourceKindSchema,
  pixelSizeUm: v.nullable(v.number()),
  status: statusSchema,
  detector: v.nullable(detectorSchema),
  fps: v.nullable(v.number()),
  reading: v.nullable(readingSchema),
  frozenSinceMs: v.nullable(timeMs),
  renditions: v.array(renditionSchema),
  viewers: count,
  skippedFrames: count,
  starts: count,
});

const keepaliveSchema = v.object({ roundTripMs: v.nullable(v.number()), ageMs: v.number() });

const picturesSchema = v.object({
  maxFps: v.number(),
  bufferedBytes: count,
  sentPictures: count,
  skippedPictures: count,
});

export const viewerStateSchema = v.object({
  id: v.string(),
  streamId: v.string(),
  codec: videoCodec,
  scale,
  isConnected: v.boolean(),
  connectedForMs: v.nullable(v.number()),
  path: v.nullable(v.picklist(['direct', 'relayed'])),
  kbitPerS: v.number(),
  roundTripMs: v.nullable(v.number()),
  lossShare: v.nullable(v.number()),
  jitterMs: v.nullable(v.number()),
  backlogBytes: count,
  skippedFrames: count,
  resentPackets: count,
  keyframeRequests: count,
  keepalive: v.nullable(keepaliveSchema),
  availableKbitPerS: v.nullable(v.number()),
  pictures: v.nullable(picturesSchema),
});

export const stationStateSchema = v.object({
  timeMs,
  station: v.object({
    name: v.string(),
    version: v.string(),
    startedAtMs: timeMs,
    runId: v.string(),
    isShared: v.boolean(),
    load: v.object({ memoryBytes: count, eventLoopLagMs: v.number() }),
  }),
  notices: v.array(v.object({ code: v.picklist(['bad_configuration', 'no_directory']), detail: v.string() })),
  streams: v.array(streamStateSchema),
  viewers: v.array(viewerStateSchema),
});
