/** Who may leave the kiosk and change its settings. The wall is live in every state. */
export type LockState =
  /** Nobody has chosen a PIN, so everybody may. */
  | { readonly kind: 'no_pin' }
  /** The PIN was typed; `relockAtMs` (Unix time) moves on with everything that is done, and is null outside the kiosk. */
  | { readonly kind: 'unlocked'; readonly relockAtMs: number | null }
  /** `waitUntilMs` (Unix time) is set after too many wrong PINs: no try is taken before. */
  | { readonly kind: 'locked'; readonly waitUntilMs: number | null };

export const brightnessLevels = [1, 2, 3, 4, 5, 6] as const;
/** 6 is the screen's full brightness. */
export type BrightnessLevel = (typeof brightnessLevels)[number];

/** The window around the page, as far as the page shows or steers it. */
export interface ShellState {
  readonly lock: LockState;
  /** False while the operator has left the kiosk: the window is one among others. */
  readonly isKiosk: boolean;
  readonly brightness: {
    readonly level: BrightnessLevel;
    /** Where the machine's backlight can't be set, the page darkens itself. */
    readonly by: 'backlight' | 'overlay';
  };
}

/** What the kiosk page can ask of the window around it. Calls that are refused throw a StationError. */
export interface ShellApi {
  shellState(): ShellState;
  /** Called on every change, until the returned function is called. */
  onShellState(listener: (state: ShellState) => void): () => void;
  /**
   * Chooses the first PIN or, while unlocked, another one. It does not lock by itself.
   * @throws StationError `pin_refused` (not six digits, trivial, not the same twice), `locked`, `not_saved`.
   */
  setPin(pin: string, again: string): Promise<void>;
  /** @throws StationError `no_pin`. */
  lock(): void;
  /** @throws StationError `pin_wrong`, `pin_wait`, `no_pin`. */
  unlock(pin: string): Promise<void>;
  /** Somebody is at the screen: the kiosk locks itself only after a minute without this. */
  keepUnlocked(): void;
  /** Makes the window one among others. @throws StationError `locked`. */
  leaveKiosk(): void;
  /** Fills the screen again, and locks where there is a PIN. */
  enterKiosk(): void;
  /** Starts Eyepiece anew. @throws StationError `locked`. */
  restart(): void;
  setBrightness(level: BrightnessLevel): Promise<void>;
}
