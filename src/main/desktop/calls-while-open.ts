import type { IpcCall } from './ipc-call.ts';

/** The part of the Lock that decides who may change settings. */
export interface SettingsGuard {
  /** @throws StationError `locked`. */
  requireOpen(): void;
  /** Somebody is at the screen. */
  keepOpen(): void;
}

/** Two kinds of calls that are refused while the kiosk is locked: those that only look, and those that change something. */
export function callsWhileOpen(guard: SettingsGuard) {
  // To look is not to be at the screen: a page may look again by itself.
  const look = (call: IpcCall): IpcCall => {
    return (args) => {
      guard.requireOpen();
      return call(args);
    };
  };
  const change = (call: IpcCall): IpcCall => {
    return look((args) => {
      guard.keepOpen();
      return call(args);
    });
  };
  return { look, change };
}
