import * as v from 'valibot';

/** How long a call rings before it counts as unanswered. */
export const ringMs = 45_000;
/** How long an ongoing call outlives both of its ends. */
export const desertedMs = 30_000;

/** The bounds of what one end of a call may tell the other one. */
export const signalBounds = { frameBytes: 64 * 1024, sdpLength: 60_000, candidateLength: 4_096, textLength: 4_000 };

/** The subprotocol of a call's WebSocket; an access token is offered beside it, as `bearer.` and the token. */
export const callProtocol = 'eyepiece.call';
export const bearerPrefix = 'bearer.';

/** The id of whoever stands at the station's own screen, or has a page open on its own machine. */
export const stationPartyId = 'station';

/** The id of a user, who is the same on every page. */
export const userPartyId = (name: string): string => `user:${name}`;

/** The id of a colleague. Another directory may have a user of the same name, and so may the station itself. */
export const colleaguePartyId = (directoryId: string, name: string): string => `colleague:${directoryId}:${name}`;

/** Somebody who can be in a call: a user who has signed in, a colleague, or whoever stands at the station's own screen. */
export interface Party {
  /** `station`, `user:` and the name, or `colleague:`, the directory's id, `:` and the name. */
  readonly id: string;
  readonly kind: 'station' | 'user' | 'colleague';
  /** The user's or colleague's name, or that of the station. */
  readonly name: string;
  /** Of a colleague: what the station calls the directory that gave the ticket. */
  readonly directory?: string;
}

/** Somebody who has a page open and could be called. */
export interface Person extends Party {
  /** In a call already, or being rung. */
  readonly isBusy: boolean;
}

/** Why a call has ended. */
export type CallEnd =
  | 'hung_up'
  /** The callee did not want it. */
  | 'declined'
  /** The caller hung up before anybody answered. */
  | 'cancelled'
  /** It rang for `ringMs`. */
  | 'unanswered'
  /** Neither end was heard of for `desertedMs`. */
  | 'deserted'
  /** One end gave up waiting for media. */
  | 'lost'
  /** What let one of them in has ended. */
  | 'access_ended';

interface CallFacts {
  /** Unguessable. */
  readonly callId: string;
  readonly caller: Party;
  readonly callee: Party;
  /** Unix time, as the others. */
  readonly createdAtMs: number;
}

export type PendingCall = CallFacts & { readonly kind: 'pending'; readonly ringsUntilMs: number };
export type OngoingCall = CallFacts & { readonly kind: 'ongoing'; readonly acceptedAtMs: number };
export type EndedCall = CallFacts & {
  readonly kind: 'ended';
  readonly endedAtMs: number;
  readonly why: CallEnd;
  /** The id of who ended it; null where it ended by itself. */
  readonly by: string | null;
};
/** A conversation between two, in one of exclusive states. */
export type Call = PendingCall | OngoingCall | EndedCall;

/** Calls as one party sees them: whole, so that a newer one takes the place of an older one. */
export interface CallsState {
  readonly me: Party;
  /** Who can be called, without `me`. Who may not see by name who is there has the station only. */
  readonly people: readonly Person[];
  /** The one call of `me`; for some seconds after its end it tells why. */
  readonly call: Call | null;
}

/** As RTCPeerConnection says it. */
export const connectionStates = ['new', 'connecting', 'connected', 'disconnected', 'failed', 'closed'] as const;
export type ConnectionState = (typeof connectionStates)[number];

const bounded = (maxLength: number) => v.pipe(v.string(), v.maxLength(maxLength));
const description = <const TType extends 'offer' | 'answer'>(type: TType) =>
  v.strictObject({ type: v.literal(type), sdp: v.pipe(bounded(signalBounds.sdpLength), v.startsWith('v=0')) });

const offerSchema = v.strictObject({ type: v.literal('offer'), offer: description('offer') });
const answerSchema = v.strictObject({ type: v.literal('answer'), answer: description('answer') });
const candidateSchema = v.strictObject({
  type: v.literal('ice_candidate'),
  candidate: v.strictObject({
    candidate: bounded(signalBounds.candidateLength),
    sdpMLineIndex: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(64))), null),
    sdpMid: v.optional(v.nullable(bounded(64)), null),
    // Browsers serialise this one too; the description has it already.
    usernameFragment: v.exactOptional(v.nullable(bounded(256))),
  }),
});
const connectionSchema = v.strictObject({
  type: v.literal('connection_state'),
  connection_state: v.picklist(connectionStates),
});

/** A line of the chat, over the data channel `chat` or, where that is not open, over the signaling. */
export const textSchema = v.strictObject({
  type: v.literal('text'),
  message: v.pipe(v.string(), v.nonEmpty(), v.maxLength(signalBounds.textLength)),
  /** Unix time in milliseconds, on the clock of who wrote it. */
  timestamp: v.pipe(v.number(), v.finite()),
});
export type ChatText = v.InferOutput<typeof textSchema>;

/** What one end of a call may tell the other one through the station. */
export const signalSchema = v.variant('type', [
  offerSchema,
  answerSchema,
  candidateSchema,
  connectionSchema,
  textSchema,
]);
export type Signal = v.InferOutput<typeof signalSchema>;

/** The first message of a socket that has shown no token yet; a ticket for 64 Streams is the longest of them. */
export const authSchema = v.strictObject({ type: v.literal('auth'), token: v.pipe(v.string(), v.maxLength(7_000)) });

