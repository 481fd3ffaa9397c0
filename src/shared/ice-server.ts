import * as v from 'valibot';

const text = (maxLength: number) => v.pipe(v.string(), v.nonEmpty('must not be empty'), v.maxLength(maxLength));

const iceUrl = v.pipe(
  text(512),
  v.regex(
    /^(?:stuns?|turns?):[^\s/?]+(?:\?transport=(?:udp|tcp))?$/,
    'must look like stun:host:port or turn:host:port',
  ),
);

const iceServerSchema = v.strictObject({
  urls: v.union([iceUrl, v.pipe(v.array(iceUrl), v.minLength(1, 'must name a server'), v.maxLength(8))]),
  username: v.exactOptional(text(512)),
  credential: v.exactOptional(text(512)),
});

/** Servers that help through firewalls, as a file or a caller names them: IceServer[], with bounds. */
export const iceServersSchema = v.pipe(v.array(iceServerSchema), v.maxLength(8));
