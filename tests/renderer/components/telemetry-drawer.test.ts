// @vitest-environment happy-dom
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Refusal, type OpenSession } from '../../../src/renderer/station/client.ts';
import { FakePeer, sampleState, sampleStream } from '../fake-page.ts';
import { marked, openPage, play, press, station, stream, tap, tell, text, tile } from '../open-page.ts';
import { statsAfter, viewerState } from '../telemetry-samples.ts';

const detector = sampleStream.detector && { ...sampleStream.detector, nominalFps: 10 };
const streams = [stream('a', { fps: 10, detector }), stream('b', { fps: 10, detector })];
const line = (name: string): string => text(marked(`line-${name}`));
const events = (): string[] => [...(marked('events')?.querySelectorAll('li') ?? [])].map((row) => text(row).slice(9));
const curve = (name: string): string =>
  marked(`line-${name}`)?.querySelector('.sparkline path')?.getAttribute('d') ?? '';

/** Lets so many seconds of a session pass, whose browser tells these things more. */
async function run(seconds: number, overrides: Readonly<Record<string, unknown>> = {}): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    passed += 1;
    for (const peer of FakePeer.made) {
      if (peer.connectionState !== 'connected') peer.turn('connected');
      peer.iceConnectionState = 'connected';
      peer.stats = statsAfter(passed, overrides);
    }
    await play(1, streams);
  }
}
let passed = 0;

async function openAlone(): Promise<void> {
  passed = 0;
  FakePeer.made = [];
  await openPage(streams);
  await tap('tile');
}

afterEach(() => vi.restoreAllMocks());

describe('The telemetry', () => {
  test('is opened and closed with a key and with a button, and only where a picture is alone', async () => {
    await openPage(streams);
    expect(marked('telemetry-key')).toBeNull();
    await press('i');
    expect(marked('telemetry')).toBeNull();
    await tap('tile');
    await press('i');
    expect(marked('telemetry')).not.toBeNull();
    await tap('telemetry-key');
    expect(marked('telemetry')).toBeNull();
    await tap('telemetry-key');
    await press('Escape');
    expect(marked('telemetry')).toBeNull();
    expect(tile('a').getAttribute('role')).toBe('group');
  });

  test('goes with the picture that it is about, and follows to the next one', async () => {
    await openAlone();
    await press('i');
    await press('PageDown');
    expect(text(marked('overall'))).toContain('b');
    await tap('grid');
    expect(marked('telemetry')).toBeNull();
  });

  test('says in five lines how the picture gets here', async () => {
    await openAlone();
    await press('i');
    await run(12);
    expect(text(marked('overall'))).toContain('a Good');
    expect(line('connection')).toBe('Connection Good 4.0 ms Connected · on this machine · over UDP · IPv4');
    expect(line('rate')).toBe('Rate Good 10.0 fps decoded; the camera gives 10.0 fps');
    expect(line('latency')).toMatch(/^Latency Good 3\d\.0 ms measured$/);
    expect(line('loss')).toBe('Loss Good 0.0 % of the packets, in 10 s');
    expect(line('freshness')).toMatch(/^Freshness Good 1?\d+(\.\d)? ms since the last picture$/);
    expect(['camera', 'sent', 'shown'].map((name) => text(marked(`rate-${name}`)))).toEqual([
      'Camera 10.0 fps',
      'Sent 10.0 fps',
      'Shown 10.0 fps',
    ]);
    expect(text(marked('number-bitrate'))).toBe('Bit rate 800 kbit/s');
  });

  test('says a dash and never a zero where the browser does not tell', async () => {
    await openAlone();
    await press('i');
    const untold = { packetsLost: undefined, jitter: undefined, totalDecodeTime: undefined, framesReceived: undefined };
    await run(5, untold);
    expect(line('loss')).toBe('Loss — % of the packets, in 10 s');
    for (const name of ['jitter', 'decode', 'drops', 'loss']) expect(text(marked(`number-${name}`))).toContain('—');
    expect(text(marked('rate-sent'))).toBe('Sent — fps');
    expect(curve('loss')).toBe('');
    expect(curve('rate')).not.toBe('');
  });

  test('says what is wrong after the second bad sample, on the tile and in the drawer, and remembers it', async () => {
    await openAlone();
    await press('i');
    await run(6);
    await run(1, { packetsLost: 200 });
    expect(text(marked('overall'))).toContain('Good');
    await run(1, { packetsLost: 200 });
    expect(text(marked('overall'))).toMatch(/Poor – network loss \d+\.\d %/);
    expect(text(tile('a'))).toMatch(/Poor 10\.0 fps 3\d ms network loss/);
    expect(tile('a').getAttribute('aria-label')).toMatch(/Poor, network loss/);
    expect(events()[0]).toMatch(/^Poor – network loss/);
  });

  test('tells of the tile’s states with their causes, newest first', async () => {
    await openAlone();
    await press('i');
    await run(3);
    const fault = { reason: 'busy', detail: '/dev/video0 is busy.' } as const;
    const offline = { kind: 'offline', fault, sinceMs: 0, nextTryAtMs: Date.now() + 4_000, attempt: 1 } as const;
    await tell([stream('a', { status: offline, fps: null }), streams[1] ?? stream('b')]);
    expect(text(marked('overall'))).toContain('Lost – Another program is using the detector.');
    expect(events()[0]).toBe('OFFLINE – Another program is using the detector. /dev/video0 is busy. this screen');
    const [live, connecting] = ['LIVE this screen', 'CONNECTING this screen'];
    expect(events()).toContain(live);
    expect(events().indexOf(live)).toBeLessThan(events().indexOf(connecting));
  });

  test('says on top what is wrong with the way of the pictures, and what to do', async () => {
    await openAlone();
    await press('i');
    await run(6);
    expect(text(marked('doctor'))).toBe(
      'Link doctor: All is well: on the station’s own machine, 4.0 ms there and back.',
    );
    await run(3, { packetsLost: 200 });
    expect(marked('doctor')?.dataset['finding']).toBe('loss');
    expect(text(marked('doctor'))).toMatch(/The network loses \d+\.\d % of the packets, .* Try a cable/);
  });

  test('finds its own session among the station’s viewers, and tells what the station says of it', async () => {
    await openAlone();
    await press('i');
    await run(2);
    const [session] = await Promise.all(station.open.mock.results.map(({ value }) => value as Promise<OpenSession>));
    const own = { ...viewerState, id: session?.viewerId.slice(0, 8) ?? '', backlogBytes: 4_500_000, scale: 2 } as const;
    const sent = { codec: 'h264', scale: 2, viewers: 1, kbitPerS: 780, maxKbitPerS: 2_500 } as const;
    const watched = stream('a', { fps: 10, detector, renditions: [sent] });
    for (let second = 0; second < 2; second++) {
      station.tell({ ...sampleState([watched, stream('b')]), viewers: [{ ...viewerState, id: 'somebody' }, own] });
      await play(1);
    }
    expect(text(marked('number-backlog'))).toBe('Waiting at the station Poor 4.5 MB');
    expect(text(marked('number-encoded'))).toBe('Encoded Fair 640 × 360 px, half size because the link is weak');
    expect(text(marked('number-sentBitrate'))).toBe('Encoder’s bit rate 780 kbit/s of 2.5 Mbit/s');
    expect(marked('doctor')?.dataset['finding']).toBe('bandwidth');
  });

  test('merges what the station has seen with what this page has, and stands there without it', async () => {
    station.streamLog.mockResolvedValue([
      { kind: 'viewer_gone', reason: 'silent', viewers: 2, timeMs: Date.now() },
      { kind: 'offline', reason: 'crashed', detail: 'Exit code 1.', timeMs: Date.now() + 60_000 },
    ]);
    await openAlone();
    await press('i');
    await run(4);
    expect(events()[0]).toBe('Detector away: Reading the detector failed. Exit code 1. station');
    expect(events()).toContain('LIVE this screen');
    expect(events().at(-1)).toBe('A viewer went (no sign of life); watching now: 2 station');
    vi.spyOn(console, 'debug').mockReturnValue();
    station.streamLog.mockRejectedValue(new Refusal('not_allowed', 'No.'));
    await openAlone();
    await press('i');
    await run(4);
    expect(events()).toContain('LIVE this screen');
    expect(events().some((line) => line.endsWith(' station'))).toBe(false);
  });

  test('does not speak with every number that changes', async () => {
    await openAlone();
    await press('i');
    const spoken = marked('overall')?.querySelector('[aria-live]');
    const said: string[] = [];
    const observer = new MutationObserver(() => said.push(text(spoken ?? null)));
    observer.observe(spoken ?? document.body, { childList: true, characterData: true, subtree: true });
    await run(15);
    expect(said).toEqual(['Good']);
    expect(marked('telemetry')?.querySelectorAll('[aria-live="polite"]')).toHaveLength(1);
    observer.disconnect();
  });
});

