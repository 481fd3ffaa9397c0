import * as v from 'valibot';
import { StationError } from '../../shared/errors.ts';

/** Checks the arguments of one call and makes it. @throws StationError `bad_arguments`, or what the call itself throws. */
export type IpcCall = (args: readonly unknown[]) => unknown;

/** The calls behind a table of channels: one for each name. */
export type IpcCalls<TChannels> = { readonly [K in keyof TChannels]: IpcCall };

/** A call of exactly these arguments. */
export function ipcCall<const TItems extends v.TupleItems>(
  items: TItems,
  perform: (...args: v.InferOutput<v.StrictTupleSchema<TItems, undefined>>) => unknown,
): IpcCall {
  const schema = v.strictTuple(items);
  return (args) => {
    const checked = v.safeParse(schema, args);
    if (checked.success) return perform(...checked.output);
    const place = Number(v.getDotPath(checked.issues[0])?.split('.')[0] ?? 0) + 1;
    throw StationError.badArguments(`Argument ${place}`);
  };
}
