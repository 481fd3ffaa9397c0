import * as v from 'valibot';
import { keepaliveBoundsMs } from './keepalive.ts';

/** The data channel on which a Player tells the station its wishes. */
export const commandsLabel = 'commands';

/** What a Player may say there, as JSON, beside the words of the keepalive. Keys that are not known here are passed over. */
export const commandSchema = v.object({
  type: v.literal('hello'),
  /** How often the station shall ping. */
  keepaliveMs: v.exactOptional(
    v.pipe(v.number(), v.integer(), v.minValue(keepaliveBoundsMs.min), v.maxValue(keepaliveBoundsMs.max)),
  ),
});
export type Command = v.InferOutput<typeof commandSchema>;

/** What the station says of a message that it does not take. */
export interface CommandError {
  readonly type: 'error';
  readonly reason: 'bad_message' | 'too_large' | 'too_many';
}
