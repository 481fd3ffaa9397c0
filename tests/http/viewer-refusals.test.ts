import { describe, expect, it } from 'vitest';
import type { ViewerOffer } from '../../src/shared/api.ts';
import { httpClient } from '../contract/http-client.ts';
import { call, problemIn, type Answer, type Call } from './door.ts';
import { answerPath, candidatesPath, newPlayer, post, put, serve, turn } from './offered-session.ts';

/** What goes wrong, the request that does it to a session that waits for its answer, and the refusal. */
type Refused = readonly [
  what: string,
  request: (session: ViewerOffer, answerSdp: string) => Call,
  status: number,
  code: string,
  title: string,
];

const viewers = '/api/streams/one/viewers';
const withServers = (iceServers: unknown) => () => post(viewers, JSON.stringify({ iceServers }));
const withAnswer = (answer: unknown) => (session: ViewerOffer) => put(answerPath(session), JSON.stringify(answer));
const withCandidate = (candidate: unknown) => (session: ViewerOffer) =>
  post(candidatesPath(session), JSON.stringify(candidate));
const notAnswer = (what: string) => `That is not an answer to the station's offer: ${what}.`;
const notServers = (what: string) => `The ICE servers cannot be used: ${what}.`;
const notCandidates = (what: string) => `The candidates cannot be used: ${what}.`;
const aList = '"iceServers" must be a list as RTCPeerConnection takes it';
const aChoice = 'choose from those that /webrtc/config names';
const noStream = 'There is no such stream on this station.';
const noViewer = 'There is no such viewer, or it has already gone.';
const notJson = 'The body is not JSON.';

