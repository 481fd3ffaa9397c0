import * as v from 'valibot';
import type { PictureWish } from '../../../shared/api.ts';
import { maxPictureFps } from '../../../shared/commands.ts';
import { StationError } from '../../../shared/errors.ts';
import type { PictureScale, StreamState } from '../../../shared/state.ts';

/**
 * The ways in which ImSwitch sends a live view, as far as the station has them: `webrtc` is a session, `mjpeg` the pictures as
 * multipart, and `jpeg` the pictures one by one. It has no `binary`, which is raw pixels over Socket.IO.
 */
export const protocols = ['webrtc', 'mjpeg', 'jpeg'] as const;
export type Protocol = (typeof protocols)[number];

/** What a client of ImSwitch may set of a protocol, and reads back. */
export interface Parameters {
  /** Time between two pictures. */
  readonly throttle_ms: number;
  readonly subsampling_factor: PictureScale;
}

export const defaultParameters: Parameters = { throttle_ms: 50, subsampling_factor: 1 };

/** What has no meaning here; these are the values that its clients know from ImSwitch itself. */
const meaningless = {
  detector_name: null,
  compression_algorithm: 'lz4',
  compression_level: 0,
  crop_size: 0,
  jpeg_quality: 80,
  stun_servers: [],
  turn_servers: [],
  max_width: 1280,
  broadcast_frames: true,
};

const factorMessage = '"subsampling_factor" must be a number from 1 up';
const throttleMessage = '"throttle_ms" must be a number from 0 to 60000';
/** What a client may say of them; those that have no meaning here are passed over. */
export const parameterEntries = {
  throttle_ms: v.nullish(
    v.pipe(v.number(throttleMessage), v.minValue(0, throttleMessage), v.maxValue(60_000, throttleMessage)),
  ),
  subsampling_factor: v.nullish(v.pipe(v.number(factorMessage), v.minValue(1, factorMessage))),
};
export type ParameterChange = v.InferOutput<v.ObjectSchema<typeof parameterEntries, undefined>>;

/** Parameters after a change. */
export function changed(parameters: Parameters, { throttle_ms, subsampling_factor }: ParameterChange): Parameters {
  return {
    throttle_ms: throttle_ms ?? parameters.throttle_ms,
    subsampling_factor: subsampling_factor ? scaleOf(subsampling_factor) : parameters.subsampling_factor,
  };
}

/** Parameters in full, as ImSwitch lists them. */
export function listed(protocol: Protocol, parameters: Parameters): object {
  return { ...meaningless, protocol, ...parameters };
}

export function wishOf({ throttle_ms, subsampling_factor }: Parameters): PictureWish {
  return { scale: subsampling_factor, maxFps: Math.min(maxPictureFps, 1_000 / Math.max(1, throttle_ms)) };
}

/** A detector of ImSwitch is a Stream. Its name is the Stream's id, which never changes; people may type what the screen says. */
export function detectorNamed(streams: readonly StreamState[], name: string | undefined): StreamState {
  const stream = name === undefined ? streams[0] : streams.find((each) => each.id === name || each.name === name);
  if (!stream) throw StationError.unknownStream();
  return stream;
}

/** The size that is asked for, or the next larger one that there is. */
function scaleOf(factor: number): PictureScale {
  if (factor < 2) return 1;
  return factor < 4 ? 2 : 4;
}
