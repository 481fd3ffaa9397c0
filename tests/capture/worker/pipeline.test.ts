import { afterEach, describe, expect, test, vi } from 'vitest';
import type { EngineParts } from '../../../src/main/capture/worker/engine.ts';
import { findFfmpegEngine } from '../../../src/main/capture/worker/ffmpeg/engine.ts';
import { loadNativeEngine } from '../../../src/main/capture/worker/native/engine.ts';
import type { RawPicture } from '../../../src/main/capture/worker/picture.ts';
import { Pipeline } from '../../../src/main/capture/worker/pipeline.ts';
import type { Frame } from '../../../src/main/station/frame.ts';
import type { RenditionSpec } from '../../../src/main/station/ports.ts';
import type { PictureCodec, PictureScale } from '../../../src/shared/state.ts';
import { pictureOf } from '../../support/pictures.ts';
import { decode, decoderMissing } from './decode.ts';
import { isNearEdge, patchAt, patches } from './patches.ts';
import type { PatchForm } from './patches.ts';

const codecs: readonly PictureCodec[] = ['h264', 'vp8', 'jpeg'];
const scales: readonly PictureScale[] = [1, 2, 4];
const engines: readonly { readonly name: string; readonly engine: EngineParts | null }[] = [
  { name: 'native', engine: await loadNativeEngine() },
  { name: 'ffmpeg', engine: await findFfmpegEngine() },
];

const pipelines: Pipeline[] = [];
afterEach(() => Promise.all(pipelines.splice(0).map((pipeline) => pipeline.close())));

function open(engine: EngineParts, specs: readonly Omit<RenditionSpec, 'id'>[]) {
  const frames = new Map<string, Frame[]>();
  const faults: string[] = [];
  const pipeline = new Pipeline(engine, (message) => {
    if (message.kind === 'failed') faults.push(message.fault.detail);
    if (message.kind === 'frame') frames.get(message.renditionId)!.push(message.frame);
  });
  pipelines.push(pipeline);
  for (const spec of specs) {
    const id = `${spec.codec}/${spec.scale}`;
    frames.set(id, []);
    pipeline.openRendition({ ...spec, id });
  }
  /** Resolves when every Rendition has given the picture of this number. */
  const encoded = (number: number) =>
    vi.waitFor(
      () => {
        expect(faults).toEqual([]);
        for (const [id, list] of frames) expect([id, list.at(-1)?.number]).toEqual([id, number]);
      },
      { timeout: 20_000, interval: 5 },
    );
  return { pipeline, frames, faults, encoded };
}

const everyKind = codecs.flatMap((codec) => scales.map((scale) => ({ codec, scale, kbitPerS: 4_000 })));

