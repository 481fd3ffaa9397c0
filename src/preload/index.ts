import { contextBridge, ipcRenderer } from 'electron';
import type { Bridge } from '../shared/bridge.ts';
import { ipcChannels, ipcStateChannel } from '../shared/ipc.ts';
import type { StationState } from '../shared/state.ts';

/** One call on the station; the door on the other side checks sender and arguments. */
function call<T>(channel: string, ...args: readonly unknown[]): Promise<T> {
  return ipcRenderer.invoke(channel, ...args) as Promise<T>;
}

const bridge: Bridge = {
  state: () => call(ipcChannels.state),
  onState(listener) {
    // The event would give the page the sender and with it a way around the named calls: only the state passes.
    const pass = (_event: unknown, state: StationState): void => listener(state);
    ipcRenderer.on(ipcStateChannel, pass);
    return () => {
      ipcRenderer.removeListener(ipcStateChannel, pass);
    };
  },
  webrtcConfig: () => call(ipcChannels.webrtcConfig),
  cameras: () => call(ipcChannels.cameras),
  watch: (streamId, offerSdp) => call(ipcChannels.watch, streamId, offerSdp),
  updateIce: (viewerId, sdpFragment, expectedTag) => call(ipcChannels.updateIce, viewerId, sdpFragment, expectedTag),
  addIceCandidate: (viewerId, candidate) => call(ipcChannels.addIceCandidate, viewerId, candidate),
  leave: (viewerId) => call(ipcChannels.leave, viewerId),
};

contextBridge.exposeInMainWorld('eyepiece', bridge);
