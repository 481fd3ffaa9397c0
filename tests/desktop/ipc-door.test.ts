import { pino } from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import { openIpcDoor, type IpcCallEvent, type IpcDoor, type IpcPort } from '../../src/main/desktop/ipc-door.ts';
import type { StationApi } from '../../src/shared/api.ts';
import { StationError } from '../../src/shared/errors.ts';
import { ipcChannels, ipcStateChannel } from '../../src/shared/ipc.ts';
import type { StationState } from '../../src/shared/state.ts';

const pageOrigin = 'app://eyepiece';
const page: IpcCallEvent = { senderFrame: { origin: pageOrigin, parent: null } };

const state: StationState = {
  timeMs: 1,
  station: { name: 'Room 2', version: '0.0.0', startedAtMs: 0, runId: 'run' },
  notices: [],
  streams: [],
};

/** Electron's ipcMain as far as a door sees it: arguments and results cross as structured clones, errors as messages. */
class Wire implements IpcPort {
  readonly #listeners = new Map<string, Parameters<IpcPort['handle']>[1]>();

  handle(channel: string, listener: Parameters<IpcPort['handle']>[1]): void {
    if (this.#listeners.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.#listeners.set(channel, listener);
  }

  removeHandler(channel: string): void {
    this.#listeners.delete(channel);
  }

  async invoke(event: IpcCallEvent, channel: string, ...args: unknown[]): Promise<unknown> {
    const listener = this.#listeners.get(channel);
    if (!listener) throw new Error(`No handler registered for '${channel}'`);
    return structuredClone(await listener(event, ...structuredClone(args)));
  }
}

/** Writes down every call; what it answers is beside the point here. */
class RecordingStation implements StationApi {
  readonly calls: unknown[] = [];
  refusal: Error | null = null;
  listener: ((state: StationState) => void) | null = null;

  #note<T>(value: T, ...call: unknown[]): Promise<T> {
    this.calls.push(call);
    return this.refusal ? Promise.reject(this.refusal) : Promise.resolve(value);
  }

  state = () => state;
  onState = (listener: (state: StationState) => void) => {
    this.listener = listener;
    return () => (this.listener = null);
  };
  webrtcConfig = () => ({ iceServers: [] });
  cameras = () => this.#note([], 'cameras');
  watch = (streamId: string | undefined, sdp: string) =>
    this.#note({ viewerId: 'v', answerSdp: 'answer', iceTag: 't' }, 'watch', streamId, sdp);
  updateIce = (id: string, fragment: string, tag?: string) => this.#note(null, 'updateIce', id, fragment, tag);
  addIceCandidate = (id: string, candidate: object) => this.#note(undefined, 'addIceCandidate', id, candidate);
  leave = (id: string) => this.#note(undefined, 'leave', id);
}

let wire: Wire;
let station: RecordingStation;
let sent: unknown[];
let door: IpcDoor;

beforeEach(() => {
  wire = new Wire();
  station = new RecordingStation();
  sent = [];
  door = openIpcDoor({
    station,
    port: wire,
    pageOrigin,
    sendState: (...message) => sent.push(message),
    log: pino({ level: 'silent' }),
  });
});

describe('The kiosk page', () => {
  test('gets the answers of the station', async () => {
    expect(await wire.invoke(page, ipcChannels.state)).toEqual({ ok: state });
    expect(await wire.invoke(page, ipcChannels.webrtcConfig)).toEqual({ ok: { iceServers: [] } });
    expect(await wire.invoke(page, ipcChannels.cameras)).toEqual({ ok: [] });
    expect(await wire.invoke(page, ipcChannels.watch, undefined, 'offer')).toMatchObject({ ok: { viewerId: 'v' } });
    expect(await wire.invoke(page, ipcChannels.updateIce, 'v', 'fragment', undefined)).toEqual({ ok: null });
    expect(await wire.invoke(page, ipcChannels.leave, 'v')).toEqual({ ok: undefined });
    expect(station.calls).toEqual([
      ['cameras'],
      ['watch', undefined, 'offer'],
      ['updateIce', 'v', 'fragment', undefined],
      ['leave', 'v'],
    ]);
  });

  test('may hand over a candidate as the browser serialises it', async () => {
    const candidate = { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 };
    await wire.invoke(page, ipcChannels.addIceCandidate, 'v', { ...candidate, usernameFragment: 'x' });
    expect(station.calls).toEqual([['addIceCandidate', 'v', candidate]]);
  });

  test('is told why a call was refused, as data', async () => {
    station.refusal = StationError.sourceOffline(2_000);
    expect(await wire.invoke(page, ipcChannels.watch, 'dim', 'offer')).toEqual({
      error: {
        reason: 'source_offline',
        message: 'The detector is not connected. The station keeps trying.',
        retryAfterMs: 2_000,
      },
    });
  });

  test('learns nothing of a mistake inside the station but that there was one', async () => {
    station.refusal = new Error('secret detail');
    const result = await wire.invoke(page, ipcChannels.leave, 'v');
    expect(result).toMatchObject({ error: { reason: 'internal' } });
    expect(JSON.stringify(result)).not.toContain('secret');
  });

  test('is sent every state until the door closes', async () => {
    station.listener?.(state);
    expect(sent).toEqual([[ipcStateChannel, state]]);
    door.close();
    door.close();
    expect(station.listener).toBeNull();
    await expect(wire.invoke(page, ipcChannels.state)).rejects.toThrow('No handler');
  });
});

describe('Anybody but the kiosk page is refused', () => {
  test.each<[string, IpcCallEvent]>([
    ['another origin', { senderFrame: { origin: 'https://example.org', parent: null } }],
    ['an origin that begins alike', { senderFrame: { origin: 'app://eyepiece.example', parent: null } }],
    ['a page without an origin', { senderFrame: { origin: 'null', parent: null } }],
    ['a frame inside the page', { senderFrame: { origin: pageOrigin, parent: {} } }],
    ['a frame that has gone', { senderFrame: null }],
  ])('%s', async (_who, event) => {
    for (const channel of Object.values(ipcChannels)) {
      await expect(wire.invoke(event, channel, 'v', 'x')).rejects.toThrow('Only the kiosk page');
    }
    expect(station.calls).toEqual([]);
  });
});

describe('A wrong argument never reaches the station', () => {
  test.each<[keyof typeof ipcChannels, unknown[], number]>([
    ['watch', [], 2],
    ['watch', [3, 'offer'], 1],
    ['watch', ['dim', { sdp: 'offer' }], 2],
    ['watch', ['dim', 'x'.repeat(300 * 1024)], 2],
    ['watch', ['dim', 'offer', 'more'], 3],
    ['state', ['more'], 1],
    ['leave', [null], 1],
    ['leave', ['x'.repeat(200)], 1],
    ['updateIce', ['v', 'fragment', 7], 3],
    ['addIceCandidate', ['v', 'candidate:1'], 2],
    ['addIceCandidate', ['v', { candidate: 'candidate:1', sdpMLineIndex: -1 }], 2],
    ['addIceCandidate', ['v', { candidate: 'candidate:1', extra: true }], 2],
  ])('%s %j', async (call, args, wrong) => {
    expect(await wire.invoke(page, ipcChannels[call], ...args)).toEqual({
      error: { reason: 'internal', message: `Argument ${wrong} of this call is not of the kind it takes.` },
    });
    expect(station.calls).toEqual([]);
  });
});
