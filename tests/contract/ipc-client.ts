import { vi } from 'vitest';
import type { IceCandidate } from '../../src/shared/api.ts';
import type { Bridge, Result } from '../../src/shared/bridge.ts';
import type { Wire } from '../desktop/wire.ts';
import type { StationClient } from './station-api.contract.ts';

/** Runs the kiosk's preload on this wire. @returns What it offers the page as `window.eyepiece`. */
export async function loadPreload(wire: Wire): Promise<Bridge> {
  const offered = new Map<string, unknown>();
  vi.resetModules();
  vi.doMock('electron', () => ({
    ipcRenderer: wire.ipcRenderer,
    contextBridge: { exposeInMainWorld: (name: string, value: unknown) => offered.set(name, value) },
  }));
  await import('../../src/preload/index.ts');
  if (offered.size !== 1) throw new Error(`The preload offers ${[...offered.keys()].join(', ')}.`);
  return offered.get('eyepiece') as Bridge;
}

/** A refusal as it came over the Bridge. */
class BridgeRefusal extends Error {
  readonly reason: string;
  readonly retryAfterMs: number | undefined;

  constructor(reason: string, message: string, retryAfterMs: number | undefined) {
    super(message);
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

/** A client on nothing but the Bridge. */
export function ipcClient(bridge: Bridge): StationClient {
  // The Bridge tells the candidates of all sessions, perhaps before the page knows that a session is its own.
  const heard: { viewerId: string; candidate: IceCandidate | null }[] = [];
  bridge.onCandidate((viewerId, candidate) => heard.push({ viewerId, candidate }));
  return {
    state: async () => unwrap(await bridge.state()),
    onState: (listener) => bridge.onState(listener),
    streamLog: async (...args) => unwrap(await bridge.streamLog(...args)),
    webrtcConfig: async () => unwrap(await bridge.webrtcConfig()),
    cameras: async () => unwrap(await bridge.cameras()),
    watch: async (...args) => unwrap(await bridge.watch(...args)),
    offerViewer: async (...args) => unwrap(await bridge.offerViewer(...args)),
    answerViewer: async (...args) => unwrap(await bridge.answerViewer(...args)),
    addIceCandidate: async (...args) => unwrap(await bridge.addIceCandidate(...args)),
    onCandidate(viewerId, listener) {
      for (const early of heard) if (early.viewerId === viewerId) listener(early.candidate);
      return bridge.onCandidate((id, candidate) => {
        if (id === viewerId) listener(candidate);
      });
    },
    updateIce: async (...args) => unwrap(await bridge.updateIce(...args)),
    leave: async (...args) => unwrap(await bridge.leave(...args)),
  };
}

function unwrap<T>(result: Result<T>): T {
  if ('ok' in result) return result.ok;
  const { reason, message, retryAfterMs } = result.error;
  throw new BridgeRefusal(reason, message, retryAfterMs);
}
