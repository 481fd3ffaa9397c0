import type { FastifyRequest } from 'fastify';
import type { PictureListener, PictureWish, StationApi } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
import type { StationState } from '../../shared/state.ts';
import { Problem } from './problem.ts';

/** Long enough for a camera to be opened, and for most exposures. */
const patienceMs = 10_000;

/**
 * Watches whole pictures of a Stream for a client that is told what is wrong as long as it can be: until the first one is there.
 * Resolves when the listener has got that, with what gives the seat back (idempotent).
 * @throws What the station refuses; Problem `no_picture` where none comes in time.
 */
export async function watchFromFirst(
  station: StationApi,
  request: FastifyRequest,
  { streamId, wish }: { readonly streamId: string; readonly wish: PictureWish },
  listener: PictureListener,
): Promise<() => void> {
  const { socket } = request.raw;
  // Finding out who asks takes time. Of a connection that ended meanwhile, `close` has been told and never is again.
  if (socket.destroyed) throw Problem.badRequest();
  let progress: 'waiting' | 'begun' | 'refused' = 'waiting';
  let begin: () => void = () => undefined;
  let refuse: (why: Error) => void = () => undefined;
  const begun = new Promise<void>((resolve, reject) => {
    begin = resolve;
    refuse = (why) => {
      if (progress === 'waiting') progress = 'refused';
      reject(why);
    };
  });
  const stop = station.watchPictures(streamId, wish, {
    picture: (picture) => {
      if (progress === 'refused') return;
      progress = 'begun';
      listener.picture(picture);
      begin();
    },
    ended: (why) => (progress === 'begun' ? listener.ended(why) : refuse(why)),
  });
  const forgetState = station.onState((state) => {
    const refusal = offlineRefusal(state, streamId);
    if (refusal) refuse(refusal);
  });
  const timer = setTimeout(() => refuse(Problem.noPicture()), patienceMs);
  // Nobody is there to read what is wrong.
  const hangUp = () => refuse(Problem.badRequest());
  socket.once('close', hangUp);
  try {
    await begun;
    return stop;
  } catch (error) {
    stop();
    throw error;
  } finally {
    forgetState();
    clearTimeout(timer);
    socket.off('close', hangUp);
  }
}

/** Whoever is admitted while a source is started learns here that it could not be. */
function offlineRefusal({ timeMs, streams }: StationState, streamId: string): StationError | null {
  const status = streams.find(({ id }) => id === streamId)?.status;
  return status?.kind === 'offline' ? StationError.sourceOffline(status.nextTryAtMs - timeMs) : null;
}
