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
  askLab: 'eyepiece:settings:ask-lab',
  joinLab: 'eyepiece:settings:join-lab',
  leaveLab: 'eyepiece:settings:leave-lab',
} as const;

export const accessChannels = {
  users: 'eyepiece:access:users',
  addUser: 'eyepiece:access:add-user',
  changeUser: 'eyepiece:access:change-user',
  removeUser: 'eyepiece:access:remove-user',
  machineTokens: 'eyepiece:access:machine-tokens',
  addMachineToken: 'eyepiece:access:add-machine-token',
  removeMachineToken: 'eyepiece:access:remove-machine-token',
  present: 'eyepiece:access:present',
  dismiss: 'eyepiece:access:dismiss',
  attendance: 'eyepiece:access:attendance',
} as const;

export const directoryChannels = {
  info: 'eyepiece:directory:info',
  due: 'eyepiece:directory:due',
  stations: 'eyepiece:directory:stations',
  addStation: 'eyepiece:directory:add-station',
  changeStation: 'eyepiece:directory:change-station',
  removeStation: 'eyepiece:directory:remove-station',
  found: 'eyepiece:directory:found',
  connect: 'eyepiece:directory:connect',
  bookings: 'eyepiece:directory:bookings',
  book: 'eyepiece:directory:book',
  changeBooking: 'eyepiece:directory:change-booking',
  cancelBooking: 'eyepiece:directory:cancel-booking',
  calendar: 'eyepiece:directory:calendar',
  agenda: 'eyepiece:directory:agenda',
} as const;

export const phoneChannels = {
  attend: 'eyepiece:calls:attend',
  initiate: 'eyepiece:calls:initiate',
  accept: 'eyepiece:calls:accept',
  decline: 'eyepiece:calls:decline',
  end: 'eyepiece:calls:end',
  join: 'eyepiece:calls:join',
  send: 'eyepiece:calls:send',
  leave: 'eyepiece:calls:leave',
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
  /** Each new CallsState, while the page attends. */
  calls: 'eyepiece:calls-changed',
  /** A call's id and a CallNotice. */
  callNotice: 'eyepiece:call-notice',
  /** Each new ShellState. */
  shell: 'eyepiece:shell-changed',
} as const;
