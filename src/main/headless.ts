import { prepareLaunch } from './launch.ts';
import { startWatchdog } from './watchdog.ts';

/** Far longer than closing takes; only a fault of ours makes it pass. */
const closeDeadlineMs = 10_000;

/** Ctrl+C reaches a process once from the terminal and once through npm: only a later signal means "now". */
const echoMs = 500;

/** The station without a window, on plain Node. */
async function main(): Promise<void> {
  const stopped = firstStopSignal();
  const launch = prepareLaunch(process.argv.slice(2), process.env);
  const launched = 'start' in launch ? await launch.start() : 'run' in launch ? await launch.run() : launch;
  if ('exitCode' in launched) {
    process.stdout.write(launched.output);
    process.stderr.write(launched.complaint);
    process.exitCode = launched.exitCode;
    return;
  }
  process.stdout.write(`Eyepiece station ready at ${launched.url}\n`);
  const watchdog = startWatchdog(process.env, launched.log);
  await stopped;
  watchdog.stopping();
  setTimeout(() => process.exit(1), closeDeadlineMs).unref();
  await launched.close();
  process.exit(0);
}

/** Resolves with the first SIGINT or SIGTERM. From then on, a second one ends the process at once. */
function firstStopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let firstMs: number | undefined;
    const stop = (): void => {
      firstMs ??= performance.now();
      if (performance.now() - firstMs > echoMs) process.exit(1);
      resolve();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
}

await main();
