import { describe, expect, test } from 'vitest';
import {
  diagnose,
  urgencyOf,
  type Diagnosis,
  type LinkFacts,
  type Urgency,
} from '../../../src/renderer/station/link-doctor.ts';
import type { MediaPath } from '../../../src/renderer/station/media-path.ts';
import { numbersOf, type Numbers } from '../../../src/renderer/station/numbers.ts';
import { verdictsOf } from '../../../src/renderer/station/verdicts.ts';
import { directPath, facts, sampleAt, samples, stationFacts, viewerState } from '../telemetry-samples.ts';

const well = numbersOf(samples(10), facts);
const newest = (overrides: Parameters<typeof sampleAt>[1]): Partial<Numbers> => ({ newest: sampleAt(10, overrides) });
const over = (path: Partial<MediaPath>, roundTripMs = 80): Partial<Numbers> =>
  newest({ path: { ...directPath, ...path }, roundTripMs });
const tried = { own: ['host'], station: ['host', 'relay'], stationUdpPort: 50_123 } as const;

function factsOf(overrides: Partial<Numbers> = {}, cause: LinkFacts['cause'] = null): LinkFacts {
  const numbers = { ...well, ...overrides };
  return { numbers, verdicts: verdictsOf(numbers), tried, cause };
}
const diagnosisOf = (...parts: Parameters<typeof factsOf>): Diagnosis | null => diagnose(factsOf(...parts));

const half = { ...stationFacts, viewer: { ...viewerState, scale: 2, availableKbitPerS: 700 } } as const;
const reduced: Partial<Numbers> = { station: half, sizeReason: 'link' };

/** Each finding with what brings it about, in the order in which one hides the others. */
const table: readonly [Diagnosis, Partial<Numbers>, LinkFacts['cause']?][] = [
  [{ kind: 'hidden' }, {}, 'paused'],
  [{ kind: 'no_decoder', codec: 'video/H264' }, { undecodedMs: 3_000 }],
  [{ kind: 'unreachable' }, { newest: null }, 'unreachable'],
  [{ kind: 'no_path', ...tried }, newest({ connection: 'failed', iceConnection: 'failed', path: null })],
  [{ kind: 'interrupted' }, newest({ connection: 'disconnected' })],
  [{ kind: 'detector_away' }, { newest: null }, 'busy'],
  [{ kind: 'loss', share: 0.06, network: null }, { lossShare: 0.06 }],
  [{ kind: 'overloaded', lagMs: 400 }, { station: { ...stationFacts, eventLoopLagMs: 400 } }],
  [{ kind: 'bandwidth', scale: 2, kbitPerS: 700 }, reduced],
  [{ kind: 'behind', frames: 12 }, { skippedFrames: 12 }],
  [{ kind: 'decoder', ms: 31 }, { latency: { ...well.latency, decodeMs: 31 } }],
  [{ kind: 'slow_detector', fps: 12, nominalFps: 30 }, { verdictCameraFps: 12 }],
  [{ kind: 'relayed_over_tcp', protocol: 'tls', ms: 80 }, over({ way: 'relayed', protocol: 'tls' })],
  [{ kind: 'over_tcp', ms: 80 }, over({ protocol: 'tcp' })],
  [{ kind: 'relayed', ms: 80 }, over({ way: 'relayed' })],
  [{ kind: 'round_trip', ms: 140 }, newest({ roundTripMs: 140 })],
  [
    { kind: 'clock', uncertaintyMs: 90 },
    { ...newest({ clockUncertaintyMs: 90 }), isLocal: false },
  ],
  [{ kind: 'well', reach: 'machine', ms: 4 }, {}],
];

describe('The link doctor', () => {
  test.each(table)('finds %o', (diagnosis, overrides, cause) => {
    expect(diagnosisOf(overrides, cause)).toEqual(diagnosis);
  });

  test.each<[Diagnosis['kind'], NonNullable<LinkFacts['cause']>]>([
    ['no_decoder', 'no_common_codec'],
    ['no_path', 'connect_timeout'],
    ['interrupted', 'connection_lost'],
    ['interrupted', 'interrupted'],
    ['detector_away', 'detector_silent'],
    ['loss', 'incomplete'],
    ['behind', 'not_sent'],
    ['decoder', 'too_slow'],
  ])('finds %s where the tile says %s', (kind, cause) => {
    expect(diagnosisOf({}, cause)?.kind).toBe(kind);
  });

  test('names what explains the rest: no path before loss, loss before a smaller size, a fault before a way that costs time', () => {
    const broken = { lossShare: 0.3, ...reduced, skippedFrames: 3, verdictCameraFps: 5 };
    expect(diagnosisOf({ ...broken, ...newest({ connection: 'disconnected' }) })?.kind).toBe('interrupted');
    expect(diagnosisOf(broken)?.kind).toBe('loss');
    expect(diagnosisOf({ ...broken, lossShare: 0 })?.kind).toBe('bandwidth');
    expect(diagnosisOf({ ...over({ protocol: 'tcp' }), verdictCameraFps: 5 })?.kind).toBe('slow_detector');
    expect(diagnosisOf(over({ way: 'relayed' }, 300))?.kind).toBe('relayed');
  });

  test('says over which network packets are lost, and whether a router lies between', () => {
    const path = { ...directPath, network: 'wifi' } as const;
    expect(diagnosisOf({ lossShare: 0.02, ...newest({ path }) })).toMatchObject({ kind: 'loss', network: 'wifi' });
    expect(diagnosisOf({ isLocal: false })).toMatchObject({ kind: 'well', reach: 'network' });
    expect(diagnosisOf(over({ isThroughNat: true }, 4))).toMatchObject({ kind: 'well', reach: 'nat' });
  });

  test('sees no weak link in a picture that is small because its tile is', () => {
    expect(diagnosisOf({ station: half, sizeReason: 'tile' })?.kind).toBe('well');
  });

  test('says nothing as long as it knows too little', () => {
    expect(diagnosisOf({ newest: null, lossShare: null })).toBeNull();
    expect(diagnosisOf(newest({ connection: 'connecting', path: null }))).toBeNull();
  });

  test('calls a way round a cost and a fault trouble', () => {
    const kinds = (urgency: Urgency) =>
      table.flatMap(([diagnosis]) => (urgencyOf(diagnosis) === urgency ? [diagnosis.kind] : []));
    expect(kinds('none')).toEqual(['hidden', 'well']);
    expect(kinds('cost')).toEqual(['relayed_over_tcp', 'over_tcp', 'relayed', 'clock']);
  });
});
