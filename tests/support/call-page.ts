import { createPinia } from 'pinia';
import { createApp, watch } from 'vue';
import { AccessPass } from '../../src/renderer/station/access-pass.ts';
import { sharedClock } from '../../src/renderer/station/clock.ts';
import { HttpClient } from '../../src/renderer/station/http-client.ts';
import { useCall } from '../../src/renderer/stores/call.ts';
import { connectionKey } from '../../src/renderer/stores/connection.ts';

/** What one end of a call has received by now, as the browser counts it. */
export interface Received {
  readonly framesDecoded: number;
  readonly soundEnergy: number;
  readonly widthPx: number;
  /** Of the path in use: `host`, `prflx`, `srflx`, `relay`. */
  readonly localCandidate: string | null;
}

/** A page's part in calls, for a test to steer. */
interface CallPage {
  readonly call: ReturnType<typeof useCall>;
  /** Cuts the signaling, as a network does. */
  readonly cutSockets: () => void;
  readonly socketsOpened: () => number;
  readonly received: () => Promise<Received>;
}

/** Opens the page's part in calls without screens, as the user who signs in, or on the station's own machine. */
async function openCallPage(user: { readonly name: string; readonly password: string } | null): Promise<CallPage> {
  const baseUrl = new URL('/', window.location.href);
  const pass = new AccessPass(baseUrl);
  if (user) await pass.signIn(user.name, user.password);
  const client = new HttpClient(baseUrl, pass, document);
  const app = createApp({ render: () => null });
  const place = { playsWhileHidden: false, offersFullScreen: true, hands: 'mouse', kiosk: null } as const;
  app.provide(connectionKey, {
    client,
    clock: sharedClock,
    place,
    pass,
    access: null,
    settings: null,
    directory: null,
  });
  app.use(createPinia());
  const call = app.runWithContext(() => useCall());
  client.onState(() => undefined);
  // Browsers decode sound for somebody who listens only.
  const video = document.body.appendChild(document.createElement('video'));
  watch(
    () => call.session,
    (session) => {
      video.srcObject = session?.remote ?? null;
      if (session) void video.play();
    },
  );
  return {
    call,
    cutSockets: () => {
      for (const socket of sockets.splice(0)) socket.close();
    },
    socketsOpened: () => socketCount,
    async received(): Promise<Received> {
      const stats = (await call.session?.stats()) ?? new Map<string, never>();
      const entries = [...(stats as ReadonlyMap<string, Record<string, unknown>>).values()];
      const inbound = (kind: string) => entries.find((each) => each['type'] === 'inbound-rtp' && each['kind'] === kind);
      const transport = entries.find((each) => each['type'] === 'transport');
      const byId = (id: unknown) => entries.find((each) => each['id'] === id);
      const pair = byId(transport?.['selectedCandidatePairId']);
      return {
        framesDecoded: Number(inbound('video')?.['framesDecoded'] ?? 0),
        widthPx: Number(inbound('video')?.['frameWidth'] ?? 0),
        soundEnergy: Number(inbound('audio')?.['totalAudioEnergy'] ?? 0),
        localCandidate: (byId(pair?.['localCandidateId'])?.['candidateType'] as string | undefined) ?? null,
      };
    },
  };
}

const sockets: WebSocket[] = [];
let socketCount = 0;
window.WebSocket = class extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols);
    sockets.push(this);
    socketCount += 1;
  }
};

declare global {
  interface Window {
    openCallPage: typeof openCallPage;
    /** Of this page, once it was opened. */
    callPage: CallPage;
  }
}
window.openCallPage = openCallPage;
