import { describe, expect, test } from 'vitest';
import type { EncoderOptions } from '../../../../src/main/capture/worker/engine.ts';
import { loadNativeEngine } from '../../../../src/main/capture/worker/native/engine.ts';
import type { ScreenPicture } from '../../../../src/main/capture/worker/picture.ts';
import type { Frame } from '../../../../src/main/station/frame.ts';
import type { SourceFault } from '../../../../src/shared/state.ts';
import { nalTypes, nalUnits } from '../../../support/h264.ts';
import { pictureOf } from '../../../support/pictures.ts';

const engine = await loadNativeEngine();
const size = { widthPx: 320, heightPx: 240 };
const usual = { ...size, codec: 'h264', pixelType: 'uint8', isBt601: false, fps: 30, kbitPerS: 2_000 } as const;

function open(options: Partial<EncoderOptions> = {}) {
  const frames: Frame[] = [];
  const faults: SourceFault[] = [];
  const encoder = engine.openEncoder(
    { ...usual, ...options },
    { frame: (frame) => frames.push(frame), failed: (fault) => faults.push(fault) },
  );
  return { encoder, frames, faults };
}

/** A picture that differs from all others. */
function grayPicture(number: number, widthPx = 320, heightPx = 240): ScreenPicture {
  const data = Uint8Array.from({ length: widthPx * heightPx }, (_, i) => (i * 31 + number * 97) >> 3);
  const captureTimeMs = 1_700_000_000_000 + number * 33;
  return { ...pictureOf('uint8', widthPx, heightPx, data, { number, captureTimeMs }), pixelType: 'uint8' };
}