/** Why the station did not pass a signal on. */
export type SignalFault =
  /** It can't be read, or is larger than it may be. */
  | 'bad_message'
  /** More came than a conversation needs; this one was dropped. */
  | 'slow_down'
  /** It does not fit what was said before, such as an answer without an offer. */
  | 'wrong_state'
  /** The other end is not there at the moment. */
  | 'peer_unavailable';

/** What the station tells an end of a call. */
export type CallNotice =
  | Signal
  /** The first one. `peer` tells whether the other end is there. */
  | { readonly type: 'joined'; readonly call_id: string; readonly peer: boolean }
  | { readonly type: 'peer_joined' }
  | { readonly type: 'peer_left' }
  | { readonly type: 'error'; readonly code: SignalFault; readonly message: string }
  /** The last one. `elsewhere`: the same party has joined on another page. */
  | { readonly type: 'ended'; readonly why: CallEnd | 'elsewhere' };

/** A party's end of an ongoing call. */
export interface CallLeg {
  /**
   * Passes a signal on to the other end.
   * @throws StationError `wrong_state`, `peer_unavailable`.
   */
  send(signal: Signal): void;
  /** The page has gone, or its connection was cut; it may join again. Idempotent. */
  leave(): void;
  /** What let the party in has ended, and with it the call. Idempotent. */
  expel(): void;
}

/** What is known of the connection of a call. */
export interface CallConnection {
  readonly callId: string;
  /** What either end said last. */
  readonly connectionState: ConnectionState;
  readonly iceCandidatesCount: number;
  /** Unix time, as `updatedAtMs`. */
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** The calls of one party. */
export interface CallsApi {
  calls(): CallsState;
  /** Called at once and with each change, until the returned function is called. As long as anybody listens, the party can be called. */
  onCalls(listener: (state: CallsState) => void): () => void;
  /** @throws StationError `peer_unavailable`, `peer_busy`, `rang_in_vain`, `in_call`, `closing`. */
  initiate(calleeId: string): Call;
  /** @throws StationError `unknown_call`, `wrong_state`. */
  accept(callId: string): Call;
  /** @throws StationError `unknown_call`, `wrong_state`. */
  decline(callId: string): Call;
  /** Hangs up, or cancels. @param why `lost` where no media came any more. @throws StationError `unknown_call`, `wrong_state`. */
  end(callId: string, why?: 'hung_up' | 'lost'): Call;
  /**
   * Takes the party's end of a call; an end of the same party on another page ends.
   * @throws StationError `unknown_call`, `wrong_state`.
   */
  join(callId: string, listener: (notice: CallNotice) => void): CallLeg;
  /** @throws StationError `unknown_call`. */
  connection(callId: string): CallConnection;
}

/** The calls of the kiosk page. It has one end of a call at a time, because the station has one call at a time. */
export interface KioskCalls extends Pick<CallsApi, 'initiate' | 'accept' | 'decline' | 'end'> {
  /** From now on the station can be called, until the page has gone. */
  attend(): CallsState;
  /** @throws StationError as `join` of CallsApi. */
  join(callId: string): void;
  /** @throws StationError as `send` of CallLeg. */
  send(callId: string, signal: Signal): void;
  leave(callId: string): void;
}

/** Where doors get the calls of their callers. */
export interface CallsDesk {
  /** Whoever stands at the station's own screen. */
  readonly station: CallsApi;
  /**
   * @param seesPeople Whether the party may see by name who is there, and so call others than the station.
   * @param mayStay Whether what has let the party in goes on: with it end the calls that it takes part in, joined or not.
   */
  of(party: Party, seesPeople: boolean, mayStay?: () => boolean): CallsApi;
  /** The connections of all ongoing calls. */
  connections(): readonly CallConnection[];
}

const unit = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const point = v.strictTuple([unit, unit]);
const streamId = v.pipe(v.string(), v.nonEmpty(), v.maxLength(64));

/**
 * What is said on the data channel `pointer`: places on the picture of a stream, from its left upper corner (0, 0) to its right lower
 * one (1, 1), so that they mean the same at every size and zoom.
 */
export const pointerSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('point'), stream: streamId, at: point }),
  /** A line that grows: each message with the same `id` adds to its end. */
  v.strictObject({
    kind: v.literal('stroke'),
    stream: streamId,
    id: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1e9)),
    points: v.pipe(v.array(point), v.minLength(1), v.maxLength(64)),
  }),
  v.strictObject({ kind: v.literal('clear'), stream: streamId }),
]);
export type PointerMessage = v.InferOutput<typeof pointerSchema>;

/** What is said on the data channel `sending`: what one end sends at the moment, which its tracks alone don't tell. */
export const sendingSchema = v.strictObject({
  microphone: v.boolean(),
  picture: v.picklist(['none', 'camera', 'screen']),
});
export type Sending = v.InferOutput<typeof sendingSchema>;

/** Reads what came over a data channel of a call. @returns Null where the other end may not say so. */
export function readPeerMessage<TSchema extends v.GenericSchema>(
  schema: TSchema,
  text: string,
): v.InferOutput<TSchema> | null {
  if (text.length > signalBounds.frameBytes) return null;
  const { success, output } = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
  return success ? output : null;
}