describe.each(engines)('Renditions of all codecs and sizes at once, by the $name engine,', ({ name, engine }) => {
  const forms: readonly (PatchForm & { readonly what: string })[] = [
    { what: 'gray', pixelType: 'uint8' },
    { what: 'colour', pixelType: 'rgb24' },
    { what: 'BT.601 video', pixelType: 'i420', isBt601: true, isFullRange: false },
    { what: 'full-range video', pixelType: 'i420', isBt601: true, isFullRange: true },
    { what: 'BT.709 video', pixelType: 'i420', isBt601: false, isFullRange: false },
  ];
  const odd = { widthPx: 261, heightPx: 197 };

  test.for([{ ...forms[0]!, widthPx: 256, heightPx: 192 }, ...forms.map((form) => ({ ...form, ...odd }))])(
    'show $what pictures of $widthPx×$heightPx px in their colours and in their place',
    async ({ widthPx, heightPx, what, ...form }, { skip }) => {
      if (!engine || decoderMissing !== null) return skip(decoderMissing ?? `there is no ${name} engine`);
      const { pipeline, frames, encoded } = open(engine, everyKind);
      for (const number of [1, 2, 3]) {
        pipeline.picture(patches(number, widthPx, heightPx, form));
        await encoded(number);
      }
      for (const { codec, scale } of everyKind) {
        const [first, ...others] = frames.get(`${codec}/${scale}`)!;
        expect([first!, ...others].map(({ number }) => number)).toEqual([1, 2, 3]);
        expect(first).toMatchObject({ codec, isKeyframe: true });
        // VP8 can't name BT.709, so its colours are a little off there.
        if (codec === 'vp8' && what === 'BT.709 video') continue;
        expectPatches(first!, scale, { widthPx, heightPx }, form);
      }
    },
  );

  test('are all made anew when the picture changes its size, and begin with a keyframe', async ({ skip }) => {
    if (!engine || decoderMissing !== null) return skip(decoderMissing ?? `there is no ${name} engine`);
    const { pipeline, frames, encoded } = open(engine, everyKind);
    pipeline.picture(patches(1, 256, 192, { pixelType: 'uint8' }));
    await encoded(1);
    pipeline.picture(patches(2, 320, 240, { pixelType: 'uint8' }));
    await encoded(2);
    for (const { codec, scale } of everyKind) {
      const [, second] = frames.get(`${codec}/${scale}`)!;
      expect(second!.isKeyframe).toBe(true);
      expectPatches(second!, scale, { widthPx: 320, heightPx: 240 }, { pixelType: 'uint8' });
    }
  });

  test('are never divided below what an encoder can take', async ({ skip }) => {
    if (!engine || decoderMissing !== null) return skip(decoderMissing ?? `there is no ${name} engine`);
    for (const [widthPx, heightPx, smallest] of [
      [17, 19, [16, 18]],
      [63, 300, [62, 300]],
      [70, 67, [34, 32]],
    ] as const) {
      const { pipeline, frames, encoded } = open(engine, everyKind);
      pipeline.picture(patches(1, widthPx, heightPx, { pixelType: 'rgb24' }));
      await encoded(1);
      const decoded = codecs.map((codec) => decode(frames.get(`${codec}/4`)![0]!));
      expect(decoded.map((picture) => [picture.widthPx, picture.heightPx])).toEqual(codecs.map(() => [...smallest]));
    }
  });
});

describe.each(engines)('A Rendition that is adjusted, by the $name engine,', ({ name, engine }) => {
  test.for(['h264', 'vp8'] as const)(
    'as %s, follows its bitrate down and up, and misses no picture',
    async (codec, { skip }) => {
      if (!engine) return skip(`there is no ${name} engine`);
      const id = `${codec}/1`;
      const { pipeline, frames, encoded } = open(engine, [{ codec, scale: 1, kbitPerS: 4_000 }]);
      const bytesOfSecond: number[] = [];
      for (const [second, kbitPerS] of [4_000, 4_000, 800, 800, 4_000, 4_000].entries()) {
        if (second === 2 || second === 4) pipeline.adjustRendition({ id, codec, scale: 1, kbitPerS });
        for (let number = second * 30 + 1; number <= second * 30 + 30; number++) {
          pipeline.picture(noise(number));
          await encoded(number);
        }
        bytesOfSecond.push(
          frames
            .get(id)!
            .slice(-30)
            .reduce((bytes, { data }) => bytes + data.length, 0),
        );
      }
      const [, before = 0, , low = 0, , after = 0] = bytesOfSecond;
      expect(low / before).toBeLessThan(0.3);
      expect(after / low).toBeGreaterThan(3);
      expect(frames.get(id)!.map(({ number }) => number)).toEqual(Array.from({ length: 180 }, (_, i) => i + 1));
      const keyframes = frames.get(id)!.flatMap(({ isKeyframe, number }) => (isKeyframe ? [number] : []));
      if (engine.canKeyframeOnDemand && codec === 'h264') expect(keyframes).toEqual([1]);
      else expect(keyframes).toEqual(expect.arrayContaining([1, 61, 121]));
    },
  );

  test('has fewer pictures from the next one on, and more again', async ({ skip }) => {
    if (!engine) return skip(`there is no ${name} engine`);
    const spec = { codec: 'jpeg', scale: 1, kbitPerS: 0 } as const;
    const { pipeline, frames, encoded } = open(engine, [spec]);
    pipeline.adjustRendition({ ...spec, id: 'jpeg/1', maxFps: 0.01 });
    for (const number of [1, 2, 3]) pipeline.picture(noise(number));
    await encoded(1);
    // Somebody who has just come need not wait for the beat.
    pipeline.requestKeyframe('jpeg/1');
    for (const number of [4, 5]) pipeline.picture(noise(number));
    await encoded(4);
    pipeline.adjustRendition({ ...spec, id: 'jpeg/1' });
    for (const number of [6, 7]) {
      pipeline.picture(noise(number));
      await encoded(number);
    }
    expect(frames.get('jpeg/1')!.map(({ number }) => number)).toEqual([1, 4, 6, 7]);
  });

  test('still gives the picture that was being encoded', async ({ skip }) => {
    if (!engine) return skip(`there is no ${name} engine`);
    for (const codec of codecs) {
      const { pipeline, frames, encoded } = open(engine, [{ codec, scale: 2, kbitPerS: 4_000 }]);
      pipeline.picture(noise(1));
      await encoded(1);
      pipeline.picture(noise(2));
      pipeline.adjustRendition({ id: `${codec}/2`, codec, scale: 2, kbitPerS: 800 });
      pipeline.picture(noise(3));
      await encoded(3);
      expect(frames.get(`${codec}/2`)!.map(({ number }) => number)).toEqual([1, 2, 3]);
    }
  });
});