const refusals: readonly Refused[] = [
  ['an unknown stream', () => post('/api/streams/none/viewers', '{}'), 404, 'unknown_stream', noStream],
  ['a wish that is not JSON', () => post(viewers, 'please'), 400, 'not_json', notJson],
  ['a wish that is no object', () => post(viewers, '7'), 400, 'bad_ice_server', notServers('it must be a JSON object')],
  [
    'a wish of another type',
    () => ({ ...post(viewers, '{}'), headers: {} }),
    415,
    'wrong_type',
    'Send application/json.',
  ],
  ['servers that are no list', withServers({}), 400, 'bad_ice_server', notServers(aList)],
  ['a server that is none', withServers([{ urls: 'http://evil.example' }]), 400, 'bad_ice_server', notServers(aList)],
  ['a foreign STUN server', withServers([{ urls: 'stun:evil.example' }]), 400, 'bad_ice_server', notServers(aChoice)],
  [
    'a foreign server beside a known one',
    withServers([{ ...turn, urls: ['stun:s.example', 'stun:evil.example'] }]),
    400,
    'bad_ice_server',
    notServers(aChoice),
  ],
  ['an answer that is not JSON', (session) => put(answerPath(session), 'v=0'), 400, 'not_json', notJson],
  ['an answer without a body', (session) => put(answerPath(session), ''), 400, 'not_json', notJson],
  ['an answer without SDP', withAnswer({ type: 'answer' }), 400, 'bad_answer', notAnswer('"sdp" is missing')],
  ['an answer without a type', withAnswer({ sdp: 'v=0' }), 400, 'bad_answer', notAnswer('"type" is missing')],
  [
    'an answer of numbers',
    withAnswer({ type: 'answer', sdp: 1 }),
    400,
    'bad_answer',
    notAnswer('"sdp" must be a text'),
  ],
  ['an empty SDP', withAnswer({ type: 'answer', sdp: '' }), 400, 'bad_answer', notAnswer('it is empty')],
  ['an SDP that is none', withAnswer({ type: 'answer', sdp: 'hello' }), 400, 'bad_answer', notAnswer('it is not SDP')],
  [
    'an SDP that is too long',
    withAnswer({ type: 'answer', sdp: 'x'.repeat(70_000) }),
    400,
    'bad_answer',
    notAnswer('it is longer than 64 KiB'),
  ],
  [
    'an offer for an answer',
    (session, sdp) => put(answerPath(session), JSON.stringify({ type: 'offer', sdp })),
    400,
    'not_an_answer',
    'The type of the description must be "answer".',
  ],
  [
    'the offer itself as the answer',
    (session) => put(answerPath(session), JSON.stringify({ type: 'answer', sdp: session.sdp })),
    400,
    'bad_answer',
    notAnswer('its video does not receive'),
  ],
  [
    'an answer that waits for the station to shake hands',
    (session, sdp) =>
      put(answerPath(session), JSON.stringify({ type: 'answer', sdp: sdp.replace('setup:active', 'setup:passive') })),
    400,
    'bad_answer',
    notAnswer('the station waits for the DTLS handshake, so it must have a=setup:active'),
  ],
  [
    'an answer to nobody',
    (_session, sdp) => put('/api/viewers/nobody/answer', JSON.stringify({ type: 'answer', sdp })),
    404,
    'unknown_viewer',
    noViewer,
  ],
  [
    'an answer as SDP',
    (session, sdp) => ({
      method: 'PUT',
      path: answerPath(session),
      headers: { 'content-type': 'application/sdp' },
      body: sdp,
    }),
    415,
    'wrong_type',
    'Send application/json.',
  ],
  [
    'an answer over 128 KiB',
    (session) => put(answerPath(session), 'a'.repeat(131_073)),
    413,
    'too_large',
    'The request is larger than 128 KiB.',
  ],
  ['a candidate that is not JSON', (session) => post(candidatesPath(session), 'c'), 400, 'not_json', notJson],
  ['a candidate without one', withCandidate({}), 400, 'bad_candidate', notCandidates('"candidate" is missing')],
  [
    'a candidate of the wrong kind',
    withCandidate({ candidate: 1 }),
    400,
    'bad_candidate',
    notCandidates('"candidate" must be a text'),
  ],
  [
    'a candidate for nobody',
    () => post('/api/viewers/nobody/candidates', '{"candidate":""}'),
    404,
    'unknown_viewer',
    noViewer,
  ],
  ['the candidates of nobody', () => ({ path: '/api/viewers/nobody/candidates' }), 404, 'unknown_viewer', noViewer],
  ['the end of nobody', () => ({ method: 'DELETE', path: '/api/viewers/nobody' }), 404, 'unknown_viewer', noViewer],
];

describe('what a session that the station offers refuses', () => {
  it.each(refusals)('%s', async (_what, request, status, code, title) => {
    const { door, world, offered } = await serve();
    const session = await offered();
    const player = newPlayer();
    const sdp = await player.answer(session.sdp);
    const answer = await call(door, request(session, sdp));
    expect(problemIn(answer)).toEqual({ status, code, title });
    expect(answer.status).toBe(status);
    expect(world.captures).toHaveLength(0);
    // Whatever it was, the right answer is still taken.
    const right = await call(door, put(answerPath(session), JSON.stringify({ type: 'answer', sdp })));
    expect(right).toMatchObject({ status: 204, text: '' });
    await player.connected;
  });

  it('a second answer, and one to a session that the player opened', async () => {
    const { door, offered } = await serve();
    const session = await offered();
    const sdp = await newPlayer().answer(session.sdp);
    const answer = put(answerPath(session), JSON.stringify({ type: 'answer', sdp }));
    expect((await call(door, answer)).status).toBe(204);
    const title = 'This session has its answer already.';
    expect(problemIn(await call(door, answer))).toEqual({ status: 409, code: 'already_answered', title });
    const watching = await httpClient(door.url).watch('one', await newPlayer().offer());
    const other: Answer = await call(door, { ...answer, path: `/api/viewers/${watching.viewerId}/answer` });
    expect(problemIn(other)).toEqual({ status: 409, code: 'already_answered', title });
  });
});
