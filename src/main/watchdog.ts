import { execFile } from 'node:child_process';
import type { Logger } from 'pino';

/** What the service manager is told about this process. */
export interface Watchdog {
  /** From now on an end is meant. Idempotent. */
  stopping(): void;
}

/** A process whose event loop is this late does not serve pictures any more; it is not worth a sign of life. */
const longestLagMs = 1_000;

/**
 * Tells systemd that this process is ready, and gives signs of life as often as the unit's `WatchdogSec=` asks, as long as
 * the event loop runs in time (sd_notify(3)). Does nothing where no service manager listens.
 *
 * Node has no Unix datagram sockets, so each message is sent by the `systemd-notify` program. A unit therefore needs
 * `NotifyAccess=all`.
 */
export function startWatchdog(env: NodeJS.ProcessEnv, log: Logger): Watchdog {
  const socket = env['NOTIFY_SOCKET'];
  if (!socket) return { stopping: () => undefined };
  const tell = (message: string): void => {
    execFile('systemd-notify', [message], { env, timeout: 10_000 }, (error) => {
      if (error) log.warn({ err: error, message }, 'The service manager could not be told.');
    });
  };

  tell('READY=1');
  const signs = startSigns(Number(env['WATCHDOG_USEC'] ?? 0) / 1_000, () => tell('WATCHDOG=1'), log);
  let isStopping = false;
  return {
    stopping() {
      if (isStopping) return;
      isStopping = true;
      clearInterval(signs);
      tell('STOPPING=1');
    },
  };
}

/** @param deadlineMs How long systemd waits for a sign of life; 0 where it does not. */
function startSigns(deadlineMs: number, giveSign: () => void, log: Logger): NodeJS.Timeout | undefined {
  if (!(deadlineMs > 0)) return undefined;
  // Three in each deadline: one may be lost or left out.
  const everyMs = deadlineMs / 3;
  let dueMs = performance.now() + everyMs;
  return setInterval(() => {
    const lagMs = performance.now() - dueMs;
    dueMs = performance.now() + everyMs;
    if (lagMs < longestLagMs) giveSign();
    else log.warn({ lagMs: Math.round(lagMs) }, 'The station was busy for too long to call itself alive.');
  }, everyMs).unref();
}