const noiseSize = { widthPx: 640, heightPx: 480 };
const noises = Array.from({ length: 10 }, () =>
  Uint8Array.from({ length: noiseSize.widthPx * noiseSize.heightPx }, () => 100 + Math.random() * 40),
);

/** A picture that has nothing in common with the one before it. */
function noise(number: number): RawPicture {
  const { widthPx, heightPx } = noiseSize;
  const captureTimeMs = 1_700_000_000_000 + number * 33;
  return pictureOf('uint8', widthPx, heightPx, noises[number % noises.length]!, { number, captureTimeMs });
}

function expectPatches(
  frame: Frame,
  scale: PictureScale,
  source: { readonly widthPx: number; readonly heightPx: number },
  form: PatchForm,
): void {
  const label = `${frame.codec}/${scale}`;
  const picture = decode(frame);
  const { widthPx, heightPx } = picture;
  expect([label, widthPx, heightPx]).toEqual([
    label,
    evenPart(source.widthPx, scale),
    evenPart(source.heightPx, scale),
  ]);
  if (frame.codec === 'jpeg') expect(frame).toMatchObject({ widthPx, heightPx });
  const patchSize = [source.widthPx / scale, source.heightPx / scale] as const;
  // Colours have half the resolution: their edges are softer.
  const edgePx = form.pixelType === 'uint8' ? 1.5 : 4;
  const middles = new Map<string, { count: number; sums: [number, number, number] }>();
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      if (isNearEdge(x, y, ...patchSize, edgePx)) continue;
      const wanted = patchAt((x + 0.5) / patchSize[0], (y + 0.5) / patchSize[1], form);
      const shown = picture.pixel(x, y);
      // An edge leaves faint echoes in its blocks; a picture that is moved by one pixel has another colour there.
      if (!isLike(shown, wanted, 28)) expect({ label, x, y, shown }).toEqual({ label, x, y, shown: wanted });
      if (isNearEdge(x, y, ...patchSize, 6)) continue;
      const middle = middles.get(wanted.join()) ?? { count: 0, sums: [0, 0, 0] };
      middles.set(wanted.join(), middle);
      middle.count++;
      shown.forEach((value, channel) => (middle.sums[channel]! += value));
    }
  }
  expect(middles.size).toBe(12);
  for (const [wanted, { count, sums }] of middles) {
    const shown = sums.map((sum) => Math.round(sum / count));
    if (!isLike(shown, wanted.split(',').map(Number), 6)) {
      expect({ label, shown: shown.join() }).toEqual({ label, shown: wanted });
    }
  }
}

function isLike(shown: readonly number[], wanted: readonly number[], tolerance: number): boolean {
  return shown.every((value, channel) => Math.abs(value - wanted[channel]!) <= tolerance);
}

/** Two halvings, each of which leaves an even number. */
function evenPart(sidePx: number, scale: PictureScale): number {
  let side = sidePx;
  for (let part: number = scale; part > 1; part /= 2) side = Math.floor(side / 2) & ~1;
  return side & ~1;
}
