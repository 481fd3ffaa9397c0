import { afterEach, describe, expect, it, vi } from 'vitest';
import type {
  CameraInfo,
  IceCandidate,
  IceRestart,
  IceServer,
  Session,
  SessionDescription,
  StationApi,
  ViewerOffer,
} from '../../src/shared/api.ts';
import { StationError } from '../../src/shared/errors.ts';
import type { StationState } from '../../src/shared/state.ts';
import type { StreamEvent } from '../../src/shared/stream-event.ts';
import { fakeStation, sampleOffer, sampleState } from './fake-station.ts';

/**
 * A station seen through a door: the calls of StationApi that every door carries. A refusal rejects with an error that has
 * the `reason`, `message` and `retryAfterMs` of the StationError; a mistake of the station has the reason `internal`.
 */
export interface StationClient {
  state(): Promise<StationState>;
  onState(listener: (state: StationState) => void): () => void;
  streamLog(streamId: string): Promise<readonly StreamEvent[]>;
  webrtcConfig(): Promise<{ readonly iceServers: readonly IceServer[] }>;
  cameras(): Promise<readonly CameraInfo[]>;
  watch(streamId: string, offerSdp: string): Promise<Session>;
  offerViewer(streamId: string, iceServers?: readonly IceServer[]): Promise<ViewerOffer>;
  answerViewer(viewerId: string, answer: SessionDescription): Promise<void>;
  addIceCandidate(viewerId: string, candidate: IceCandidate): Promise<void>;
  /** Called with the candidates of a session that this client was offered. */
  onCandidate(viewerId: string, listener: (candidate: IceCandidate | null) => void): () => void;
  updateIce(viewerId: string, sdpFragment: string, expectedTag?: string): Promise<IceRestart | null>;
  leave(viewerId: string): Promise<void>;
}

export interface OpenClient {
  readonly client: StationClient;
  /** Closes client and door. */
  close(): Promise<void>;
}

const refusals = [
  StationError.badOffer('it has no video'),
  StationError.offerTooComplex('it has 5000 lines'),
  StationError.badAnswer('it is empty'),
  StationError.notAnAnswer(),
  StationError.alreadyAnswered(),
  StationError.badIceServer('there are none'),
  StationError.badCandidate('no line starts with a='),
  StationError.noCommonCodec(),
  StationError.unknownStream(),
  StationError.unknownViewer(),
  StationError.staleSession(),
  StationError.sourceOffline(2_000),
  StationError.stationFull(16),
  StationError.closing(),
];

/**
 * The expectations that hold behind every door.
 * @param name The door, as the tests' names call it.
 * @param open Opens the door on the given station and a client of it.
 */
