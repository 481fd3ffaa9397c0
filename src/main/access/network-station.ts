import type { PictureListener, StationApi } from '../../shared/api.ts';
import { StationError } from '../../shared/errors.ts';
import type { StationState } from '../../shared/state.ts';
import type { Callers } from './callers.ts';
import { mayDo, maySee, type Caller, type Standing } from './rights.ts';
import type { StationsBehind } from './stations-behind.ts';
import type { Visits } from './visits.ts';

/**
 * The station as callers from the network meet it: each sees the Streams that are allowed and no others, their sessions reach beyond
 * this machine, and each session is a visit. Whoever knows the id of a session may steer it.
 */
export function networkStation(behind: StationsBehind, callers: Callers, visits: Visits): StationApi {
  const asking = () => askingOf(behind, callers);
  /** Who asks, and the Stream that is meant: the first that may be seen, where none is named. */
  const allowed = (streamId?: string): Omit<Asking, 'standing'> & { readonly id: string } => {
    const { caller, standing, station } = asking();
    const id = streamId ?? station.state().streams.find((stream) => maySee(standing, stream.id))?.id;
    // The same whether there is such a Stream or not, so that nobody learns from it what there is.
    if (id === undefined || !maySee(standing, id)) throw StationError.notAllowed();
    return { caller, station, id };
  };

  return {
    state: () => {
      const { caller, standing, station } = asking();
      return seenBy({ caller, standing }, station.state());
    },
    onState: (listener) => {
      const { caller, station } = asking();
      return station.onState((state) => {
        const standing = caller.standing();
        if (standing) listener(seenBy({ caller, standing }, state));
      });
    },
    streamLog: (streamId) => {
      const { station, id } = allowed(streamId);
      return station.streamLog(id);
    },
    watch: async (streamId, offerSdp) => {
      const { caller, station, id } = allowed(streamId);
      const session = await station.watch(id, offerSdp, 'network');
      visits.begin(caller, id, session.viewerId);
      return session;
    },
    offerViewer: async (streamId, iceServers) => {
      const { caller, station, id } = allowed(streamId);
      const offer = await station.offerViewer(id, iceServers, 'network');
      visits.begin(caller, id, offer.viewerId);
      return offer;
    },
    watchPictures: (streamId, wish, listener) => {
      const { caller, station, id } = allowed(streamId);
      const watch = (notices: PictureListener) => station.watchPictures(id, wish, notices, 'network');
      return watchAsVisit(watch, listener, (leave) => visits.watching(caller, id, leave));
    },
    publish: async (streamId, offerSdp) => {
      const { caller, station, id } = allowed(streamId);
      let endVisit: (() => void) | null = null;
      let isGone = false;
      const gone = () => {
        isGone = true;
        endVisit?.();
      };
      // Names are unique among those of a kind only.
      const by = { reach: 'network', name: `${caller.kind} ${caller.name}`, gone } as const;
      const session = await station.publish(id, offerSdp, by);
      if (!isGone) endVisit = visits.watching(caller, id, () => station.leave(session.publisherId), 'publish');
      return session;
    },
    ...ofNoStream(behind.station),
  };
}

/** What is asked of the machine, or of a session by who knows its id. */
function ofNoStream(station: StationApi) {
  return {
    webrtcConfig: () => station.webrtcConfig(),
    cameras: () => station.cameras(),
    answerViewer: (viewerId, answer) => station.answerViewer(viewerId, answer),
    onCandidate: (viewerId, listener) => station.onCandidate(viewerId, listener),
    updateIce: (viewerId, sdpFragment, expectedTag) => station.updateIce(viewerId, sdpFragment, expectedTag),
    addIceCandidate: (viewerId, candidate) => station.addIceCandidate(viewerId, candidate),
    leave: (viewerId) => station.leave(viewerId),
  } satisfies Partial<StationApi>;
}

/** Who asks, and of which station. */
interface Asking {
  readonly caller: Caller;
  readonly standing: Standing;
  readonly station: StationApi;
}

function askingOf({ station, lent }: StationsBehind, callers: Callers): Asking {
  const { caller, standing } = callers.require();
  if (caller.kind !== 'borrower') return { caller, standing, station };
  if (!lent) throw StationError.notAllowed();
  return { caller, standing, station: lent };
}

/** Whole pictures have no session; whoever watches them is there until either side ends it. */
function watchAsVisit(
  watch: (listener: PictureListener) => () => void,
  listener: PictureListener,
  begin: (leave: () => void) => () => void,
): () => void {
  let endVisit = (): void => undefined;
  const stop = watch({
    picture: (picture) => listener.picture(picture),
    ended: (why) => {
      endVisit();
      listener.ended(why);
    },
  });
  endVisit = begin(() => {
    stop();
    listener.ended(StationError.signInNeeded());
  });
  return () => {
    endVisit();
    stop();
  };
}

/** The part of a state that somebody may see; the very same object where that is all of it. */
function seenBy({ caller, standing }: Omit<Asking, 'station'>, state: StationState): StationState {
  const isTold = state.notices.length === 0 || mayDo(standing, 'read_log', caller.kind);
  if (standing.streams === 'all' && isTold) return state;
  return {
    ...state,
    notices: isTold ? state.notices : [],
    streams: state.streams.filter(({ id }) => maySee(standing, id)),
    viewers: state.viewers.filter(({ streamId }) => maySee(standing, streamId)),
  };
}
