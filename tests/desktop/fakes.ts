import type { SettingsGuard } from '../../src/main/desktop/calls-while-open.ts';
import type { AccessAdmin, User } from '../../src/shared/access.ts';
import { StationError } from '../../src/shared/errors.ts';
import type { Settings, SettingsApi } from '../../src/shared/settings.ts';
import type { ShellApi, ShellState } from '../../src/shared/shell.ts';

export const sampleSettings: Settings = {
  stationName: 'Room 2',
  streams: [],
  fixedBy: null,
  sharing: { kind: 'off' },
  trusts: [],
};

const sampleKey = { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43) } as const;

/** Settings that write down every change and make none. */
export class RecordingSettings implements SettingsApi {
  readonly calls: unknown[] = [];

  #note(...call: unknown[]): Promise<Settings> {
    this.calls.push(call);
    return Promise.resolve(sampleSettings);
  }

  settings = (): Settings => sampleSettings;
  renameStation: SettingsApi['renameStation'] = (...args) => this.#note('renameStation', ...args);
  addStream: SettingsApi['addStream'] = (...args) => this.#note('addStream', ...args);
  changeStream: SettingsApi['changeStream'] = (...args) => this.#note('changeStream', ...args);
  moveStream: SettingsApi['moveStream'] = (...args) => this.#note('moveStream', ...args);
  removeStream: SettingsApi['removeStream'] = (...args) => this.#note('removeStream', ...args);
  share: SettingsApi['share'] = (...args) => this.#note('share', ...args);
  stopSharing: SettingsApi['stopSharing'] = () => this.#note('stopSharing');
  askLab: SettingsApi['askLab'] = (wish) => {
    this.calls.push(['askLab', wish]);
    return Promise.resolve({ ...wish, publicKey: sampleKey, id: 'lab' });
  };
  joinLab: SettingsApi['joinLab'] = (...args) => this.#note('joinLab', ...args);
  leaveLab: SettingsApi['leaveLab'] = (...args) => this.#note('leaveLab', ...args);
}

export const sampleUser: User = {
  id: 1,
  name: 'Ada',
  role: 'operator',
  streams: 'all',
  isDisabled: false,
  createdAtMs: 0,
};

/** An administration that writes down every call and changes nothing. */
export class RecordingAccess implements AccessAdmin {
  readonly calls: unknown[] = [];

  #note<T>(result: T, ...call: unknown[]): T {
    this.calls.push(call);
    return result;
  }

  users: AccessAdmin['users'] = () => this.#note([sampleUser], 'users');
  addUser: AccessAdmin['addUser'] = (user) => Promise.resolve(this.#note(sampleUser, 'addUser', user));
  changeUser: AccessAdmin['changeUser'] = (...args) => Promise.resolve(this.#note(sampleUser, 'changeUser', ...args));
  removeUser: AccessAdmin['removeUser'] = (id) => this.#note(true, 'removeUser', id);
  machineTokens: AccessAdmin['machineTokens'] = () => this.#note([], 'machineTokens');
  addMachineToken: AccessAdmin['addMachineToken'] = (token) =>
    this.#note({ ...sampleUser, expiresAtMs: 1, token: 'eym_secret' }, 'addMachineToken', token);
  removeMachineToken: AccessAdmin['removeMachineToken'] = (id) => this.#note(true, 'removeMachineToken', id);
  present: AccessAdmin['present'] = () => this.#note([], 'present');
  dismiss: AccessAdmin['dismiss'] = (id) => Promise.resolve(this.#note(true, 'dismiss', id));
  attendance: AccessAdmin['attendance'] = (span) => this.#note([], 'attendance', span);
}

export const sampleShellState: ShellState = {
  lock: { kind: 'no_pin' },
  isKiosk: true,
  brightness: { level: 6, by: 'overlay' },
};

/** A shell that writes down every call and does nothing. */
export class RecordingShell implements ShellApi {
  readonly calls: unknown[] = [];
  listener: ((state: ShellState) => void) | null = null;

  #note(...call: unknown[]): void {
    this.calls.push(call);
  }

  shellState = (): ShellState => sampleShellState;
  onShellState = (listener: (state: ShellState) => void): (() => void) => {
    this.listener = listener;
    return () => (this.listener = null);
  };
  setPin: ShellApi['setPin'] = (...pins) => Promise.resolve(this.#note('setPin', ...pins));
  lock = (): void => this.#note('lock');
  unlock: ShellApi['unlock'] = (pin) => Promise.resolve(this.#note('unlock', pin));
  keepUnlocked = (): void => this.#note('keepUnlocked');
  leaveKiosk = (): void => this.#note('leaveKiosk');
  enterKiosk = (): void => this.#note('enterKiosk');
  restart = (): void => this.#note('restart');
  setBrightness: ShellApi['setBrightness'] = (level) => Promise.resolve(this.#note('setBrightness', level));
}

/** A lock that is open or not. */
export class Guard implements SettingsGuard {
  isOpen = true;
  kept = 0;

  requireOpen(): void {
    if (!this.isOpen) throw StationError.locked();
  }

  keepOpen(): void {
    this.kept++;
  }
}
