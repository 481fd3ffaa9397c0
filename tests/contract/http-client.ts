import type { CameraInfo, IceServer } from '../../src/shared/api.ts';
import type { StationErrorReason } from '../../src/shared/errors.ts';
import type { StationState } from '../../src/shared/state.ts';
import type { StationClient } from './station-api.contract.ts';

/** A refusal as it came over HTTP. */
class HttpRefusal extends Error {
  readonly reason: StationErrorReason | 'internal';
  readonly retryAfterMs: number | undefined;

  constructor(reason: StationErrorReason | 'internal', title: string, retryAfterMs: number | undefined) {
    super(title);
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

/** A client of the HTTP door on nothing but `fetch`. @param base The door's URL. */
export function httpClient(base: string): StationClient {
  const call = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const response = await fetch(new URL(path, base), init);
    if (response.ok) return response;
    const { code, title } = (await response.json()) as { code: StationErrorReason | 'internal'; title: string };
    const retryAfter = response.headers.get('retry-after');
    throw new HttpRefusal(code, title, retryAfter === null ? undefined : Number(retryAfter) * 1_000);
  };
  const tagOf = (response: Response): string => response.headers.get('etag')?.replaceAll('"', '') ?? '';
  const sdpFragmentType = 'application/trickle-ice-sdpfrag';

  return {
    state: async () => (await (await call('/api/state')).json()) as StationState,
    webrtcConfig: async () => (await (await call('/webrtc/config')).json()) as { iceServers: IceServer[] },
    cameras: async () => (await (await call('/api/cameras')).json()) as CameraInfo[],
    onState(listener) {
      const ended = new AbortController();
      listen(new URL('/api/events', base), ended.signal, listener).catch((error: unknown) => {
        if (!ended.signal.aborted) throw error;
      });
      return () => ended.abort();
    },
    async watch(streamId, offerSdp) {
      const headers = { 'content-type': 'application/sdp' };
      const response = await call(`/whep/${streamId}`, { method: 'POST', headers, body: offerSdp });
      const viewerId = response.headers.get('location')?.split('/').at(-1) ?? '';
      return { viewerId, answerSdp: await response.text(), iceTag: tagOf(response) };
    },
    async updateIce(viewerId, sdpFragment, expectedTag) {
      const ifMatch: Record<string, string> = expectedTag === undefined ? {} : { 'if-match': `"${expectedTag}"` };
      const headers = { 'content-type': sdpFragmentType, ...ifMatch };
      const response = await call(`/whep/sessions/${viewerId}`, { method: 'PATCH', headers, body: sdpFragment });
      return response.status === 204 ? null : { iceTag: tagOf(response), sdpFragment: await response.text() };
    },
    async leave(viewerId) {
      await call(`/whep/sessions/${viewerId}`, { method: 'DELETE' });
    },
  };
}

/** Reads server-sent events; each is one `event:` and one `data:` line. */
async function listen(url: URL, signal: AbortSignal, listener: (state: StationState) => void): Promise<void> {
  const { body } = await fetch(url, { signal });
  if (!body) throw new Error('The answer has no body.');
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const data = /^event: state\ndata: (.*)$/.exec(event)?.[1];
      if (data === undefined) throw new Error(`Not an event: ${event}`);
      if (!signal.aborted) listener(JSON.parse(data) as StationState);
    }
  }
}