test('A browser that refuses to tell leaves the picture alone and the numbers open', async () => {
  vi.spyOn(console, 'debug').mockReturnValue();
  await openAlone();
  for (const peer of FakePeer.made) peer.getStats = () => Promise.reject(new Error('Not now.'));
  await press('i');
  await play(3, streams);
  expect(tile('a').dataset.state).toBe('live');
  expect(text(marked('overall'))).toBe('a Not known yet');
});

describe('All values', () => {
  test('stand there under the names of webrtc-internals', async () => {
    await openAlone();
    await press('i');
    await run(3);
    expect(text(marked('telemetry'))).not.toContain('packetsReceived');
    await tap('all-values');
    const told = text(marked('telemetry'));
    expect(told).toContain('inbound-rtp [framesReceived/s] 10');
    expect(told).toContain('packetsReceived 300');
    expect(told).toContain('currentRoundTripTime 0.004');
    expect(told).toContain('mimeType video/H264');
    expect(told).toContain('nominalFps 10 eventLoopLagMs 0');
    expect(told).not.toContain('abcd');
  });

  test('are copied as JSON with what happened, and without the session’s credentials', async () => {
    const writeText = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    await openAlone();
    await press('i');
    await run(12);
    await tap('copy-json');
    const copied: unknown = JSON.parse(writeText.mock.calls[0]?.[0] ?? '');
    expect(copied).toMatchObject({
      stream: { id: 'a' },
      station: { name: 'Scope 2' },
      quality: { level: 'good' },
      diagnosis: { kind: 'well' },
      verdicts: { loss: 'good' },
      numbers: { sentFps: 10 },
      events: expect.arrayContaining([expect.objectContaining({ seenBy: 'page', state: 'live' })]) as unknown,
    });
    expect(JSON.stringify(copied)).not.toContain('usernameFragment');
    expect(text(marked('telemetry'))).toContain('Copied.');
  });

  test('are there as text to be copied by hand where the clipboard is refused', async () => {
    vi.spyOn(console, 'debug').mockReturnValue();
    vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('Not allowed.'));
    await openAlone();
    await press('i');
    await run(2);
    await tap('copy-json');
    const field = document.querySelector<HTMLTextAreaElement>('[data-testid="json"]');
    expect(field?.value).toContain('"packetsReceived": 200');
    await press('i', field ?? window);
    expect(marked('telemetry')).not.toBeNull();
  });
});
