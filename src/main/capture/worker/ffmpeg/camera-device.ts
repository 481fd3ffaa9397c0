import { stat } from 'node:fs/promises';
import { SourceError } from './source-error.ts';

/** What the kernel and udev call cameras. Anything else that FFmpeg could open by a name is not a camera. */
const linuxCamera = /^\/dev\/(?:video\d+|v4l\/by-(?:id|path)\/[\w.:+-]+)$/;

/** How FFmpeg reaches a camera on this system. */
export interface CameraDevice {
  readonly format: 'v4l2' | 'dshow';
  readonly address: string;
}

/** Checks that a configured device is a camera of this machine; throws a SourceError where it is none. */
export async function findCamera(device: string | number, platform: string = process.platform): Promise<CameraDevice> {
  if (platform === 'linux') return findLinuxCamera(device);
  if (platform === 'win32') return nameWindowsCamera(device);
  throw new SourceError('not_found', 'Cameras of this machine can be used on Linux and Windows only.');
}

async function findLinuxCamera(device: string | number): Promise<CameraDevice> {
  const path = typeof device === 'number' ? `/dev/video${device}` : device;
  if (!linuxCamera.test(path)) throw new SourceError('not_found', 'That is not a camera.');
  const found = await stat(path).catch(() => null);
  if (!found) throw new SourceError('not_found', `There is no camera at ${path}.`);
  if (!found.isCharacterDevice()) throw new SourceError('not_found', 'That is not a camera.');
  return { format: 'v4l2', address: path };
}

/** In FFmpeg's DirectShow names a colon starts a second device, such as a microphone. */
function nameWindowsCamera(device: string | number): CameraDevice {
  if (typeof device === 'number') {
    throw new SourceError(
      'not_found',
      'On Windows a camera is chosen by its name or id, as the list of cameras shows it.',
    );
  }
  if (device.includes(':')) throw new SourceError('not_found', 'That is not a camera.');
  return { format: 'dshow', address: `video=${device}` };
}
