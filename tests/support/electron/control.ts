import type * as Electron from 'electron';

/** What the stand-in tells the test that started it. */
export type ToTest =
  /** Chromium runs; `endpoint` is where Playwright can connect to it. */
  | { readonly kind: 'ready'; readonly endpoint: string; readonly chromiumPid: number }
  | { readonly kind: 'evaluated'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
  /** The program ends and wants to be started again. */
  | { readonly kind: 'relaunch' };

/** What the test asks of it: to run a function in the main process. */
export interface FromTest {
  readonly id: number;
  readonly source: string;
  readonly argument: unknown;
}

export function tellTest(message: ToTest): void {
  process.send?.(message);
}

/** Runs functions for the test, as Playwright's driver does in the real Electron's main process. */
export function serveTest(electron: typeof Electron): void {
  process.on('message', (request: FromTest) => {
    run(electron, request).then(
      (value) => tellTest({ kind: 'evaluated', id: request.id, value }),
      (error: unknown) => tellTest({ kind: 'failed', id: request.id, message: String(error) }),
    );
  });
  // The test has gone, so nobody needs this program any more.
  process.on('disconnect', () => process.exit(1));
}

async function run(electron: typeof Electron, { source, argument }: FromTest): Promise<unknown> {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the test sends functions of its own as text.
  const call = new Function('electron', 'argument', `return (${source})(electron, argument)`) as (
    ...args: unknown[]
  ) => unknown;
  return await call(electron, argument);
}
