import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IceServer, Session, StationApi } from '../../shared/api.ts';
import { handler, noContent, optionsHandler } from './handler.ts';
import { answerOptions } from './origin.ts';

/** The media types of WHEP (draft-ietf-wish-whep) and of its trickle fragments (RFC 8840). */
export const sdpType = 'application/sdp';
export const sdpFragmentType = 'application/trickle-ice-sdpfrag';

/** The handlers of the WHEP URLs; the rules of its sessions are those of WHIP (RFC 9725 §4). */
export function whepHandlers(station: StationApi) {
  return sessionHandlers(station, 'whep', 'Opens a session on a stream (WHEP).', async (request) => {
    const session = await openSession(station, request, parameter(request, 'streamId'), textOf(request));
    return { ...session, id: session.viewerId };
  });
}

/** A session that was opened by an offer, whichever way its pictures go. */
export interface OpenedSession {
  readonly id: string;
  readonly answerSdp: string;
  readonly iceTag: string;
}

/** What WHEP and WHIP have in common. @param folder Where the addresses are. @param opens Says what `open` does. */
export function sessionHandlers(
  station: StationApi,
  folder: 'whep' | 'whip',
  opens: string,
  open: (request: FastifyRequest) => Promise<OpenedSession>,
) {
  return {
    open: handler(
      { summary: opens, answers: { 201: { mediaType: sdpType } } },
      async (request, reply): Promise<string> => {
        const { id, answerSdp, iceTag } = await open(request);
        reply.code(201).headers({
          'content-type': sdpType,
          location: `/${folder}/sessions/${encodeURIComponent(id)}`,
          etag: `"${iceTag}"`,
        });
        addLinks(reply, station);
        return answerSdp;
      },
    ),

    patch: handler(
      {
        summary: 'Takes candidates of a session, or restarts its ICE.',
        answers: { 200: { mediaType: sdpFragmentType }, ...noContent },
      },
      async (request, reply): Promise<string> => {
        const expectedTag = tagOf(request.headers['if-match']);
        const restart = await station.updateIce(parameter(request, 'viewerId'), textOf(request), expectedTag);
        if (!restart) {
          // RFC 9725 §4.3.2: an answer to trickled candidates carries no ETag.
          reply.code(204);
          return '';
        }
        reply.code(200).headers({ 'content-type': sdpFragmentType, etag: `"${restart.iceTag}"` });
        return restart.sdpFragment;
      },
    ),

    /** Whoever knows the address of a session may end it, whatever its ETag; some clients want exactly 200. */
    remove: handler({ summary: 'Ends a session.', answers: { 200: {} } }, async (request, reply): Promise<string> => {
      await station.leave(parameter(request, 'viewerId'));
      reply.code(200);
      return '';
    }),

    endpointOptions: optionsHandler((request, reply): void => {
      answerOptions(reply, 'POST, OPTIONS').header('accept-post', sdpType);
      // RFC 9725 §4.6: credentials of TURN servers don't belong into a preflight, which anybody's page can cause.
      if (request.headers['access-control-request-method'] === undefined) addLinks(reply, station);
      void reply.send();
    }),

    sessionOptions: optionsHandler((_request, reply): void => {
      void answerOptions(reply, 'PATCH, DELETE, OPTIONS').header('accept-patch', sdpFragmentType).send();
    }),
  };
}

/** Opens a session for a client that may have hung up meanwhile. */
export async function openSession(
  station: StationApi,
  request: FastifyRequest,
  streamId: string | undefined,
  offerSdp: string,
): Promise<Session> {
  const session = await station.watch(streamId, offerSdp);
  await endIfGone(station, request, session.viewerId);
  return session;
}

/** Ends a session whose client has hung up before it could learn its id: nobody else ever would. */
export async function endIfGone(station: StationApi, request: FastifyRequest, viewerId: string): Promise<void> {
  if (request.raw.socket.destroyed) await station.leave(viewerId);
}

/** The body of a request; the door reads every body as text. */
export function textOf(request: FastifyRequest): string {
  return typeof request.body === 'string' ? request.body : '';
}

/** A part of the URL, such as an id. */
export function parameter(request: FastifyRequest, name: string): string {
  const { [name]: value } = request.params as Readonly<Record<string, string | undefined>>;
  return value ?? '';
}

/** The tag of an If-Match header without its quotes. What can't match (a weak tag, a list) stays as it is and does not. */
function tagOf(ifMatch: string | undefined): string | undefined {
  return ifMatch === undefined ? undefined : (/^"([^"]*)"$/.exec(ifMatch)?.[1] ?? ifMatch);
}

function addLinks(reply: FastifyReply, station: StationApi): void {
  const links = station.webrtcConfig().iceServers.flatMap(linksOf);
  if (links.length > 0) reply.header('link', links);
}

/** One Link header per address (RFC 9725 §4.6); only TURN servers ask for a name and password. */
function linksOf({ urls, username = '', credential = '' }: IceServer): string[] {
  const login = `; username=${quoted(username)}; credential=${quoted(credential)}; credential-type="password"`;
  return [urls].flat().map((url) => `<${url}>; rel="ice-server"${/^turns?:/.test(url) ? login : ''}`);
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
