/** The IPC channels between the kiosk page's preload and the station; the page itself never sees them. */
export const ipcChannels = {
  state: 'eyepiece:state',
  webrtcConfig: 'eyepiece:webrtc-config',
  cameras: 'eyepiece:cameras',
  watch: 'eyepiece:watch',
  updateIce: 'eyepiece:update-ice',
  addIceCandidate: 'eyepiece:add-ice-candidate',
  leave: 'eyepiece:leave',
} as const;

/** Carries each new StationState to the page. */
export const ipcStateChannel = 'eyepiece:state-changed';
