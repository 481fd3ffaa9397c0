import * as v from 'valibot';
import { engineSchema, faultReasonSchema, pictureCodecSchema } from './state.ts';

const count = v.pipe(v.number(), v.integer());

export const statusSchema = v.object({
  name: v.string(),
  version: v.string(),
  uptimeS: count,
  status: v.literal('running'),
  active_connections: count,
  camera_stream: v.boolean(),
  port: v.nullable(count),
  streams: v.array(
    v.object({
      id: v.string(),
      name: v.string(),
      state: v.picklist(['idle', 'starting', 'live', 'offline']),
      widthPx: v.nullable(count),
      heightPx: v.nullable(count),
      fps: v.nullable(v.number()),
      codecs: v.array(pictureCodecSchema),
      engine: v.nullable(engineSchema),
      viewers: count,
    }),
  ),
});

export const webrtcConfigSchema = v.object({
  iceServers: v.array(
    v.object({
      urls: v.union([v.string(), v.array(v.string())]),
      username: v.exactOptional(v.string()),
      credential: v.exactOptional(v.string()),
    }),
  ),
});

export const cameraSchema = v.object({
  id: v.string(),
  name: v.string(),
  path: v.string(),
  modes: v.array(v.object({ widthPx: count, heightPx: count, fps: v.number(), format: v.string() })),
});

const viewerEnd = v.picklist([
  'left',
  'closed_by_peer',
  'connect_timeout',
  'ice_failed',
  'silent',
  'misbehaved',
  'stream_removed',
  'no_longer_shared',
  'station_closing',
  'internal_error',
]);

export const streamEventSchema = v.variant('kind', [
  v.object({ kind: v.picklist(['started', 'live', 'frozen', 'idle']), timeMs: v.number() }),
  v.object({ kind: v.literal('offline'), reason: faultReasonSchema, detail: v.string(), timeMs: v.number() }),
  v.object({ kind: v.literal('live_again'), outageMs: v.number(), timeMs: v.number() }),
  v.object({ kind: v.literal('thawed'), frozenForMs: v.number(), timeMs: v.number() }),
  v.object({ kind: v.literal('viewer_came'), viewers: count, timeMs: v.number() }),
  v.object({ kind: v.literal('viewer_gone'), reason: viewerEnd, viewers: count, timeMs: v.number() }),
  v.object({
    kind: v.literal('settings_changed'),
    settings: v.array(v.picklist(['name', 'source', 'pixelSizeUm', 'quality'])),
    timeMs: v.number(),
  }),
  v.object({ kind: v.literal('frames_skipped'), frames: count, timeMs: v.number() }),
]);

/** Where the station has offered. */
export const viewerOfferSchema = v.object({ viewerId: v.string(), type: v.literal('offer'), sdp: v.string() });

/** Where a program has offered by JSON. */
export const offerAnswerSchema = v.object({
  sdp: v.string(),
  type: v.literal('answer'),
  connection_id: v.string(),
  peer_id: v.string(),
});

export const successSchema = v.object({ success: v.literal(true) });
