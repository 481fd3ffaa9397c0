import * as v from 'valibot';
import type { About } from '../handler.ts';

const protocol = v.picklist(['webrtc', 'mjpeg', 'jpeg']);
const success = v.literal('success');
const count = v.pipe(v.number(), v.integer());
const names = v.array(v.string());

/** Only the first three have a meaning here. */
const parametersEntries = {
  protocol,
  throttle_ms: v.number(),
  subsampling_factor: v.picklist([1, 2, 4]),
  detector_name: v.null(),
  compression_algorithm: v.literal('lz4'),
  compression_level: count,
  crop_size: count,
  jpeg_quality: count,
  stun_servers: names,
  turn_servers: names,
  max_width: count,
  broadcast_frames: v.boolean(),
};
const parametersSchema = v.object(parametersEntries);
const activeEntries = { active_detectors: names, is_active: v.boolean() };

const refusedSchema = v.object({ status: v.literal('error'), message: v.string() });

/** What a call tells, or the words of its refusal, both under status 200. */
export function told(...schemas: readonly v.GenericSchema[]): About['answers'] {
  return { 200: { json: v.union([...schemas, refusedSchema]) } };
}

export const startedSchema = v.object({ status: success, detector: v.string(), protocol, params: parametersSchema });
export const alreadyRunningSchema = v.object({
  status: v.literal('already_running'),
  detector: v.string(),
  protocol,
  message: v.string(),
});

export const stoppedSchema = v.object({ status: success, detector: v.string(), protocol });
export const notRunningSchema = v.object({
  status: v.literal('not_running'),
  detector: v.exactOptional(v.string()),
  message: v.string(),
});

export const activeStreamsSchema = v.object({
  status: success,
  active_streams: v.array(v.object({ detector: v.string(), protocol })),
});

export const streamStatusSchema = v.object({
  status: success,
  total_detectors: count,
  active_streams: count,
  detectors: v.record(
    v.string(),
    v.variant('is_streaming', [
      v.object({ is_streaming: v.literal(true), protocol, params: parametersSchema }),
      v.object({ is_streaming: v.literal(false), protocol: v.null(), params: v.object({}) }),
    ]),
  ),
  available_protocols: v.array(protocol),
});

export const parametersOfOneSchema = v.object({
  status: success,
  protocol,
  params: parametersSchema,
  ...activeEntries,
});
export const parametersOfAllSchema = v.object({
  status: success,
  current_active_protocols: v.record(v.string(), protocol),
  current_protocol: v.nullable(protocol),
  total_active_streams: count,
  protocols: v.record(protocol, v.object({ ...parametersEntries, ...activeEntries })),
});
export const parametersSetSchema = v.object({
  status: success,
  protocol,
  params: parametersSchema,
  message: v.string(),
});

export const answeredSchema = v.object({ status: success, sdp: v.string(), type: v.literal('answer') });
export const doneSchema = v.object({ status: success, message: v.string() });
