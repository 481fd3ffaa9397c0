import type { CameraInfo, IceCandidate, IceServer, ViewerOffer } from '../../src/shared/api.ts';
import type { StationErrorReason } from '../../src/shared/errors.ts';
import type { StationState } from '../../src/shared/state.ts';
import type { StreamEvent } from '../../src/shared/stream-event.ts';
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
  const post = (body: object): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const sdpFragmentType = 'application/trickle-ice-sdpfrag';

  return {
    state: async () => (await (await call('/api/state')).json()) as StationState,
    streamLog: async (streamId) => (await (await call(`/api/streams/${streamId}/log`)).json()) as StreamEvent[],
    webrtcConfig: async () => (await (await call('/webrtc/config')).json()) as { iceServers: IceServer[] },
    cameras: async () => (await (await call('/api/cameras')).json()) as CameraInfo[],
    onState(listener) {
      return listen(new URL('/api/events', base), (_name, data) => listener(data as StationState));
    },
    async watch(streamId, offerSdp) {
      const headers = { 'content-type': 'application/sdp' };
      const response = await call(`/whep/${streamId}`, { method: 'POST', headers, body: offerSdp });
      const viewerId = response.headers.get('location')?.split('/').at(-1) ?? '';
      return { viewerId, answerSdp: await response.text(), iceTag: tagOf(response) };
    },
    async offerViewer(streamId, iceServers) {
      const response = await call(`/api/streams/${streamId}/viewers`, post({ ...(iceServers && { iceServers }) }));
      return (await response.json()) as ViewerOffer;
    },
    async answerViewer(viewerId, answer) {
      await call(`/api/viewers/${viewerId}/answer`, { ...post(answer), method: 'PUT' });
    },
    async addIceCandidate(viewerId, candidate) {
      await call(`/api/viewers/${viewerId}/candidates`, post(candidate));
    },
    onCandidate(viewerId, listener) {
      return listen(new URL(`/api/viewers/${viewerId}/candidates`, base), (name, data) =>
        listener(name === 'end' ? null : (data as IceCandidate)),
      );
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

/** Reads server-sent events, each one `event:` and one `data:` line, until the returned function is called. */
function listen(url: URL, listener: (name: string, data: unknown) => void): () => void {
  const ended = new AbortController();
  readEvents(url, ended.signal, listener).catch((error: unknown) => {
    if (!ended.signal.aborted) throw error;
  });
  return () => ended.abort();
}

async function readEvents(
  url: URL,
  signal: AbortSignal,
  listener: (name: string, data: unknown) => void,
): Promise<void> {
  const { body } = await fetch(url, { signal });
  if (!body) throw new Error('The answer has no body.');
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(event) ?? [];
      if (name === undefined || data === undefined) throw new Error(`Not an event: ${event}`);
      if (!signal.aborted) listener(name, JSON.parse(data));
    }
  }
}
