/** The IPC channels between the kiosk page's preload and the station; the page itself never sees them. */
export const ipcChannels = {
  state: 'eyepiece:state',
  streamLog: 'eyepiece:stream-log',
  webrtcConfig: 'eyepiece:webrtc-config',
  cameras: 'eyepiece:cameras',
  watch: 'eyepiece:watch',
  offerViewer: 'eyepiece:offer-viewer',
  answerViewer: 'eyepiece:answer-viewer',
  updateIce: 'eyepiece:update-ice',
  addIceCandidate: 'eyepiece:add-ice-candidate',
  leave: 'eyepiece:leave',
} as const;

export const settingsChannels = {
  settings: 'eyepiece:settings',
  renameStation: 'eyepiece:settings:rename-station',
  addStream: 'eyepiece:settings:add-stream',
  changeStream: 'eyepiece:settings:change-stream',
  moveStream: 'eyepiece:settings:move-stream',
  removeStream: 'eyepiece:settings:remove-stream',
  share: 'eyepiece:settings:share',
  stopSharing: 'eyepiece:settings:stop-sharing',
} as const;

export const shellChannels = {
  shellState: 'eyepiece:shell',
  setPin: 'eyepiece:shell:set-pin',
  lock: 'eyepiece:shell:lock',
  unlock: 'eyepiece:shell:unlock',
  keepUnlocked: 'eyepiece:shell:keep-unlocked',
  leaveKiosk: 'eyepiece:shell:leave-kiosk',
  enterKiosk: 'eyepiece:shell:enter-kiosk',
  restart: 'eyepiece:shell:restart',
  setBrightness: 'eyepiece:shell:set-brightness',
} as const;

/** What the station tells the page without being asked. */
export const pushChannels = {
  /** Each new StationState. */
  state: 'eyepiece:state-changed',
  /** A viewer's id and a candidate, or null. */
  candidate: 'eyepiece:candidate-found',
  /** Each new ShellState. */
  shell: 'eyepiece:shell-changed',
} as const;
