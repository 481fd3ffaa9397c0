import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StationError } from '../../src/shared/errors.ts';
import type { NewStream, SettingsApi, StreamChange } from '../../src/shared/settings.ts';
import { configText, openLab } from './lab.ts';

const secret = 'hunter2';
const id = fc.constantFrom('a', 'b', 'c', 'clock', 'clock-2', 'nobody', '', '__proto__');
const name = fc.oneof(fc.constantFrom('Clock', 'A', '  ', '', 'x'.repeat(81)), fc.string({ unit: 'binary' }));
const pixelSizeUm = fc.oneof(fc.constant(null), fc.double());
const quality = fc.constantFrom('economy', 'standard', 'high', 'best');
const source = fc.constantFrom(
  { kind: 'simulated', detector: 'clock' },
  { kind: 'simulated', detector: 'moon' },
  { kind: 'camera', device: 0 },
  { kind: 'camera', device: '/dev/video1', widthPx: undefined },
  { kind: 'camera', device: -1 },
  { kind: 'url', url: `rtsp://me:${secret}@cam/${secret}` },
  { kind: 'url', url: `ftp://me:${secret}@cam` },
  { kind: 'file', path: secret },
  { kind: 'program', command: ['sh', secret] },
);

/** Calls as a page could make them that does not know what it does; doors check the kind of the arguments only. */
const call = fc.oneof(
  name.map((value) => (api: SettingsApi) => api.renameStation(value)),
  fc
    .record({ name, source, pixelSizeUm, quality }, { requiredKeys: ['name', 'source'] })
    .map((stream) => (api: SettingsApi) => api.addStream(stream as NewStream)),
  fc.tuple(id, fc.record({ name, pixelSizeUm, quality, id: fc.constant('z') }, { requiredKeys: [] })).map(
    ([streamId, change]) =>
      (api: SettingsApi) =>
        api.changeStream(streamId, change as StreamChange),
  ),
  fc.tuple(id, fc.oneof(fc.integer({ min: -2, max: 9 }), fc.double())).map(
    ([streamId, place]) =>
      (api: SettingsApi) =>
        api.moveStream(streamId, place),
  ),
  id.map((streamId) => (api: SettingsApi) => api.removeStream(streamId)),
);

test(
  'Whatever is asked for, the file says what runs, ids are unique, and no secret is shown',
  { timeout: 60_000 },
  async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 12 }), fc.boolean(), async (calls, isAtOnce) => {
        const lab = await openLab({
          text: configText(
            { id: 'a' },
            { id: 'b', source: { kind: 'program', command: ['./sh', secret] } },
            { id: 'c' },
          ),
        });
        try {
          const check = async (answer: Promise<unknown>): Promise<void> => {
            const error: unknown = await answer.then(
              () => null,
              (reason: unknown) => reason,
            );
            if (error === null) accepted += 1;
            else expect(error).toBeInstanceOf(StationError);
            if (error instanceof StationError) {
              expect(['bad_setting', 'unknown_stream']).toContain(error.reason);
              expect(error.message).not.toContain(secret);
            }
          };
          const answers = [];
          for (const ask of calls) {
            const answer = check(ask(lab.settings));
            if (!isAtOnce) await answer;
            answers.push(answer);
          }
          await Promise.all(answers);

          const settings = lab.settings.settings();
          const saved = await lab.saved();
          const shown = lab.station.state();
          const facts = (streams: readonly { readonly id: string; readonly name: string }[]) =>
            streams.map((stream) => [stream.id, stream.name]);
          expect(facts(settings.streams)).toEqual(facts(saved.streams));
          expect(facts(shown.streams)).toEqual(facts(saved.streams));
          expect([settings.stationName, shown.station.name]).toEqual([saved.name, saved.name]);
          expect(settings.streams.map((stream) => stream.pixelSizeUm ?? undefined)).toEqual(
            saved.streams.map((stream) => stream.pixelSizeUm),
          );
          expect(new Set(saved.streams.map((stream) => stream.id)).size).toBe(saved.streams.length);
          expect(JSON.stringify([settings, shown])).not.toContain(secret);
        } finally {
          await lab.close();
        }
      }),
      { numRuns: 80 },
    );
    expect(accepted).toBeGreaterThan(0);
  },
);
