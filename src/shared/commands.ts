import * as v from 'valibot';
import { keepaliveBoundsMs } from './keepalive.ts';

/** The data channel on which a Player tells the station its wishes. Reliable and in order. */
export const commandsLabel = 'commands';
/** The data channel on which the station sends whole pictures. Opened by the Player, unordered and without retransmission. */
export const pictureLabel = 'video';

/** A Player may ask for so many whole pictures a second; 0 ends them. */
export const maxPictureFps = 60;

const pixels = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));
const unixTimeMs = v.pipe(v.number(), v.finite());

/** What a Player may say there, as JSON, beside the words of the keepalive. Keys that are not known here are passed over. */
export const commandSchema = v.variant('type', [
  v.object({
    type: v.literal('hello'),
    /** How often the station shall ping. */
    keepaliveMs: v.exactOptional(
      v.pipe(v.number(), v.integer(), v.minValue(keepaliveBoundsMs.min), v.maxValue(keepaliveBoundsMs.max)),
    ),
    /** Whether the station shall tell the number of each picture that it sends as video (FrameNumbers). */
    frames: v.exactOptional(v.boolean()),
  }),
  /** The size at which the picture is shown, in physical pixels: the station sends no more than is of use. */
  v.object({ type: v.literal('show'), widthPx: pixels, heightPx: pixels }),
  /** Asks for whole pictures on the channel `video`. */
  v.object({
    type: v.literal('pictures'),
    fps: v.pipe(v.number(), v.minValue(0), v.maxValue(maxPictureFps)),
    /** By what both sides of the picture are divided. */
    scale: v.exactOptional(v.picklist([1, 2, 4])),
  }),
  /** Asks what time it is at the station; answered at once with a ClockAnswer. */
  v.object({ type: v.literal('clock'), sentMs: unixTimeMs }),
]);
export type Command = v.InferOutput<typeof commandSchema>;

/** What the station says of a message that it does not take. */
export interface CommandError {
  readonly type: 'error';
  readonly reason: 'bad_message' | 'too_large' | 'too_many';
}

/** The four times of a round trip (RFC 5905 §8), Unix time with fractions: the Player adds its own of the arrival. */
export interface ClockAnswer {
  readonly type: 'clock';
  /** As in the question: of the Player's clock. */
  readonly sentMs: number;
  /** Of the station's clock. */
  readonly receivedMs: number;
  readonly repliedMs: number;
}

/** Which pictures were sent as video since the last such message; some five of them come in a second. */
export interface FrameNumbers {
  readonly type: 'frames';
  /** The Capture's number of each picture, and its capture time (Unix time), which its RTP timestamp carries too. */
  readonly frames: readonly (readonly [number: number, captureTimeMs: number])[];
}

/** What the station says on `commands` beside the words of the keepalive. */
export type CommandReply = CommandError | ClockAnswer | FrameNumbers;

/** The line of JSON before the bytes of each message on the channel `video`, which a line feed ends. */
export interface PictureHeader {
  readonly frame: number;
  readonly captureTimeMs: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly format: 'jpeg';
  /** Counted from 0; only where a picture is sent in several messages. */
  readonly part?: number;
  readonly parts?: number;
}
