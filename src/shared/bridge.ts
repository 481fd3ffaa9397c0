import type { AccessAdmin } from './access.ts';
import type { IceCandidate, StationApi } from './api.ts';
import type { CallNotice, CallsState, KioskCalls } from './calls.ts';
import type { KioskDirectory } from './directory.ts';
import type { StationErrorReason } from './errors.ts';
import type { SettingsApi } from './settings.ts';
import type { ShellApi, ShellState } from './shell.ts';
import type { StationState } from './state.ts';

/** What comes back over a boundary that drops error classes: the value, or the refusal as plain data. */
export type Result<T> =
  | { readonly ok: T }
  | {
      readonly error: {
        readonly reason: StationErrorReason | 'internal';
        readonly message: string;
        readonly retryAfterMs?: number;
      };
    };

/** The calls of an interface as they look across the boundary. Which of the machine's addresses serve is the door's affair. */
export type Calls<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Result<Awaited<R>>>
    : never;
};

/** `window.eyepiece`: the named calls that the preload offers the kiosk page, and nothing else. */
export interface Bridge extends Omit<
  Calls<StationApi>,
  'onState' | 'onCandidate' | 'watch' | 'offerViewer' | 'watchPictures' | 'publish'
> {
  watch(streamId: string | undefined, offerSdp: string): ReturnType<Calls<StationApi>['watch']>;
  offerViewer(
    streamId: string | undefined,
    iceServers?: Parameters<StationApi['offerViewer']>[1],
  ): ReturnType<Calls<StationApi>['offerViewer']>;
  /** @returns A function that ends the subscription. */
  onState(listener: (state: StationState) => void): () => void;
  /** Called with the station's candidates for every session that this page was offered; null after the last one. */
  onCandidate(listener: (viewerId: string, candidate: IceCandidate | null) => void): () => void;
  readonly settings: Calls<SettingsApi>;
  readonly access: Calls<AccessAdmin>;
  readonly directory: Calls<KioskDirectory>;
  readonly calls: Calls<KioskCalls> & {
    onCalls(listener: (state: CallsState) => void): () => void;
    onNotice(listener: (callId: string, notice: CallNotice) => void): () => void;
  };
  readonly shell: Omit<Calls<ShellApi>, 'onShellState'> & {
    onShellState(listener: (state: ShellState) => void): () => void;
  };
}
