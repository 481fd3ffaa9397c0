import { avGetPixFmtName, Device } from 'node-av/lib';
import type { CameraInfo, CameraMode } from '../../../../shared/api.ts';
import type { Source } from '../../../../shared/source.ts';
import { findCamera } from '../ffmpeg/camera-device.ts';
import { otherFormat } from '../ffmpeg/input.ts';

/** The cameras that FFmpeg's system knows, with its own names for them: device paths on Linux, ids on Windows. */
export async function listNativeCameras(): Promise<CameraInfo[]> {
  const devices = (await Device.list()).filter((device) => device.type === 'video');
  const isWindows = process.platform === 'win32';
  return Promise.all(
    devices.map(async ({ name, description }) => ({
      // DirectShow lists the device path; with this prefix it is the name that FFmpeg finds the same device by.
      id: isWindows && description !== name ? `@device_pnp_${description}` : name,
      name: isWindows ? name : description,
      path: name,
      modes: await listModes(name),
    })),
  );
}

async function listModes(path: string): Promise<CameraMode[]> {
  // A camera that won't tell its modes (in use, or gone since) can still be opened as it is.
  const modes = await Device.modes(path).catch(() => []);
  return modes.map(({ width, height, maxFrameRate, pixelFormat }) => ({
    widthPx: width,
    heightPx: height,
    fps: Math.round(maxFrameRate * 100) / 100,
    format: avGetPixFmtName(pixelFormat) ?? otherFormat,
  }));
}

type CameraSource = Extract<Source, { kind: 'camera' }>;

/**
 * The modes of a configured camera. On Windows, where FFmpeg knows no numbers, a number becomes the id it stands for.
 * @throws SourceError where it is not there.
 */
export async function lookUpCamera(
  source: CameraSource,
): Promise<{ source: CameraSource; modes: readonly CameraMode[] }> {
  if (process.platform !== 'win32') {
    const { address } = await findCamera(source.device);
    return { source, modes: await listModes(address) };
  }
  const cameras = await listNativeCameras();
  const camera =
    typeof source.device === 'number'
      ? cameras[source.device]
      : cameras.find(({ id, name }) => id === source.device || name === source.device);
  return camera ? { source: { ...source, device: camera.id }, modes: camera.modes } : { source, modes: [] };
}
