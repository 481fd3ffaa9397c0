import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listCameras, readLinuxCameras } from '../../src/main/capture/cameras.ts';
import { forkCapture } from '../../src/main/capture/process.ts';
import { findCamera } from '../../src/main/capture/worker/ffmpeg/camera-device.ts';
import { cameraModeOptions, chooseCameraMode, otherFormat } from '../../src/main/capture/worker/ffmpeg/input.ts';
import type { CameraMode } from '../../src/shared/api.ts';

let root: string;

/** What the kernel and udev show of a webcam with two nodes and of a frame grabber without a serial number. */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'eyepiece-cameras-'));
  const nodes = { video0: ['HD Pro Webcam', 0], video1: ['HD Pro Webcam', 1], video10: ['Frame grabber', 0] } as const;
  await mkdir(join(root, 'dev/v4l/by-id'), { recursive: true });
  await mkdir(join(root, 'dev/v4l/by-path'), { recursive: true });
  for (const [node, [name, index]] of Object.entries(nodes)) {
    const folder = join(root, 'sys/class/video4linux', node);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'name'), `${name}\n`);
    await writeFile(join(folder, 'index'), `${index}\n`);
    await writeFile(join(root, 'dev', node), '');
  }
  await symlink('../../video0', join(root, 'dev/v4l/by-id/usb-046d_HD_Pro_Webcam_1A2B-video-index0'));
  await symlink('../../video0', join(root, 'dev/v4l/by-path/pci-0000:00:14.0-usb-0:1:1.0-video-index0'));
  await symlink('../../video10', join(root, 'dev/v4l/by-path/pci-0000:03:00.0-video-index0'));
});
afterAll(() => rm(root, { recursive: true }));

describe('The list of cameras', () => {
  it('has each camera once, under the name that lasts longest', async ({ skip }) => {
    skip(process.platform === 'win32', 'udev is Linux');
    expect(await readLinuxCameras(root)).toEqual([
      {
        ...{ id: '/dev/v4l/by-id/usb-046d_HD_Pro_Webcam_1A2B-video-index0', name: 'HD Pro Webcam' },
        ...{ path: '/dev/video0', modes: [] },
      },
      {
        ...{ id: '/dev/v4l/by-path/pci-0000:03:00.0-video-index0', name: 'Frame grabber' },
        ...{ path: '/dev/video10', modes: [] },
      },
    ]);
  });

  it('is empty on a machine without cameras', async () => {
    expect(await readLinuxCameras(join(root, 'nowhere'))).toEqual([]);
  });

  it('is read from the system by a process of its own', async () => {
    let answer = '';
    const cameras = await listCameras(pino({ level: 'silent' }), (entry, notices) => {
      const listing = forkCapture(entry, notices);
      listing.output[0]?.on('data', (chunk: Buffer) => (answer += chunk.toString()));
      return listing;
    });
    // As many as this machine has, which may be none: but the process has answered.
    expect(JSON.parse(answer)).toHaveLength(cameras.length);
  });

  it('is the system’s own where that process gives no answer', async ({ skip }) => {
    skip(process.platform !== 'linux', 'other systems have no list of their own');
    const cameras = await listCameras(pino({ level: 'silent' }), (_entry, notices) => {
      queueMicrotask(() => notices.exited('could not be started'));
      return { pid: undefined, output: [], postMessage: () => undefined, kill: () => undefined };
    });
    expect(cameras).toEqual(await readLinuxCameras());
  });
});

describe('A configured camera', () => {
  it('on Windows is a DirectShow device, by name or by id', async () => {
    const id = '@device_pnp_\\\\?\\usb#vid_046d&pid_082d#7&1#{65e8773d-8f56-11d0-a3b9-00a0c9223196}\\global';
    expect(await findCamera('HD Pro Webcam', 'win32')).toEqual({ format: 'dshow', address: 'video=HD Pro Webcam' });
    expect(await findCamera(id, 'win32')).toEqual({ format: 'dshow', address: `video=${id}` });
  });

  it('on Windows can not bring a microphone along', async () => {
    await expect(findCamera('Webcam:audio=Microphone', 'win32')).rejects.toThrow('That is not a camera.');
  });

  it('is refused on systems that we do not know', async () => {
    await expect(findCamera(0, 'darwin')).rejects.toThrow('Linux and Windows');
  });
});

describe('The mode of a camera', () => {
  const mode = (format: string, widthPx: number, heightPx: number, fps: number): CameraMode => ({
    format,
    widthPx,
    heightPx,
    fps,
  });
  /** A common webcam: raw pixels are slow at full size, because USB 2 is. */
  const webcam = [
    mode(otherFormat, 1920, 1080, 30),
    mode('yuyv422', 1920, 1080, 5),
    mode(otherFormat, 1280, 720, 60),
    mode('yuyv422', 1280, 720, 10),
    mode('yuyv422', 640, 480, 30),
    mode(otherFormat, 640, 480, 30),
  ];

  it('without a wish is the one for a wall of tiles, compressed where raw pixels would be too slow', () => {
    expect(chooseCameraMode({}, webcam)).toEqual(mode(otherFormat, 1280, 720, 60));
    expect(cameraModeOptions('v4l2', {}, webcam)).toEqual({
      ...{ video_size: '1280x720', framerate: '30', input_format: 'mjpeg' },
    });
  });

  it('has raw pixels where they are fast enough', () => {
    expect(chooseCameraMode({ widthPx: 640, heightPx: 480 }, webcam)).toEqual(mode('yuyv422', 640, 480, 30));
    expect(cameraModeOptions('v4l2', { widthPx: 1280, heightPx: 720, fps: 10 }, webcam)).toEqual({
      ...{ video_size: '1280x720', framerate: '10', input_format: 'yuyv422' },
    });
    expect(cameraModeOptions('dshow', { widthPx: 640, heightPx: 480 }, webcam)).toEqual({
      ...{ video_size: '640x480', pixel_format: 'yuyv422' },
    });
  });

  it('is the nearest where the wished size is not offered', () => {
    expect(chooseCameraMode({ widthPx: 800, heightPx: 600 }, webcam)).toMatchObject({ widthPx: 640, heightPx: 480 });
  });

  it('is left to FFmpeg where a camera has only formats without a name, such as 16 bits', () => {
    expect(cameraModeOptions('v4l2', {}, [mode(otherFormat, 160, 120, 9)])).toEqual({
      ...{ video_size: '160x120', framerate: '9' },
    });
  });

  it('is as configured where the modes are not known', () => {
    expect(cameraModeOptions('v4l2', {}, [])).toEqual({});
    expect(cameraModeOptions('v4l2', { widthPx: 800, heightPx: 600, fps: 15 }, [])).toEqual({
      ...{ video_size: '800x600', framerate: '15' },
    });
  });
});
