import type { CameraInfo, IceCandidate } from '../../src/shared/api.ts';
import type { Bridge, Result } from '../../src/shared/bridge.ts';
import type { Settings, StreamSettings } from '../../src/shared/settings.ts';
import type { ShellState } from '../../src/shared/shell.ts';
import { vi } from 'vitest';
import { ok, refused } from './bridge-results.ts';
import { FakeAccess } from './fake-access.ts';
import { FakeDirectory, labKeyId } from './fake-directory.ts';
import { stationSdp } from './fake-page.ts';

export { ok, refused };

export const sampleSettings: Settings = {
  stationName: 'Scope 2',
  streams: [],
  fixedBy: null,
  sharing: { kind: 'off' },
  trusts: [],
};

export const streamSettings = (id: string, overrides: Partial<StreamSettings> = {}): StreamSettings => ({
  id,
  name: id,
  sourceKind: 'camera',
  sourceText: `/dev/${id}`,
  pixelSizeUm: null,
  quality: 'standard',
  ...overrides,
});

export const camera = (id: string): CameraInfo => ({ id, name: `Camera ${id}`, path: `/dev/${id}`, modes: [] });

const longestMs = 30_000;
const triesBeforeWait = 5;

/** The kiosk's window and the settings behind it, with the PIN rules that a person meets; every call can be watched or replaced. */
export class FakeBridge implements Bridge {
  shellNow: ShellState = { lock: { kind: 'no_pin' }, isKiosk: true, brightness: { level: 6, by: 'overlay' } };
  settingsNow: Settings = sampleSettings;
  pin: string | null = null;
  #wrong = 0;
  readonly #shellListeners = new Set<(state: ShellState) => void>();
  readonly candidateListeners = new Set<(viewerId: string, candidate: IceCandidate | null) => void>();

  readonly state: Bridge['state'] = () => refused('closing');
  readonly onState: Bridge['onState'] = () => () => undefined;
  readonly streamLog: Bridge['streamLog'] = () => ok([]);
  readonly webrtcConfig: Bridge['webrtcConfig'] = () => ok({ iceServers: [] });
  readonly watch: Bridge['watch'] = () => refused('closing');
  readonly updateIce = vi.fn<Bridge['updateIce']>(() => ok(null));
  readonly cameras = vi.fn<Bridge['cameras']>(() => ok([]));
  readonly offerViewer = vi.fn<Bridge['offerViewer']>(() =>
    ok({ viewerId: 'viewer-1', type: 'offer', sdp: stationSdp }),
  );
  readonly answerViewer = vi.fn<Bridge['answerViewer']>(() => ok(undefined));
  readonly addIceCandidate = vi.fn<Bridge['addIceCandidate']>(() => ok(undefined));
  readonly leave = vi.fn<Bridge['leave']>(() => ok(undefined));
  readonly onCandidate: Bridge['onCandidate'] = (listener) => {
    this.candidateListeners.add(listener);
    return () => this.candidateListeners.delete(listener);
  };

  /** Nobody calls. */
  readonly calls: Bridge['calls'] = {
    onCalls: () => () => undefined,
    onNotice: () => () => undefined,
    attend: () => ok({ me: { id: 'station', kind: 'station', name: 'Room 2' }, people: [], call: null }),
    initiate: () => refused('peer_unavailable'),
    accept: () => refused('unknown_call'),
    decline: () => refused('unknown_call'),
    end: () => refused('unknown_call'),
    join: () => refused('unknown_call'),
    send: () => refused('wrong_state'),
    leave: () => ok(undefined),
  };

