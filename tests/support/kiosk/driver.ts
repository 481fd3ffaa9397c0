import type { ChildProcess } from 'node:child_process';
import type { Page } from '@playwright/test';
import type * as Electron from 'electron';

/** A function that runs in the kiosk's main process. It can use nothing but its arguments. */
export type MainFunction<R, A> = (electron: typeof Electron, argument: A) => R | Promise<R>;

/** What a test starts and steers a kiosk with. */
export interface KioskDriver {
  readonly process: ChildProcess;
  evaluate<R, A>(run: MainFunction<R, A>, argument: A): Promise<R>;
  /** The kiosk's page. A page whose process was killed is followed no further, so each call may give another object. */
  page(): Promise<Page>;
  /** Whether the program has asked to be started anew when it has ended. */
  wantsRelaunch(): boolean;
  /** Ends what the test holds of the program, and the program with it. */
  dispose(): Promise<void>;
}

export interface DriverOptions {
  /** Holds everything that this kiosk keeps. */
  readonly folder: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Starts kiosks in one of two ways. */
export interface KioskPlatform {
  /** One line for whoever reads the tests' output. */
  title(): Promise<string>;
  readonly isStandIn: boolean;
  start(options: DriverOptions): Promise<KioskDriver>;
  /** The command line that a person's second start of the same kiosk would be. */
  command(options: DriverOptions): {
    readonly program: string;
    readonly args: readonly string[];
    readonly env: NodeJS.ProcessEnv;
  };
}
