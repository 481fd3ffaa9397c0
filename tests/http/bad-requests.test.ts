import { describe, expect, it, vi } from 'vitest';
import type { StationApi } from '../../src/shared/api.ts';
import { fakeStation } from '../contract/fake-station.ts';
import type { Answer, Call } from './door.ts';
import { call, connectTo, openDoor, problemIn, receiveAll, sendRaw } from './door.ts';

const sdp = { 'content-type': 'application/sdp' };
const json = { 'content-type': 'application/json' };
const fragment = { 'content-type': 'application/trickle-ice-sdpfrag' };
const post = (path: string, headers: Record<string, string>, body: string | Buffer = 'v=0'): Call => ({
  method: 'POST',
  path,
  headers,
  body,
});
const offer = (body: unknown): Call => post('/offer', json, JSON.stringify(body));
const trickle = (body: unknown): Call => post('/ice-candidate', json, JSON.stringify(body));
const candidate = { candidate: 'candidate:1 1 udp 1 127.0.0.1 5000 typ host' };

/** What a browser sends for an `<img>` on a page of another origin that hides where it is. */
const foreignImage = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };

/** What is sent, and the status and code of the refusal. */
const table: readonly (readonly [what: string, request: Call, status: number, code: string])[] = [
  ['another host name', { path: '/healthz', headers: { host: 'evil.example' } }, 421, 'wrong_host'],
  ['our name with another port', { path: '/healthz', headers: { host: '127.0.0.1:1' } }, 421, 'wrong_host'],
  ['our name without the port', { path: '/healthz', headers: { host: 'localhost' } }, 421, 'wrong_host'],
  ['a host name that only starts like ours', { headers: { host: 'localhost.evil.example' } }, 421, 'wrong_host'],
  ['the target with a host of its own', { path: 'http://evil.example/healthz' }, 421, 'wrong_host'],
  ['a page of another origin', post('/offer', { ...json, origin: 'http://evil.example' }), 403, 'origin_denied'],
  ['a page without an origin', post('/offer', { ...json, origin: 'null' }), 403, 'origin_denied'],
  ['an offer as plain text', post('/offer', { 'content-type': 'text/plain' }), 415, 'wrong_type'],
  ['a form', post('/offer', { 'content-type': 'application/x-www-form-urlencoded' }), 415, 'wrong_type'],
  ['an offer without a type', post('/offer', {}), 415, 'wrong_type'],
  ['an offer of no type at all', post('/offer', { 'content-type': 'nonsense' }), 415, 'wrong_type'],
  ['WHEP as JSON', post('/whep/bench', json), 415, 'wrong_type'],
  ['WHEP without a type', post('/whep/bench', {}), 415, 'wrong_type'],
  ['an SDP for PATCH', { method: 'PATCH', path: '/whep/sessions/v', headers: sdp, body: 'v=0' }, 415, 'wrong_type'],
  ['a compressed body', post('/whep/bench', { ...sdp, 'content-encoding': 'gzip' }), 415, 'wrong_encoding'],
  ['a body over 128 KiB', post('/whep/bench', sdp, 'a'.repeat(131_073)), 413, 'too_large'],
  ['an offer over 128 KiB', post('/offer', json, 'a'.repeat(131_073)), 413, 'too_large'],
  [
    'a fragment over 128 KiB',
    { method: 'PATCH', path: '/whep/sessions/v', headers: fragment, body: 'a'.repeat(131_073) },
    413,
    'too_large',
  ],
  ['headers over 8 KiB', { path: '/healthz', headers: { 'x-long': 'a'.repeat(9_000) } }, 431, 'headers_too_large'],
  [
    'an unknown upgrade',
    { path: '/healthz', headers: { connection: 'Upgrade', upgrade: 'h2c' } },
    426,
    'upgrade_refused',
  ],
  ['TRACE', { method: 'TRACE', path: '/healthz' }, 405, 'method_not_allowed'],
  ['an unknown path', { path: '/nothing' }, 404, 'not_found'],
  ['a way out of the folder', { path: '/../etc/passwd' }, 404, 'not_found'],
  ['a hidden way out of the folder', { path: '/%2e%2e/%2e%2e/etc/passwd' }, 404, 'not_found'],
  ['a NUL in the path', { path: '/index.html%00.png' }, 400, 'bad_request'],
  ['an escape that is none', { path: '/%zz' }, 400, 'bad_request'],
  ['a stream id longer than any', post(`/whep/${'a'.repeat(500)}`, sdp), 404, 'not_found'],
  ['an empty offer', post('/offer', json, ''), 400, 'bad_offer'],
  ['text for JSON', post('/offer', json, 'hello'), 400, 'bad_offer'],
  ['binary for JSON', post('/offer', json, Buffer.from([0, 255, 254, 1])), 400, 'bad_offer'],
  ['an empty object', offer({}), 400, 'bad_offer'],
  ['an array', offer([]), 400, 'bad_offer'],
  ['null', offer(null), 400, 'bad_offer'],
  ['an SDP that is no text', offer({ sdp: 1, type: 'offer' }), 400, 'bad_offer'],
  ['an answer for an offer', offer({ sdp: 'v=0', type: 'answer' }), 400, 'bad_offer'],
  ['an offer without its type', offer({ sdp: 'v=0' }), 400, 'bad_offer'],
  ['a stream that is no text', offer({ sdp: 'v=0', type: 'offer', stream: 5 }), 400, 'bad_offer'],
  ['a candidate as plain text', post('/ice-candidate', { 'content-type': 'text/plain' }), 415, 'wrong_type'],
  ['a candidate over 128 KiB', post('/ice-candidate', json, 'a'.repeat(131_073)), 413, 'too_large'],
  ['a candidate that is not JSON', post('/ice-candidate', json, 'hello'), 400, 'not_json'],
  ['a candidate without one', trickle({ peer_id: 'v' }), 400, 'bad_candidate'],
  ['a candidate of the wrong kind', trickle({ peer_id: 'v', candidate: { candidate: 1 } }), 400, 'bad_candidate'],
  ['a candidate for nobody', trickle({ candidate }), 400, 'bad_candidate'],
  ['a candidate for a number', trickle({ peer_id: 1, candidate }), 400, 'bad_candidate'],
  ['a candidate in a list', trickle([candidate]), 400, 'bad_candidate'],
  ['a live view as a form', post('/LiveViewController/startLiveView', {}, 'protocol=mjpeg'), 415, 'wrong_type'],
  ['the offer to a live view as text', post('/LiveViewController/webrtc_offer', sdp), 415, 'wrong_type'],
  ['a page that shows our picture', { path: '/mjpeg/bench', headers: foreignImage }, 403, 'origin_denied'],
  ['a page that shows our live view', { path: '/frame/bench.jpg', headers: foreignImage }, 403, 'origin_denied'],
  [
    'a page that stops a live view',
    { path: '/LiveViewController/stopLiveView', headers: foreignImage },
    403,
    'origin_denied',
  ],
];