  readonly settings = {
    settings: () => ok(this.settingsNow),
    renameStation: vi.fn<Bridge['settings']['renameStation']>((stationName) => this.#change({ stationName })),
    addStream: vi.fn<Bridge['settings']['addStream']>(({ name }) =>
      this.#change({ streams: [...this.settingsNow.streams, streamSettings(name)] }),
    ),
    changeStream: vi.fn<Bridge['settings']['changeStream']>((id, change) =>
      this.#change({ streams: this.settingsNow.streams.map((old) => (old.id === id ? { ...old, ...change } : old)) }),
    ),
    moveStream: vi.fn<Bridge['settings']['moveStream']>((id, place) => {
      const others = this.settingsNow.streams.filter((stream) => stream.id !== id);
      const moved = this.settingsNow.streams.filter((stream) => stream.id === id);
      return this.#change({ streams: others.toSpliced(place, 0, ...moved) });
    }),
    removeStream: vi.fn<Bridge['settings']['removeStream']>((id) =>
      this.#change({ streams: this.settingsNow.streams.filter((stream) => stream.id !== id) }),
    ),
    share: vi.fn<Bridge['settings']['share']>(({ streams = 'all', lastsHours = 12 } = {}) =>
      this.#change({
        sharing: {
          kind: 'on',
          links: ['https://192.168.4.20:8443/#k=secret'],
          code: 'K7QX-4MTP',
          streams,
          expiresAtMs: Date.now() + lastsHours * 3_600_000,
          fingerprint: 'AB:CD:EF',
        },
      }),
    ),
    stopSharing: vi.fn<Bridge['settings']['stopSharing']>(() => this.#change({ sharing: { kind: 'off' } })),
    askLab: vi.fn<Bridge['settings']['askLab']>(() => refused('no_directory_there', 'Nothing answers there.')),
    joinLab: vi.fn<Bridge['settings']['joinLab']>(({ url, station }) =>
      this.#change({ trusts: [...this.settingsNow.trusts, { id: labKeyId, name: new URL(url).host, url, station }] }),
    ),
    leaveLab: vi.fn<Bridge['settings']['leaveLab']>((id) =>
      this.#change({ trusts: this.settingsNow.trusts.filter((trust) => trust.id !== id) }),
    ),
  };

  readonly access = new FakeAccess();
  readonly directory = new FakeDirectory();

  readonly shell = {
    shellState: () => ok(this.shellNow),
    onShellState: (listener: (state: ShellState) => void) => {
      this.#shellListeners.add(listener);
      return () => this.#shellListeners.delete(listener);
    },
    setPin: vi.fn<Bridge['shell']['setPin']>((pin) => {
      if (pin === '111111') return refused('pin_refused');
      this.pin = pin;
      return this.#turn({ lock: { kind: 'unlocked', relockAtMs: Date.now() + 60_000 } });
    }),
    lock: vi.fn<Bridge['shell']['lock']>(() => this.#turn({ lock: { kind: 'locked', waitUntilMs: null } })),
    unlock: vi.fn<Bridge['shell']['unlock']>((pin) => {
      if (pin === this.pin) return this.#turn({ lock: { kind: 'unlocked', relockAtMs: Date.now() + 60_000 } });
      this.#wrong += 1;
      if (this.#wrong < triesBeforeWait) return refused('pin_wrong');
      void this.#turn({ lock: { kind: 'locked', waitUntilMs: Date.now() + longestMs } });
      return refused('pin_wait', '', longestMs);
    }),
    keepUnlocked: vi.fn<Bridge['shell']['keepUnlocked']>(() => ok(undefined)),
    leaveKiosk: vi.fn<Bridge['shell']['leaveKiosk']>(() => this.#turn({ isKiosk: false })),
    enterKiosk: vi.fn<Bridge['shell']['enterKiosk']>(() => this.#turn({ isKiosk: true })),
    restart: vi.fn<Bridge['shell']['restart']>(() => ok(undefined)),
    setBrightness: vi.fn<Bridge['shell']['setBrightness']>((level) =>
      this.#turn({ brightness: { ...this.shellNow.brightness, level } }),
    ),
  };

  /** A kiosk with a PIN. */
  lockWith(pin: string): void {
    this.pin = pin;
    void this.shell.lock();
  }

  /** The window tells that something is another way now. */
  turn(change: Partial<ShellState>): void {
    void this.#turn(change);
  }

  /** The station finds a candidate for one of the page's sessions. */
  find(viewerId: string, candidate: IceCandidate | null): void {
    for (const listener of this.candidateListeners) listener(viewerId, candidate);
  }

  #turn(change: Partial<ShellState>): Promise<Result<void>> {
    this.shellNow = { ...this.shellNow, ...change };
    for (const listener of this.#shellListeners) listener(this.shellNow);
    return ok(undefined);
  }

  #change(change: Partial<Settings>): Promise<Result<Settings>> {
    this.settingsNow = { ...this.settingsNow, ...change };
    return ok(this.settingsNow);
  }
}