export function stationApiContract(name: string, open: (station: StationApi) => Promise<OpenClient>): void {
  describe(`a station behind ${name}`, () => {
    const opened: OpenClient[] = [];
    const openClient = async (station: StationApi): Promise<StationClient> => {
      const client = await open(station);
      opened.push(client);
      return client.client;
    };
    afterEach(async () => {
      for (const client of opened.splice(0)) await client.close();
    });

    it('shows its whole state', async () => {
      const client = await openClient(fakeStation());
      expect(await client.state()).toEqual(sampleState());
    });

    it('tells its state on every change until the listener has enough', async () => {
      const station = fakeStation();
      const client = await openClient(station);
      const seen: number[] = [];
      const stop = client.onState((state) => seen.push(state.timeMs));
      // A client may start to hear at its next change or at once; both are fine, so changes come until one is heard.
      await vi.waitFor(() => {
        station.tell(sampleState(2));
        expect(seen).toContain(2);
      });
      station.tell(sampleState(3));
      await vi.waitFor(() => expect(seen.at(-1)).toBe(3));
      stop();
      station.tell(sampleState(4));
      // The answer to a later call shows that the change, which was told before, would have arrived by now.
      expect((await client.state()).timeMs).toBe(4);
      expect(seen).not.toContain(4);
    });

    it('tells what happened to a stream, or that there is none', async () => {
      const events: StreamEvent[] = [
        { timeMs: 1, kind: 'started' },
        { timeMs: 2, kind: 'offline', reason: 'busy', detail: 'Room µ has it.' },
        { timeMs: 3, kind: 'viewer_gone', reason: 'left', viewers: 0 },
        { timeMs: 4, kind: 'settings_changed', settings: ['name', 'quality'] },
      ];
      const streamLog = (streamId: string) => {
        if (streamId !== 'bench') throw StationError.unknownStream();
        return events;
      };
      const client = await openClient(fakeStation({ streamLog }));
      expect(await client.streamLog('bench')).toEqual(events);
      await expect(client.streamLog('attic')).rejects.toMatchObject({ reason: 'unknown_stream' });
    });

    it('gives the ICE servers and cameras as they are', async () => {
      const iceServers = [{ urls: ['turn:turn.example:3478'], username: 'lab "1"', credential: 'p\\w' }];
      const cameras = [
        {
          id: 'usb-1',
          name: 'Microscope camera',
          path: '/dev/video0',
          modes: [{ widthPx: 640, heightPx: 480, fps: 30, format: 'mjpeg' }],
        },
      ];
      const client = await openClient(
        fakeStation({ webrtcConfig: () => ({ iceServers }), cameras: () => Promise.resolve(cameras) }),
      );
      expect(await client.webrtcConfig()).toEqual({ iceServers });
      expect(await client.cameras()).toEqual(cameras);
    });

    it('opens a session with exactly the offer that the client made, and ends it', async () => {
      const watch = vi
        .fn<StationApi['watch']>()
        .mockResolvedValue({ viewerId: 'v-7', answerSdp: 'v=0\r\n…\r\n', iceTag: 't-7' });
      const leave = vi.fn<StationApi['leave']>().mockResolvedValue();
      const client = await openClient(fakeStation({ watch, leave }));
      const session = await client.watch('bench', 'v=0\r\noffer µ\r\n');
      expect(session).toEqual({ viewerId: 'v-7', answerSdp: 'v=0\r\n…\r\n', iceTag: 't-7' });
      // What comes after them, which addresses may serve, is the door's affair.
      expect(watch.mock.calls.map((args) => args.slice(0, 2))).toEqual([['bench', 'v=0\r\noffer µ\r\n']]);
      await client.leave('v-7');
      expect(leave).toHaveBeenCalledExactlyOnceWith('v-7');
    });

    it('opens a session in which the station offers, and takes exactly the answer that the client made', async () => {
      const offerViewer = vi
        .fn<StationApi['offerViewer']>()
        .mockResolvedValue({ viewerId: 'v-8', type: 'offer', sdp: 'v=0\r\n…\r\n' });
      const answerViewer = vi.fn<StationApi['answerViewer']>().mockResolvedValue();
      const client = await openClient(fakeStation({ offerViewer, answerViewer }));
      expect(await client.offerViewer('bench')).toEqual({ viewerId: 'v-8', type: 'offer', sdp: 'v=0\r\n…\r\n' });
      expect(offerViewer.mock.calls.map((args) => args.slice(0, 2))).toEqual([['bench', undefined]]);
      await client.answerViewer('v-8', { type: 'answer', sdp: 'v=0\r\nanswer µ\r\n' });
      expect(answerViewer).toHaveBeenCalledExactlyOnceWith('v-8', { type: 'answer', sdp: 'v=0\r\nanswer µ\r\n' });
    });

    it('passes on the ICE servers that a session is to use', async () => {
      const iceServers = [{ urls: ['stun:s.example', 'turn:t.example:3478'], username: 'lab', credential: 'p' }];
      const offerViewer = vi.fn<StationApi['offerViewer']>().mockResolvedValue(sampleOffer);
      const client = await openClient(fakeStation({ offerViewer, webrtcConfig: () => ({ iceServers }) }));
      await client.offerViewer('bench', iceServers);
      expect(offerViewer.mock.calls.map((args) => args.slice(0, 2))).toEqual([['bench', iceServers]]);
    });

    it('carries candidates both ways, and says which one is the last', async () => {
      const listeners = new Set<(candidate: IceCandidate | null) => void>();
      const addIceCandidate = vi.fn<StationApi['addIceCandidate']>().mockResolvedValue();
      const station = fakeStation({
        addIceCandidate,
        onCandidate: (viewerId, listener) => {
          if (viewerId === sampleOffer.viewerId) listeners.add(listener);
          return () => listeners.delete(listener);
        },
      });
      const client = await openClient(station);
      const { viewerId } = await client.offerViewer('bench');
      const mine = { candidate: 'candidate:1 1 udp 1 192.0.2.1 5000 typ host', sdpMid: '0', sdpMLineIndex: 0 };
      await client.addIceCandidate(viewerId, mine);
      expect(addIceCandidate).toHaveBeenCalledExactlyOnceWith(viewerId, mine);

      const seen: (IceCandidate | null)[] = [];
      client.onCandidate(viewerId, (candidate) => seen.push(candidate));
      const theirs = { candidate: 'candidate:2 1 udp 1 192.0.2.2 5000 typ host', sdpMid: '0', sdpMLineIndex: 0 };
      // A client may start to hear a little later, so the candidate comes until it is heard.
      await vi.waitFor(() => {
        for (const listener of listeners) listener(theirs);
        expect(seen).toContainEqual(theirs);
      });
      for (const listener of listeners) listener(null);
      await vi.waitFor(() => expect(seen.at(-1)).toBeNull());
    });

    it('passes on trickled candidates and ICE restarts with the tag that the client knows', async () => {
      const updateIce = vi
        .fn<StationApi['updateIce']>()
        .mockResolvedValueOnce(null)
        .mockResolvedValueOnce({ iceTag: 't-2', sdpFragment: 'a=ice-ufrag:new\r\n' });
      const client = await openClient(fakeStation({ updateIce }));
      expect(await client.updateIce('v-1', 'a=candidate:1\r\n')).toBeNull();
      const restart = await client.updateIce('v-1', 'a=ice-ufrag:mine\r\n', 't-1');
      expect(restart).toEqual({ iceTag: 't-2', sdpFragment: 'a=ice-ufrag:new\r\n' });
      expect(updateIce.mock.calls).toEqual([
        ['v-1', 'a=candidate:1\r\n', undefined],
        ['v-1', 'a=ice-ufrag:mine\r\n', 't-1'],
      ]);
    });

    it.each(refusals)('says why it refuses: $reason', async (refusal) => {
      const client = await openClient(fakeStation({ watch: () => Promise.reject(refusal) }));
      const { reason, message, retryAfterMs } = refusal;
      await expect(client.watch('bench', 'v=0')).rejects.toMatchObject({ reason, message, retryAfterMs });
    });

    it('keeps the words of its own mistakes to itself', async () => {
      const mistake = new TypeError('secret of line 12');
      const client = await openClient(fakeStation({ cameras: () => Promise.reject(mistake) }));
      const error: unknown = await client.cameras().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ reason: 'internal' });
      expect(String(error)).not.toContain('secret');
    });
  });
}
