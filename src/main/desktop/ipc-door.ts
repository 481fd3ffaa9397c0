import type { Logger } from 'pino';
import type { AccessAdmin } from '../../shared/access.ts';
import type { StationApi } from '../../shared/api.ts';
import type { Result } from '../../shared/bridge.ts';
import type { CallsApi } from '../../shared/calls.ts';
import type { DirectoryDesk, Due } from '../../shared/directory.ts';
import { StationError } from '../../shared/errors.ts';
import {
  accessChannels,
  directoryChannels,
  ipcChannels,
  phoneChannels,
  pushChannels,
  settingsChannels,
  shellChannels,
} from '../../shared/ipc.ts';
import type { SettingsApi } from '../../shared/settings.ts';
import type { ShellApi } from '../../shared/shell.ts';
import { accessCalls } from './access-calls.ts';
import type { SettingsGuard } from './calls-while-open.ts';
import { directoryCalls, kioskDirectory } from './directory-calls.ts';
import type { IpcCall } from './ipc-call.ts';
import { PageCalls } from './page-calls.ts';
import { PageViewers } from './page-viewers.ts';
import { phoneCalls } from './phone-calls.ts';
import { settingsCalls } from './settings-calls.ts';
import { shellCalls } from './shell-calls.ts';
import { stationCalls } from './station-calls.ts';

/** Who sent a call: the part of Electron's IpcMainInvokeEvent that the door looks at. */
export interface IpcCallEvent {
  readonly sender: { readonly id: number };
  /** Null where the frame has navigated or gone since. */
  readonly senderFrame: { readonly origin: string; readonly parent: object | null } | null;
}

/** The part of Electron's ipcMain that the door uses. */
export interface IpcPort {
  handle(channel: string, listener: (event: IpcCallEvent, ...args: unknown[]) => Promise<unknown>): void;
  removeHandler(channel: string): void;
}

/** The kiosk page, as the door knows it. */
export interface DoorPage {
  /** The id of its WebContents. */
  readonly id: number;
  readonly origin: string;
  /** Sends it a message; one that has gone gets none. */
  send(channel: string, ...args: readonly unknown[]): void;
}

export interface IpcDoorOptions {
  readonly station: StationApi;
  readonly settings: SettingsApi;
  readonly access: AccessAdmin;
  readonly calls: CallsApi;
  /** Null where this station is no directory. */
  readonly directory: DirectoryDesk | null;
  /** Who is due at this station. */
  readonly due: () => Due | null;
  readonly shell: ShellApi;
  readonly guard: SettingsGuard;
  readonly port: IpcPort;
  readonly page: DoorPage;
  readonly log: Logger;
}

export interface IpcDoor {
  /** The page has gone or was loaded anew: what it had opened ends. */
  pageGone(): void;
  /** Takes no more calls. Idempotent. */
  close(): void;
}

/** A page gone wrong may call in a loop; one line a minute tells as much. */
const refusalLogEveryMs = 60_000;

/**
 * The door for the kiosk page. A call of anybody else is rejected; the page gets each result as a plain object, because of a
 * thrown error only the message would pass the boundary.
 */
export function openIpcDoor(options: IpcDoorOptions): IpcDoor {
  const { station, settings, access, calls: phone, directory, due, shell, guard, port, page, log } = options;
  const viewers = new PageViewers({
    station,
    sendCandidate: (...found) => page.send(pushChannels.candidate, ...found),
    log,
  });
  const pageCalls = new PageCalls({
    calls: phone,
    sendCalls: (state) => page.send(pushChannels.calls, state),
    sendNotice: (...notice) => page.send(pushChannels.callNotice, ...notice),
  });
  const channels: string[] = [];
  const refuse = refusalLog(log);

  function serve<TName extends string>(
    channelOf: Readonly<Record<TName, string>>,
    calls: Readonly<Record<TName, IpcCall>>,
  ): void {
    for (const name in channelOf) {
      const channel = channelOf[name];
      const call = calls[name];
      channels.push(channel);
      port.handle(channel, async ({ sender, senderFrame }, ...args) => {
        if (sender.id !== page.id || senderFrame?.origin !== page.origin || senderFrame.parent !== null) {
          refuse(channel, senderFrame?.origin ?? null);
          throw new Error('Only the kiosk page may call the station.');
        }
        return resultOf(call, args, log.child({ channel }));
      });
    }
  }

  serve(ipcChannels, stationCalls(station, viewers));
  serve(settingsChannels, settingsCalls(settings, guard));
  serve(accessChannels, accessCalls(access, guard));
  const stationName = (): string => station.state().station.name;
  serve(directoryChannels, directoryCalls(kioskDirectory(directory, due, stationName), guard));
  serve(phoneChannels, phoneCalls(phone, pageCalls));
  serve(shellChannels, shellCalls(shell));
  const endPushes = [
    station.onState((state) => page.send(pushChannels.state, state)),
    shell.onShellState((state) => page.send(pushChannels.shell, state)),
  ];

  return {
    pageGone() {
      viewers.leaveAll();
      pageCalls.pageGone();
    },
    close() {
      pageCalls.pageGone();
      for (const end of endPushes.splice(0)) end();
      for (const channel of channels.splice(0)) port.removeHandler(channel);
    },
  };
}

function refusalLog(log: Logger): (channel: string, origin: string | null) => void {
  let lastMs = -Infinity;
  return (channel, origin) => {
    if (performance.now() - lastMs < refusalLogEveryMs) return;
    lastMs = performance.now();
    log.warn({ channel, origin }, 'A call that did not come from the kiosk page was refused.');
  };
}

async function resultOf(call: IpcCall, args: readonly unknown[], log: Logger): Promise<Result<unknown>> {
  try {
    return { ok: await call(args) };
  } catch (error) {
    if (error instanceof StationError) {
      if (error.reason === 'bad_arguments') log.warn(error.message);
      return { error: refusalOf(error) };
    }
    log.error({ err: error }, 'A call of the kiosk page failed.');
    return { error: { reason: 'internal', message: 'The station made a mistake; its log says more.' } };
  }
}

function refusalOf({ reason, message, retryAfterMs }: StationError) {
  return { reason, message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
