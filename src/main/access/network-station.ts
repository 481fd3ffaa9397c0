import type { StationApi } from '../../shared/api.ts';

/** The station as callers from the network meet it: their sessions reach beyond this machine. */
export function networkStation(station: StationApi): StationApi {
  return {
    state: () => station.state(),
    onState: (listener) => station.onState(listener),
    streamLog: (streamId) => station.streamLog(streamId),
    webrtcConfig: () => station.webrtcConfig(),
    cameras: () => station.cameras(),
    watch: (streamId, offerSdp) => station.watch(streamId, offerSdp, 'network'),
    offerViewer: (streamId, iceServers) => station.offerViewer(streamId, iceServers, 'network'),
    answerViewer: (viewerId, answer) => station.answerViewer(viewerId, answer),
    onCandidate: (viewerId, listener) => station.onCandidate(viewerId, listener),
    updateIce: (viewerId, sdpFragment, expectedTag) => station.updateIce(viewerId, sdpFragment, expectedTag),
    addIceCandidate: (viewerId, candidate) => station.addIceCandidate(viewerId, candidate),
    leave: (viewerId) => station.leave(viewerId),
  };
}
