import type { Sending } from '../../../shared/calls.ts';
import { openDevices, openScreen, type DeviceKind, type LocalTrack, type MediaFault } from './local-media.ts';

/** A microphone or camera, as one of exclusive states. */
export type DeviceState =
  /** The browser is asked for it. */
  | { readonly kind: 'opening' }
  | { readonly kind: 'on' }
  /** It is there, and nothing of it is sent. */
  | { readonly kind: 'off' }
  | { readonly kind: 'missing'; readonly fault: MediaFault };

export type ScreenState =
  | { readonly kind: 'off' }
  | { readonly kind: 'on' }
  /** The last try failed. */
  | { readonly kind: 'failed'; readonly fault: MediaFault };

export interface LocalState {
  readonly microphone: DeviceState;
  readonly camera: DeviceState;
  readonly screen: ScreenState;
}

export interface LocalSideParts {
  /** Sends this track from now on, or nothing of its kind. */
  readonly send: (kind: DeviceKind, track: MediaStreamTrack | null) => Promise<void>;
  readonly onChange: () => void;
}

/** What this end of a call has to send: a microphone, and either a camera or a screen. */
export class LocalSide {
  readonly #parts: LocalSideParts;
  #devices: Record<DeviceKind, LocalTrack | null> = { audio: null, video: null };
  readonly #isOn: Record<DeviceKind, boolean> = { audio: true, video: true };
  #screen: MediaStreamTrack | null = null;
  #screenFault: MediaFault | null = null;
  #isClosed = false;

  constructor(parts: LocalSideParts) {
    this.#parts = parts;
  }

  get state(): LocalState {
    return { microphone: this.#stateOf('audio'), camera: this.#stateOf('video'), screen: this.#screenState() };
  }

  /** What the other end is told. */
  get sending(): Sending {
    const isOn = (kind: DeviceKind): boolean => this.#stateOf(kind).kind === 'on';
    return { microphone: isOn('audio'), picture: this.#screen ? 'screen' : isOn('video') ? 'camera' : 'none' };
  }

  /** What is sent as the picture. */
  get picture(): MediaStreamTrack | null {
    return this.#screen ?? (this.#isOn.video ? trackOf(this.#devices.video) : null);
  }

  /** Asks the browser for the devices that are not there yet. */
  async open(): Promise<void> {
    const found = await openDevices();
    for (const kind of ['audio', 'video'] as const) {
      const before = trackOf(this.#devices[kind]);
      const isNeeded = !this.#isClosed && (before === null || before.readyState === 'ended');
      if (isNeeded) this.#take(kind, found[kind]);
      else trackOf(found[kind])?.stop();
    }
    if (!this.#isClosed) this.sendAll();
  }

  setMicrophone(isOn: boolean): void {
    this.#isOn.audio = isOn;
    this.sendAll();
  }

  setCamera(isOn: boolean): void {
    this.#isOn.video = isOn;
    this.sendAll();
  }

  async shareScreen(): Promise<void> {
    const found = await openScreen();
    const track = trackOf(found);
    if (this.#isClosed) return track?.stop();
    this.#screenFault = 'fault' in found ? found.fault : null;
    if (track) {
      this.#screen?.stop();
      this.#screen = track;
      // The browser has a button of its own to stop it.
      track.addEventListener('ended', () => this.#screen === track && this.stopScreen());
    }
    this.sendAll();
  }

  stopScreen(): void {
    this.#screen?.stop();
    this.#screen = null;
    this.#screenFault = null;
    this.sendAll();
  }

  /** Sends what there is to send. */
  sendAll(): void {
    const microphone = trackOf(this.#devices.audio);
    if (microphone) microphone.enabled = this.#isOn.audio;
    void this.#parts.send('audio', microphone);
    void this.#parts.send('video', this.picture);
    this.#parts.onChange();
  }

  /** Gives the devices back. Idempotent. */
  close(): void {
    this.#isClosed = true;
    for (const kind of ['audio', 'video'] as const) trackOf(this.#devices[kind])?.stop();
    this.#screen?.stop();
  }

  #take(kind: DeviceKind, found: LocalTrack): void {
    this.#devices[kind] = found;
    const track = trackOf(found);
    track?.addEventListener('ended', () => {
      if (trackOf(this.#devices[kind]) !== track || this.#isClosed) return;
      this.#devices[kind] = { fault: 'no_device' };
      this.sendAll();
    });
  }

  #stateOf(kind: DeviceKind): DeviceState {
    const device = this.#devices[kind];
    if (!device) return { kind: 'opening' };
    if ('fault' in device) return { kind: 'missing', fault: device.fault };
    return { kind: this.#isOn[kind] ? 'on' : 'off' };
  }

  #screenState(): ScreenState {
    if (this.#screen) return { kind: 'on' };
    return this.#screenFault ? { kind: 'failed', fault: this.#screenFault } : { kind: 'off' };
  }
}

function trackOf(found: LocalTrack | null): MediaStreamTrack | null {
  return found && 'track' in found ? found.track : null;
}
