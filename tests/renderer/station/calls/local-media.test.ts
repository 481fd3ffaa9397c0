// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { openDevices, openScreen } from '../../../../src/renderer/station/calls/local-media.ts';

/** Devices of which some are there, and the constraints that they were asked with. */
function devicesWith(faults: { readonly audio?: string; readonly video?: string; readonly screen?: string }) {
  const asked: MediaStreamConstraints[] = [];
  const give = (kinds: ('audio' | 'video' | 'screen')[]) => {
    const fault = kinds.map((kind) => faults[kind]).find((name) => name !== undefined);
    if (fault !== undefined) return Promise.reject(new DOMException('no', fault));
    const tracks = kinds.map((kind) => ({ kind, contentHint: '' }));
    const of = (kind: string) => tracks.filter((track) => track.kind === kind);
    return Promise.resolve({
      getTracks: () => tracks,
      getAudioTracks: () => of('audio'),
      getVideoTracks: () => tracks.filter(({ kind }) => kind !== 'audio'),
    });
  };
  const devices = {
    getUserMedia: (constraints: MediaStreamConstraints) => {
      asked.push(constraints);
      return give((['audio', 'video'] as const).filter((kind) => constraints[kind]));
    },
    getDisplayMedia: () => give(['screen']),
  };
  return { asked, devices: devices as unknown as MediaDevices };
}

describe('Microphone and camera', () => {
  it('are asked for at once, without echo and noise, and within the sizes of a call', async () => {
    const { asked, devices } = devicesWith({});
    const found = await openDevices(devices);
    expect(found).toMatchObject({ audio: { track: { kind: 'audio' } }, video: { track: { kind: 'video' } } });
    expect(asked).toEqual([
      {
        audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
        video: {
          width: { min: 320, ideal: 640, max: 1280 },
          height: { min: 240, ideal: 480, max: 720 },
          frameRate: { ideal: 30, max: 60 },
        },
      },
    ]);
  });

  it.each([
    ['NotFoundError', 'no_device'],
    ['OverconstrainedError', 'no_device'],
    ['NotAllowedError', 'permission_denied'],
    ['NotReadableError', 'device_busy'],
  ])('do without each other: a camera with %s is told as %s', async (name, fault) => {
    const { devices } = devicesWith({ video: name });
    expect(await openDevices(devices)).toMatchObject({ audio: { track: { kind: 'audio' } }, video: { fault } });
  });

  it('are hidden from a page that did not come encrypted', async () => {
    // Browsers leave the property out there.
    Object.defineProperty(navigator, 'mediaDevices', { value: undefined, configurable: true });
    const fault = 'no_secure_context';
    expect(await openDevices()).toEqual({ audio: { fault }, video: { fault } });
    expect(await openScreen()).toEqual({ fault });
  });
});

describe('A screen', () => {
  it('is shared sharp, and not where the person says no', async () => {
    expect(await openScreen(devicesWith({}).devices)).toMatchObject({ track: { contentHint: 'detail' } });
    expect(await openScreen(devicesWith({ screen: 'NotAllowedError' }).devices)).toEqual({
      fault: 'permission_denied',
    });
  });
});