describe('the native encoder', () => {
  test('begins with parameter sets of the constrained baseline profile and an IDR picture', async () => {
    const { encoder, frames } = open();
    encoder.encode(grayPicture(1));
    await encoder.close();
    const [frame] = frames;
    expect(frame).toMatchObject({ number: 1, captureTimeMs: 1_700_000_000_033, isKeyframe: true, codec: 'h264' });
    expect(nalTypes(frame!.data).filter((type) => type !== 6)).toEqual([7, 8, 5]);
    const [, profile, constraints] = nalUnits(frame!.data)[0]!;
    expect(profile).toBe(0x42);
    // RFC 6184 §8.1: 42e0 asks for constraint_set0 and 1; the decoder of a browser needs the second.
    expect(constraints! & 0x40).toBe(0x40);
  });

  test.each(['h264', 'vp8'] as const)(
    'gives each %s picture at once, and a keyframe when one is asked for',
    async (codec) => {
      const { encoder, frames } = open({ codec });
      for (let number = 1; number <= 40; number++) {
        if (number === 17) encoder.requestKeyframe();
        encoder.encode(grayPicture(number));
        expect(frames.at(-1)?.number).toBe(number);
      }
      await encoder.close();
      expect(frames).toHaveLength(40);
      expect(frames.filter((frame) => frame.isKeyframe).map((frame) => frame.number)).toEqual([1, 17]);
    },
  );

  test('repeats the parameter sets before a keyframe that was asked for', async () => {
    const { encoder, frames } = open();
    encoder.encode(grayPicture(1));
    encoder.requestKeyframe();
    encoder.encode(grayPicture(2));
    await encoder.close();
    expect(nalTypes(frames[1]!.data)).toEqual([7, 8, 5]);
  });

  test('makes VP8 frames that begin as RFC 6386 has it', async () => {
    const { encoder, frames } = open({ codec: 'vp8' });
    encoder.encode(grayPicture(1));
    await encoder.close();
    const { data } = frames[0]!;
    // Lowest bit 0: a key frame; then its start code and the two sizes.
    expect(data[0]! & 1).toBe(0);
    expect([...data.subarray(3, 6)]).toEqual([0x9d, 0x01, 0x2a]);
    expect([data[6]! | ((data[7]! & 0x3f) << 8), data[8]! | ((data[9]! & 0x3f) << 8)]).toEqual([320, 240]);
  });

  test('keeps what it gave: later pictures do not change the bytes of earlier ones', async () => {
    const { encoder, frames } = open();
    encoder.encode(grayPicture(1));
    const copy = frames[0]!.data.slice();
    for (let number = 2; number <= 10; number++) encoder.encode(grayPicture(number));
    await encoder.close();
    expect(frames[0]!.data).toEqual(copy);
  });

  test.each([
    { pixelType: 'uint8', bytesPerPixel: 1 },
    { pixelType: 'rgb24', bytesPerPixel: 3 },
  ] as const)('takes $pixelType pictures of odd size with padded rows', async ({ pixelType, bytesPerPixel }) => {
    const { encoder, frames, faults } = open({ widthPx: 101, heightPx: 75, pixelType });
    const strideBytes = 101 * bytesPerPixel + 5;
    const picture = pictureOf(pixelType, 101, 75, new Uint8Array(strideBytes * 75).fill(90), { strideBytes });
    encoder.encode({ ...picture, pixelType });
    await encoder.close();
    expect(faults).toEqual([]);
    expect(frames).toHaveLength(1);
  });

  test.each([false, true])('takes decoded video of odd size (full range: %s)', async (isFullRange) => {
    const { encoder, frames, faults } = open({ widthPx: 33, heightPx: 31, pixelType: 'i420' });
    const luma = { data: new Uint8Array(33 * 31).fill(100), strideBytes: 33 };
    const chroma = { data: new Uint8Array(17 * 16).fill(128), strideBytes: 17 };
    const picture = pictureOf('uint8', 33, 31, luma.data);
    encoder.encode({ ...picture, pixelType: 'i420', isFullRange, planes: [luma, chroma, chroma] });
    await encoder.close();
    expect(faults).toEqual([]);
    expect(frames).toHaveLength(1);
  });

  test('goes on when the clock is set back or stands still', async () => {
    const { encoder, frames, faults } = open();
    const times = [0, 33, 33, -3_600_000, -3_599_967, 7_200_000].map((step) => 1_700_000_000_000 + step);
    times.forEach((captureTimeMs, index) => encoder.encode({ ...grayPicture(index + 1), captureTimeMs }));
    await encoder.close();
    expect(faults).toEqual([]);
    expect(frames.map((frame) => frame.captureTimeMs)).toEqual(times);
  });

  test('stays within the bitrate it was given, whatever the picture holds', async () => {
    const { encoder, frames } = open({ kbitPerS: 500 });
    const pictures = 90;
    for (let number = 1; number <= pictures; number++) {
      const noise = Uint8Array.from({ length: 320 * 240 }, () => Math.random() * 256);
      encoder.encode({ ...grayPicture(number), planes: [{ data: noise, strideBytes: 320 }] });
    }
    await encoder.close();
    const lastSecond = frames.slice(-30).reduce((bytes, frame) => bytes + frame.data.length, 0);
    expect((lastSecond * 8) / 1000).toBeLessThan(500 * 1.5);
  });

  test('gives the bits of a second to as many H.264 pictures as a second is said to have', async () => {
    const { encoder, frames } = open({ kbitPerS: 600 });
    const noises = Array.from({ length: 8 }, () => Uint8Array.from({ length: 320 * 240 }, () => Math.random() * 256));
    const bytesOf = (numbers: number): number => {
      for (let i = 0; i < numbers; i++) {
        const data = noises[frames.length % noises.length]!;
        encoder.encode({ ...grayPicture(frames.length + 1), planes: [{ data, strideBytes: 320 }] });
      }
      return frames.slice(-numbers / 2).reduce((bytes, frame) => bytes + frame.data.length, 0);
    };
    const at30 = bytesOf(120);
    expect(encoder.adjust({ kbitPerS: 600, fps: 10 })).toBe(true);
    const at10 = bytesOf(120);
    await encoder.close();
    expect(at10 / at30).toBeGreaterThan(2);
    expect(at10 / at30).toBeLessThan(4);
    expect(frames.filter((frame) => frame.isKeyframe)).toHaveLength(1);
  });

  test('makes each JPEG a whole one, of the same bytes for the same picture, whatever the bitrate', async () => {
    const { encoder, frames } = open({ codec: 'jpeg' });
    encoder.encode(grayPicture(1));
    encoder.encode(grayPicture(2));
    expect(encoder.adjust({ kbitPerS: 50, fps: 1 })).toBe(true);
    encoder.encode(grayPicture(1));
    await encoder.close();
    const [first, second, third] = frames;
    expect(first).toMatchObject({ codec: 'jpeg', isKeyframe: true, number: 1, ...size });
    // ITU-T T.81 table B.1: start of image, and its end.
    for (const { data } of frames) {
      expect([...data.subarray(0, 2), ...data.subarray(-2)]).toEqual([255, 0xd8, 255, 0xd9]);
    }
    expect(second!.data).not.toEqual(first!.data);
    expect(third!.data).toEqual(first!.data);
  });

  test('says in a sentence what it cannot encode, and then does nothing', async () => {
    const { encoder, frames, faults } = open({ widthPx: 1, heightPx: 1 });
    await Promise.resolve();
    encoder.encode(grayPicture(1, 1, 1));
    encoder.requestKeyframe();
    await encoder.close();
    expect(faults).toEqual([
      { reason: 'crashed', detail: expect.stringMatching(/^The h264 encoder failed: .+\.$/) as string },
    ]);
    expect(frames).toEqual([]);
  });

  test('does nothing after its close, which may be called twice', async () => {
    const { encoder, frames, faults } = open();
    await encoder.close();
    await encoder.close();
    encoder.requestKeyframe();
    encoder.encode(grayPicture(1));
    expect([frames, faults]).toEqual([[], []]);
  });
});
