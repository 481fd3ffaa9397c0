import * as v from 'valibot';
import type { StationApi } from '../../shared/api.ts';
import { iceServersSchema } from '../../shared/ice-server.ts';
import type { ipcChannels } from '../../shared/ipc.ts';
import { ipcCall, type IpcCalls } from './ipc-call.ts';
import type { PageViewers } from './page-viewers.ts';

// Bounds are generous: the station checks what the texts hold. They keep a page gone wrong from filling the memory.
const text = (maxLength: number) => v.pipe(v.string(), v.maxLength(maxLength));
const id = text(128);
const sdp = text(256 * 1024);
const streamId = v.optional(id);

const candidate = v.strictObject({
  candidate: text(4096),
  sdpMid: v.exactOptional(v.nullable(id)),
  sdpMLineIndex: v.exactOptional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(64)))),
  // Browsers serialise this one too; the station has no use for it.
  usernameFragment: v.optional(v.nullable(id)),
});

/** The calls on the station that the kiosk page may make. */
export function stationCalls(station: StationApi, viewers: PageViewers): IpcCalls<typeof ipcChannels> {
  return {
    state: ipcCall([], () => station.state()),
    streamLog: ipcCall([id], (streamIdOfLog) => station.streamLog(streamIdOfLog)),
    webrtcConfig: ipcCall([], () => station.webrtcConfig()),
    cameras: ipcCall([], () => station.cameras()),
    watch: ipcCall([streamId, sdp], (...args) => viewers.opened(station.watch(...args))),
    offerViewer: ipcCall([streamId, v.optional(iceServersSchema)], (...args) =>
      viewers.offered(station.offerViewer(...args)),
    ),
    answerViewer: ipcCall([id, v.strictObject({ type: text(32), sdp })], (...args) => station.answerViewer(...args)),
    updateIce: ipcCall([id, sdp, v.optional(id)], (...args) => station.updateIce(...args)),
    addIceCandidate: ipcCall([id, candidate], (viewerId, { usernameFragment: _, ...init }) =>
      station.addIceCandidate(viewerId, init),
    ),
    leave: ipcCall([id], (viewerId) => {
      viewers.forget(viewerId);
      return station.leave(viewerId);
    }),
  };
}
