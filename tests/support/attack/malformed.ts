import fc from 'fast-check';
import { bytesOf, rightRequest, withHeader, type RawRequest, type Target } from '../../http/hardening/request.ts';
import { bodyTricks, gateTricks, jsonTricks, routeTricks, type Trick } from '../../http/hardening/tricks.ts';

/** What is sent, and whether an answer to it has a body. */
export interface Malformed {
  readonly bytes: Buffer;
  readonly hasBody: boolean;
  /** Of the route that was meant; empty where none was. */
  readonly url: string;
}

const tricks: readonly Trick[] = [...gateTricks, ...routeTricks, ...bodyTricks, ...jsonTricks];
const junkText = fc.string({ unit: 'binary', maxLength: 300 });
/** Nothing that could end a line or a target too early. */
const junkWord = fc.stringMatching(/^[!-~]{1,60}$/).map((word) => word.replaceAll('%', '%2'));

/** Requests that no door may take, whatever the routes: about nothing that there is, or wrong in one way or another. */
export function malformedRequests(
  routes: readonly Target[],
  host: string,
  authorization: string | null,
): fc.Arbitrary<Malformed> {
  const route = fc.constantFrom(...routes);
  const jsonRoute = fc.constantFrom(...routes.filter(({ accepts }) => accepts === 'application/json'));
  const right = (target: Target): RawRequest => rightRequest(target, host, authorization);
  const whole = (request: RawRequest, { url }: Target): Malformed => ({
    bytes: bytesOf(request),
    hasBody: request.method !== 'HEAD',
    url,
  });
  const nowhere: Target = { method: 'GET', url: '', right: 'public' };

  const tricked = fc
    .constantFrom(...tricks)
    .chain((trick) =>
      fc.constantFrom(...routes.filter(trick.appliesTo ?? (() => true))).map((target) => ({ trick, target })),
    )
    // A page that asks first is answered with nothing, which is no refusal by its status.
    .filter(({ trick, target }) => !(target.method === 'OPTIONS' && typeof trick.refusal === 'function'))
    .map(({ trick, target }) => whole(trick.change(right(target), target), target));
  const junkJson = fc
    .tuple(jsonRoute, fc.oneof(fc.json({ maxDepth: 6 }), junkText))
    .map(([target, body]) => whole({ ...right(target), body }, target));
  const junkLine = fc.uint8Array({ minLength: 1, maxLength: 400 }).map((bytes) => ({
    bytes: Buffer.concat([Buffer.from([0x80]), bytes, Buffer.from('\r\n\r\n')]),
    hasBody: true,
    url: '',
  }));
  const junkHeader = fc
    .tuple(route, junkText)
    .map(([target, value]) => whole(withHeader(right(target), [`(${value.replace(/[\r\n:]/g, '')}`, value]), target));
  const junkPath = fc
    .tuple(fc.constantFrom('GET', 'POST', 'DELETE', 'OPTIONS'), junkWord)
    .map(([method, word]) => whole({ ...right(nowhere), method, path: `/zz${word.replace(/[#?]/g, '')}` }, nowhere));
  const junkMethod = fc
    .tuple(route, fc.stringMatching(/^[A-Z]{1,12}$/))
    .map(([target, name]) => whole({ ...right(target), method: `ZZ${name}` }, target));
  return fc.oneof(tricked, junkJson, junkLine, junkHeader, junkPath, junkMethod);
}

/** What an offer can't be without: every one of these alone is the end of it. */
const fatalChanges: readonly ((sdp: string) => string)[] = [
  (sdp) => sdp.replaceAll(/a=fingerprint:.*\r\n/g, ''),
  (sdp) => sdp.replaceAll(/a=fingerprint:\S+ /g, 'a=fingerprint:sha-1 '),
  (sdp) => sdp.replaceAll(/a=ice-ufrag:.*\r\n/g, ''),
  (sdp) => sdp.replaceAll(/a=ice-pwd:.*\r\n/g, 'a=ice-pwd:short\r\n'),
  (sdp) => sdp.replaceAll(/a=mid:.*\r\n/g, ''),
  (sdp) => sdp.replaceAll(/m=video/g, 'm=vide'),
  (sdp) => sdp.replaceAll(/a=group:.*\r\n/g, ''),
  (sdp) => sdp.replaceAll(/a=rtcp-mux\r\n/g, ''),
  (sdp) => sdp.replaceAll(/a=recvonly/g, 'a=inactive'),
  (sdp) => sdp.replaceAll(/a=setup:\w+/g, 'a=setup:passive'),
  (sdp) => sdp.replaceAll(/H264|VP8/g, 'JPEG'),
  (sdp) => sdp.replace(/^v=0/, 'v=zero'),
  (sdp) => sdp + 'a=candidate:1 1 udp 1 192.0.2.7 5000 typ host\r\n'.repeat(201),
  (sdp) => sdp + 'a=rid:1 recv\r\n'.repeat(2_001),
  (sdp) => `${sdp}a=x:${'y'.repeat(3_000)}\r\n`,
  (sdp) => sdp + 'm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:9\r\n'.repeat(5),
];

/** A line from anywhere in SDP, with what an attacker would put there. */
const hostileLine = fc.oneof(
  fc.constantFrom(
    'a=candidate:1 1 udp 1 198.51.100.7 5000 typ host',
    'a=candidate:1 1 udp 1 evil.example 5000 typ host',
    'a=candidate:1 1 udp 99999999999 239.1.2.3 5000 typ relay raddr 0.0.0.0 rport 0',
    'a=rtpmap:999999 H264/-1',
    'a=fmtp:96 apt=96',
    'a=ssrc-group:FID 1 1',
    'a=max-message-size:99999999999999999999',
    'a=sctp-port:-1',
    'a=extmap:0 urn:ietf:params:rtp-hdrext:sdes:mid',
    'a=mid:__proto__',
    'a=group:BUNDLE constructor prototype',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'b=AS:-1',
    'c=IN IP4 255.255.255.255',
  ),
  fc.tuple(fc.constantFrom('a', 'm', 'c', 'o', 't', 'b'), junkText).map(([kind, text]) => `${kind}=${text}`),
  junkText,
);

/** Offers that can't be taken: a real one with one fatal change and many others, or nothing like one. */
export function malformedSdps(offerSdp: string): fc.Arbitrary<string> {
  const spoilt = fc
    .tuple(fc.constantFrom(...fatalChanges), fc.array(fc.tuple(fc.nat(80), hostileLine), { maxLength: 6 }))
    .map(([spoil, lines]) => {
      const all = offerSdp.split('\r\n');
      for (const [at, line] of lines) all.splice(1 + (at % (all.length - 2)), 0, line);
      return spoil(all.join('\r\n'));
    });
  return fc.oneof({ arbitrary: spoilt, weight: 4 }, { arbitrary: junkText, weight: 1 });
}

/** What no Player says over its channel for commands. */
export const malformedMessages: fc.Arbitrary<string | Buffer> = fc.oneof(
  junkText.filter((text) => text !== ''),
  fc.uint8Array({ minLength: 1, maxLength: 1_000 }).map((bytes) => Buffer.from(bytes)),
  fc.json().map((json) => `{"type":"zz","value":${json}}`),
  fc.constantFrom(
    '{"type":"show","widthPx":-1,"heightPx":1e9}',
    '{"type":"pictures","fps":1e999}',
    '{"type":"hello","keepaliveMs":0}',
  ),
  fc.constant('['.repeat(10_000)),
  fc.constant('{"__proto__":{"type":"hello"}}'),
);
