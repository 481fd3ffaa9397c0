import type { Numbers } from '../station/numbers.ts';
import type { StatsEntry } from '../station/peer-report.ts';
import type { Telemetry } from '../station/telemetry.ts';

/** Values as webrtc-internals lists them. */
export interface RawGroup {
  readonly title: string;
  readonly values: readonly (readonly [name: string, value: string])[];
}

/** Names of entries and of nothing that is measured. */
const unlisted = new Set(['id', 'type', 'timestamp']);
/** ICE credentials open nothing by themselves, but they are nobody's business either. */
const withheld = new Set(['usernameFragment', 'iceLocalUsernameFragment']);

/** All values under the names of webrtc-internals; in brackets what is computed from them, as it is there. */
export function rawGroups({ entries, numbers }: Telemetry): readonly RawGroup[] {
  const browser = entries.map((entry) => ({
    title: String(entry['type']),
    values: [...(entry['type'] === 'inbound-rtp' ? computedValues(numbers) : []), ...listed(entry)],
  }));
  const { viewer, rendition, ...others } = numbers.station;
  return [
    ...browser,
    { title: 'page', values: pageValues(numbers) },
    ...(viewer ? [{ title: 'station: viewer', values: valuesOf({ ...viewer }) }] : []),
    ...(rendition ? [{ title: 'station: rendition', values: valuesOf({ ...rendition }) }] : []),
    { title: 'station', values: valuesOf(others) },
  ];
}

/** An entry without what must not leave the page. */
export function shareable(entry: StatsEntry): StatsEntry {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => !withheld.has(name)));
}

function listed(entry: StatsEntry): [string, string][] {
  return valuesOf(shareable(entry)).filter(([name]) => !unlisted.has(name));
}

function valuesOf(entry: object): [string, string][] {
  return Object.entries(entry).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'string' ? value : (JSON.stringify(value) ?? '—'),
  ]);
}

/** What the page knows beside the browser's statistics. */
function pageValues({ newest, ...numbers }: Numbers): [string, string][] {
  return valuesOf({
    keepaliveAgeMs: newest?.keepaliveAgeMs ?? null,
    keepaliveRoundTripMs: newest?.keepaliveRoundTripMs ?? null,
    commandsBufferedBytes: newest?.channelBytes ?? null,
    clockUncertaintyMs: newest?.clockUncertaintyMs ?? null,
    shownPx: newest?.shownPx ?? null,
    latencyMs: numbers.latency.totalMs,
    shownFps: numbers.shownFps,
    cameraFps: numbers.cameraFps,
  });
}

function computedValues(numbers: Numbers): [string, string][] {
  const { latency, kbitPerS } = numbers;
  const values: readonly [string, number | null][] = [
    ['[framesReceived/s]', numbers.sentFps],
    ['[framesDecoded/s]', numbers.decodedFps],
    ['[bytesReceived_in_bits/s]', kbitPerS === null ? null : kbitPerS * 1_000],
    ['[jitterBufferDelay/jitterBufferEmittedCount_in_ms]', latency.bufferMs],
    ['[jitterBufferTargetDelay/jitterBufferEmittedCount_in_ms]', numbers.bufferTargetMs],
    ['[interFrameDelayStDev_in_ms]', numbers.spreadMs],
    ['[totalDecodeTime/framesDecoded_in_ms]', latency.decodeMs],
  ];
  return values.map(([name, value]) => [name, value === null ? '—' : String(Math.round(value * 100) / 100)]);
}
