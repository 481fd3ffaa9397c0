import type { IceCandidate } from '../../shared/api.ts';
import type { Bridge } from '../../shared/bridge.ts';
import { Refusal, type OpenSession } from './client.ts';
import { debug } from './debug.ts';
import { restartIce } from './ice-restart.ts';
import { unwrap } from './unwrap.ts';

/** Candidates on their way to one end. They wait until it has the description that they belong to. */
class Candidates<T> {
  readonly #waiting: T[] = [];
  #take: ((candidate: T) => Promise<void>) | undefined;

  add(candidate: T): void {
    if (this.#take) this.#pass(candidate, this.#take);
    else this.#waiting.push(candidate);
  }

  flowTo(take: (candidate: T) => Promise<void>): void {
    this.#take = take;
    for (const candidate of this.#waiting.splice(0)) this.#pass(candidate, take);
  }

  #pass(candidate: T, take: (candidate: T) => Promise<void>): void {
    take(candidate).catch((error: unknown) => {
      // One path of several is lost; and a session that has ended takes none.
      debug('A candidate was not taken.', error);
    });
  }
}

/** Opens a session in which the station offers and this page answers. @throws Refusal. */
export async function openOfferedSession(
  bridge: Bridge,
  streamId: string,
  peer: RTCPeerConnection,
): Promise<OpenSession> {
  // Listened to first: the station may find candidates before this page knows what the session is called.
  const found = new Candidates<[viewerId: string, candidate: IceCandidate | null]>();
  const stopListening = bridge.onCandidate((...candidate) => found.add(candidate));
  const { viewerId, sdp } = await bridge
    .offerViewer(streamId)
    .then(unwrap)
    .catch((error: unknown) => {
      stopListening();
      throw error;
    });

  async function takeFound(ofViewer: string, candidate: IceCandidate | null): Promise<void> {
    if (ofViewer !== viewerId) return;
    if (candidate) await peer.addIceCandidate(toRtcCandidate(candidate));
    else stopListening();
  }

  return {
    viewerId,
    stationSdp: sdp,
    async connect() {
      const own = candidatesOf(peer);
      await peer.setRemoteDescription({ type: 'offer', sdp });
      found.flowTo((candidate) => takeFound(...candidate));
      await peer.setLocalDescription(await peer.createAnswer());
      unwrap(await bridge.answerViewer(viewerId, { type: 'answer', sdp: peer.localDescription?.sdp ?? '' }));
      own.flowTo(async (candidate) => unwrap(await bridge.addIceCandidate(viewerId, candidate)));
    },
    restartIce: (signal) => restartIce(peer, sdp, (fragment) => askForRestart(bridge, viewerId, fragment), signal),
    async leave() {
      stopListening();
      try {
        unwrap(await bridge.leave(viewerId));
      } catch (error) {
        // Whoever leaves cannot mend it; the station ends a silent session by itself.
        debug('The station was not told that a Player left.', error);
      }
    },
  };
}

/** A restart replaces whatever credentials the station has, so that it names no state of the session. */
async function askForRestart(bridge: Bridge, viewerId: string, fragment: string): Promise<string> {
  const restart = unwrap(await bridge.updateIce(viewerId, fragment, '*'));
  if (!restart) throw new Refusal('internal', 'The station took the new ICE credentials for those in use.');
  return restart.sdpFragment;
}

/** What the browser finds for this peer from now on, in the form that crosses the Bridge. */
function candidatesOf(peer: RTCPeerConnection): Candidates<IceCandidate> {
  const own = new Candidates<IceCandidate>();
  peer.addEventListener('icecandidate', ({ candidate }) => {
    // No candidate, or an empty one, says that there are no more.
    if (!candidate?.candidate) return;
    const { sdpMid, sdpMLineIndex } = candidate;
    own.add({ candidate: candidate.candidate, sdpMid, sdpMLineIndex });
  });
  return own;
}

function toRtcCandidate({ candidate, sdpMid = null, sdpMLineIndex = null }: IceCandidate): RTCIceCandidateInit {
  return { candidate, sdpMid, sdpMLineIndex };
}
