/** Why there is no sound or picture from here, as something that a screen can say. */
export type MediaFault =
  /** The page did not come encrypted, and browsers lend no devices then. */
  | 'no_secure_context'
  /** The person, the browser or the kiosk said no. */
  | 'permission_denied'
  | 'no_device'
  /** Another program has it, or it does not work. */
  | 'device_busy';

export type LocalTrack = { readonly track: MediaStreamTrack } | { readonly fault: MediaFault };

const audio: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const video: MediaTrackConstraints = {
  width: { min: 320, ideal: 640, max: 1280 },
  height: { min: 240, ideal: 480, max: 720 },
  frameRate: { ideal: 30, max: 60 },
};

export type DeviceKind = 'audio' | 'video';

/** Microphone and camera, as far as they are there. A call is held without either. */
export async function openDevices(devices = mediaDevices()): Promise<Record<DeviceKind, LocalTrack>> {
  try {
    // Both at a time, so that the person is asked once.
    const stream = await devices?.getUserMedia({ audio, video });
    const [sound, picture] = [stream?.getAudioTracks()[0], stream?.getVideoTracks()[0]];
    if (sound && picture) return { audio: { track: sound }, video: { track: picture } };
  } catch {
    // One of the two may be there all the same; what is wrong with the other is found below.
  }
  return { audio: await openDevice('audio', devices), video: await openDevice('video', devices) };
}

export async function openDevice(kind: DeviceKind, devices = mediaDevices()): Promise<LocalTrack> {
  if (!devices) return { fault: 'no_secure_context' };
  try {
    const stream = await devices.getUserMedia(kind === 'audio' ? { audio } : { video });
    const [track] = stream.getTracks();
    return track ? { track } : { fault: 'no_device' };
  } catch (error) {
    return { fault: faultOf(error) };
  }
}

/** The picture of a screen or window that the person chooses; at a kiosk its own page. */
export async function openScreen(devices = mediaDevices()): Promise<LocalTrack> {
  // Phones have none.
  if (!devices) return { fault: 'no_secure_context' };
  if (!('getDisplayMedia' in devices)) return { fault: 'no_device' };
  try {
    const [track] = (
      await devices.getDisplayMedia({ video: { frameRate: { max: 30 } }, audio: false })
    ).getVideoTracks();
    if (!track) return { fault: 'no_device' };
    // Letters matter more than movement.
    track.contentHint = 'detail';
    return { track };
  } catch (error) {
    return { fault: faultOf(error) };
  }
}

/** Browsers hide it from pages that did not come encrypted, whatever the types say. */
function mediaDevices(): MediaDevices | undefined {
  return (navigator as { readonly mediaDevices?: MediaDevices }).mediaDevices;
}

/** Media Capture and Streams §10.3.1 names them. */
function faultOf(error: unknown): MediaFault {
  switch (error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'permission_denied';
    case 'NotReadableError':
    case 'AbortError':
      return 'device_busy';
    default:
      return 'no_device';
  }
}
