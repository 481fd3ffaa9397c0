import type { Logger } from 'pino';
import * as v from 'valibot';
import type { StationApi } from '../../shared/api.ts';
import type { Result } from '../../shared/bridge.ts';
import { StationError } from '../../shared/errors.ts';
import { ipcChannels, ipcStateChannel } from '../../shared/ipc.ts';
import type { StationState } from '../../shared/state.ts';

/** Who sent a call: the part of Electron's IpcMainInvokeEvent that the door looks at. */
export interface IpcCallEvent {
  /** Null where the frame has navigated or gone since. */
  readonly senderFrame: { readonly origin: string; readonly parent: object | null } | null;
}

/** The part of Electron's ipcMain that the door uses. */
export interface IpcPort {
  handle(channel: string, listener: (event: IpcCallEvent, ...args: unknown[]) => Promise<unknown>): void;
  removeHandler(channel: string): void;
}

export interface IpcDoorOptions {
  readonly station: StationApi;
  readonly port: IpcPort;
  /** Only the main frame of a page from this origin may call. */
  readonly pageOrigin: string;
  /** Hands a state to the page; called on each change and once a second. */
  readonly sendState: (channel: string, state: StationState) => void;
  readonly log: Logger;
}

export interface IpcDoor {
  /** Takes no more calls. Idempotent. */
  close(): void;
}

// Bounds are generous: the station checks what the texts hold. They keep a page gone wrong from filling the memory.
const id = v.pipe(v.string(), v.maxLength(128));
const sdp = v.pipe(v.string(), v.maxLength(256 * 1024));
const candidate = v.strictObject({
  candidate: v.pipe(v.string(), v.maxLength(4096)),
  sdpMid: v.exactOptional(v.nullable(id)),
  sdpMLineIndex: v.exactOptional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(64)))),
  // Browsers serialise this one too; the station has no use for it.
  usernameFragment: v.optional(v.nullable(id)),
});

/**
 * The station's door for the kiosk page. A call of anybody but the page is rejected; the page gets each result as a plain
 * object, because of a thrown error only the message would pass the boundary.
 */
export function openIpcDoor({ station, port, pageOrigin, sendState, log }: IpcDoorOptions): IpcDoor {
  const channels: string[] = [];

  function serve<TSchema extends v.GenericSchema<unknown, readonly unknown[]>>(
    channel: string,
    argumentsSchema: TSchema,
    call: (args: v.InferOutput<TSchema>) => unknown,
  ): void {
    channels.push(channel);
    port.handle(channel, async ({ senderFrame }, ...args) => {
      if (senderFrame?.origin !== pageOrigin || senderFrame.parent !== null) {
        log.warn(
          { channel, origin: senderFrame?.origin ?? null },
          'A call that did not come from the kiosk page was refused.',
        );
        throw new Error('Only the kiosk page may call the station.');
      }
      return resultOf(argumentsSchema, args, call, log.child({ channel }));
    });
  }

  serve(ipcChannels.state, v.strictTuple([]), () => station.state());
  serve(ipcChannels.webrtcConfig, v.strictTuple([]), () => station.webrtcConfig());
  serve(ipcChannels.cameras, v.strictTuple([]), () => station.cameras());
  serve(ipcChannels.watch, v.strictTuple([v.optional(id), sdp]), ([streamId, offer]) => station.watch(streamId, offer));
  serve(ipcChannels.updateIce, v.strictTuple([id, sdp, v.optional(id)]), ([viewerId, fragment, expectedTag]) =>
    station.updateIce(viewerId, fragment, expectedTag),
  );
  serve(ipcChannels.addIceCandidate, v.strictTuple([id, candidate]), ([viewerId, { usernameFragment: _, ...init }]) =>
    station.addIceCandidate(viewerId, init),
  );
  serve(ipcChannels.leave, v.strictTuple([id]), ([viewerId]) => station.leave(viewerId));
  const endStates = station.onState((state) => sendState(ipcStateChannel, state));

  return {
    close() {
      endStates();
      for (const channel of channels.splice(0)) port.removeHandler(channel);
    },
  };
}

async function resultOf<TSchema extends v.GenericSchema<unknown, readonly unknown[]>>(
  argumentsSchema: TSchema,
  args: unknown,
  call: (args: v.InferOutput<TSchema>) => unknown,
  log: Logger,
): Promise<Result<unknown>> {
  const checked = v.safeParse(argumentsSchema, args);
  if (!checked.success) {
    const argument = Number(checked.issues[0].path?.[0].key ?? 0) + 1;
    log.warn({ argument }, 'The kiosk page made a call with a wrong argument.');
    return { error: { reason: 'internal', message: `Argument ${argument} of this call is not of the kind it takes.` } };
  }
  try {
    return { ok: await call(checked.output) };
  } catch (error) {
    if (error instanceof StationError) return { error: refusalOf(error) };
    log.error({ err: error }, 'A call of the kiosk page failed.');
    return { error: { reason: 'internal', message: 'The station made a mistake; its log says more.' } };
  }
}

function refusalOf({ reason, message, retryAfterMs }: StationError) {
  return { reason, message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