function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer.status).toBe(status);
  expect(problemIn(answer)).toMatchObject({ status, code });
  const { error, ...problem } = problemIn(answer);
  expect(Object.keys(problem)).toEqual(['status', 'code', 'title']);
  // Clients of robot camera servers find the same words there.
  expect(error ?? problem.title).toBe(problem.title);
  expect(answer.headers['content-type']).toBe('application/problem+json');
}

describe('a request that is wrong', () => {
  it.each(table)('%s is refused in words and changes nothing', async (_what, request, status, code) => {
    const watch = vi.fn<StationApi['watch']>();
    const updateIce = vi.fn<StationApi['updateIce']>();
    const addIceCandidate = vi.fn<StationApi['addIceCandidate']>();
    const watchPictures = vi.fn<StationApi['watchPictures']>();
    const door = await openDoor({ station: fakeStation({ watch, updateIce, addIceCandidate, watchPictures }) });
    const answer = await call(door, request);
    expectProblem(answer, status, code);
    expect(answer.headers['cache-control'] ?? 'no-store').toBe('no-store');
    expect(answer.headers.server).toBeUndefined();
    expect(watch).not.toHaveBeenCalled();
    expect(updateIce).not.toHaveBeenCalled();
    expect(addIceCandidate).not.toHaveBeenCalled();
    expect(watchPictures).not.toHaveBeenCalled();
    expect((await call(door, { path: '/healthz' })).text).toBe('ok');
  });

  it('does not get its own words back', async () => {
    const door = await openDoor();
    const requests: Call[] = [
      { path: '/<marker>' },
      { path: '/%zz<marker>' },
      { headers: { host: 'marker.example' } },
      { method: 'POST', path: '/offer', headers: json, body: '"<marker>' },
      { method: 'POST', path: '/offer', headers: { 'content-type': 'text/marker' }, body: '<marker>' },
    ];
    for (const request of requests) {
      const { text, headers, status } = await call(door, request);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(text + JSON.stringify(headers)).not.toContain('marker');
    }
  });
});

const rawTable: readonly (readonly [what: string, bytes: (port: string) => string, status: number, code: string])[] = [
  [
    'two Host headers',
    (port) => `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
    400,
    'bad_request',
  ],
  ['no Host header', () => 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'bad_request'],
  ['HTTP/1.0 without a Host header', () => 'GET /healthz HTTP/1.0\r\n\r\n', 400, 'bad_request'],
  ['an HTTP/0.9 line', () => 'GET /healthz\r\n\r\n', 400, 'bad_request'],
  ['something that is not HTTP', () => '\x16\x03\x01\x02\x00hello', 400, 'bad_request'],
  ['a method that is none', (port) => `FETCH / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`, 400, 'bad_request'],
  ['a NUL in a header', (port) => `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX: a\0b\r\n\r\n`, 400, 'bad_request'],
  [
    'two lengths of the body',
    (port) =>
      `POST /offer HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
    'bad_request',
  ],
];

describe('a connection that does not speak proper HTTP', () => {
  it.each(rawTable)('%s is refused and the connection closed', async (_what, bytes, status, code) => {
    const door = await openDoor();
    const answer = await sendRaw(door, bytes(new URL(door.url).port));
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain(code);
    expect((await call(door, { path: '/healthz' })).text).toBe('ok');
  });

  it('is closed when it asks for a tunnel', async () => {
    const door = await openDoor();
    const answer = await sendRaw(door, 'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n');
    expect(answer).not.toContain(' 200 ');
  });

  it('is cut off when a body without a stated length grows past 128 KiB', async () => {
    const door = await openDoor();
    const socket = await connectTo(door);
    const { host } = new URL(door.url);
    const answer = receiveAll(socket);
    socket.write(
      `POST /whep/bench HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/sdp\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    const chunk = `4000\r\n${'a'.repeat(0x4000)}\r\n`;
    socket.write(chunk.repeat(9));
    expect(await answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('is closed with 408 when headers or body do not come to an end', { timeout: 30_000 }, async () => {
    const door = await openDoor();
    const { host } = new URL(door.url);
    const answers = await Promise.all([
      sendRaw(door, `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n`),
      sendRaw(
        door,
        `POST /offer HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
      ),
    ]);
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 408 .*"code":"timeout"/s);
  });
});
