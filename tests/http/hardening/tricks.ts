import { chunked, isLiveView, marker, withHeader, withoutHeader, type RawRequest, type Target } from './request.ts';

/** The status of an answer and its code; null where it has no body, `any` where each refusal is right. */
export interface Refusal {
  readonly status: number | 'any';
  readonly code: string | null;
}

/** One thing that is wrong with a request. */
export interface Trick {
  readonly what: string;
  /** Everywhere where left out. */
  readonly appliesTo?: (route: Target) => boolean;
  readonly change: (request: RawRequest, route: Target) => RawRequest;
  readonly refusal: Refusal | ((route: Target) => Refusal);
  /** What is sent does not end where the next request could begin. */
  readonly spoilsConnection?: boolean;
}

const refusal = (status: Refusal['status'], code: string): Refusal => ({ status, code });
/** A page that asks first is told nothing, and may do nothing. */
const originRefusal = ({ method }: Target): Refusal =>
  method === 'OPTIONS' ? { status: 204, code: null } : refusal(403, 'origin_denied');
const takesBody = ({ accepts }: Target): boolean => accepts !== undefined;
const takesJson = ({ accepts }: Target): boolean => accepts === 'application/json';
const header = (name: string, value: string) => (request: RawRequest) => withHeader(request, [name, value]);
const portOf = ({ headers }: RawRequest): string => /:(\d+)$/.exec(headers.find(([name]) => name === 'Host')![1])![1]!;

/** What the gate refuses before anything is routed. */
export const gateTricks: readonly Trick[] = [
  ...['evil.example', `${marker}.127.0.0.1.nip.io`, `localhost.${marker}`, '0.0.0.0', `user@127.0.0.1`].map((name) => ({
    what: `the host name ${name}`,
    change: (request: RawRequest) => withHeader(request, ['Host', `${name}:${portOf(request)}`]),
    refusal: refusal(421, 'wrong_host'),
  })),
  { what: 'our name with another port', change: header('Host', '127.0.0.1:1'), refusal: refusal(421, 'wrong_host') },
  {
    what: 'two Host headers',
    change: (request) => ({ ...request, headers: [...request.headers, ['host', `${marker}.example`]] }),
    refusal: refusal(400, 'bad_request'),
  },
  {
    what: 'no Host header',
    change: (request) => withoutHeader(request, 'Host'),
    refusal: refusal(400, 'bad_request'),
  },
  {
    what: 'a target with a host of its own',
    change: (request) => ({ ...request, path: `http://${marker}.example${request.path}` }),
    refusal: refusal(421, 'wrong_host'),
  },
  ...[`http://${marker}.example`, 'null', `http://127.0.0.1:1`, `https://localhost, http://${marker}.example`].map(
    (origin) => ({ what: `a page of the origin ${origin}`, change: header('Origin', origin), refusal: originRefusal }),
  ),
  {
    what: 'a page that hides where it is and embeds the answer',
    change: (request) =>
      withHeader(request, ['Sec-Fetch-Site', 'cross-site'], ['Sec-Fetch-Mode', 'no-cors'], ['Sec-Fetch-Dest', 'image']),
    refusal: originRefusal,
  },
  {
    what: 'an upgrade that nobody knows',
    change: (request) => withHeader(request, ['Connection', 'Upgrade'], ['Upgrade', marker]),
    refusal: refusal(426, 'upgrade_refused'),
  },
  {
    what: 'an expectation that nobody knows',
    change: header('Expect', marker),
    refusal: refusal(417, 'bad_request'),
  },
  {
    what: 'a NUL in the path',
    change: (request) => ({ ...request, path: request.path.replace(/(?=\?|$)/, `%00${marker}`) }),
    refusal: refusal(400, 'bad_request'),
  },
  {
    what: 'headers of more than 8 KiB',
    change: header('X-Long', marker.repeat(1_000)),
    refusal: refusal(431, 'headers_too_large'),
  },
  {
    what: 'a line break in a header',
    change: header('X-Broken', `a\n${marker}`),
    refusal: refusal(400, 'bad_request'),
  },
  { what: 'a NUL in a header', change: header('X-Broken', `a\0${marker}`), refusal: refusal(400, 'bad_request') },
];

/** What is refused of a request that comes from the right place. */
export const routeTricks: readonly Trick[] = [
  ...['/../../../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', `/..%5c..%5c/%2e%2e/${marker}`].map((way) => ({
    what: `a way out of the address by ${way}`,
    change: (request: RawRequest) => ({ ...request, path: request.path.replace(/(?=\?|$)/, way) }),
    refusal: refusal(404, 'not_found'),
  })),
  {
    what: 'an escape that is none',
    change: (request) => ({ ...request, path: request.path.replace(/(?=\?|$)/, `%zz${marker}`) }),
    refusal: refusal(400, 'bad_request'),
  },
  ...['TRACE', 'PROPFIND', 'QUERY', 'MKCOL'].map((method) => ({
    what: `the method ${method}`,
    change: (request: RawRequest) => ({ ...request, method }),
    refusal: refusal(405, 'method_not_allowed'),
  })),
];

/** What is refused of a body before somebody reads it. */
export const bodyTricks: readonly Trick[] = [
  ...['text/plain', 'application/x-www-form-urlencoded', `multipart/form-data; boundary=${marker}`, marker].map(
    (type) => ({
      what: `a body of the type ${type}`,
      appliesTo: takesBody,
      change: header('Content-Type', type),
      refusal: refusal(415, 'wrong_type'),
    }),
  ),
  {
    what: 'a body of a type that only begins like the right one',
    appliesTo: takesBody,
    change: (request, { accepts = '' }) => withHeader(request, ['Content-Type', `${accepts}+${marker}`]),
    refusal: refusal(415, 'wrong_type'),
  },
  {
    what: 'a body without a type',
    appliesTo: takesBody,
    change: (request) => withoutHeader(request, 'Content-Type'),
    refusal: refusal(415, 'wrong_type'),
  },
  ...['gzip', 'identity', marker].map((encoding) => ({
    what: `a body in the encoding ${encoding}`,
    appliesTo: takesBody,
    change: header('Content-Encoding', encoding),
    refusal: refusal(415, 'wrong_encoding'),
  })),
  {
    what: 'a body that says to be 10 MB',
    appliesTo: takesBody,
    change: header('Content-Length', '10000000'),
    refusal: refusal(413, 'too_large'),
    spoilsConnection: true,
  },
  {
    what: 'a body of more than 128 KiB in chunks',
    appliesTo: takesBody,
    change: (request) => chunked(request, marker.repeat(20_000)),
    refusal: refusal(413, 'too_large'),
    spoilsConnection: true,
  },
  {
    what: 'a body with two lengths',
    appliesTo: takesBody,
    change: (request) => withHeader(request, ['Content-Length', '2'], ['Transfer-Encoding', 'chunked']),
    refusal: refusal(400, 'bad_request'),
    spoilsConnection: true,
  },
  {
    what: 'a chunk whose length is none',
    appliesTo: takesBody,
    change: (request) => ({ ...withHeader(request, ['Transfer-Encoding', 'chunked']), body: `${marker}\r\n` }),
    refusal: refusal(400, 'bad_request'),
    spoilsConnection: true,
  },
];

const keys =
  'sdp type stream candidate connection_id peer_id name password role streams isDisabled expiresInDays key refreshToken iceServers ' +
  'protocol detectorName params throttle_ms subsampling_factor sdpMid';
/** A value for every key that some call knows, so that each of them meets the wrong one. */
const everyKey = (value: unknown): string =>
  JSON.stringify(Object.fromEntries(keys.split(' ').map((key) => [key, value])));

const junkBodies: readonly (readonly [what: string, body: string | Buffer])[] = [
  ['nothing', ''],
  ['an empty object', '{}'],
  ['a list', `["${marker}"]`],
  ['null', 'null'],
  ['a text', `"${marker}"`],
  ['a number', '1e999'],
  ['half an object', `{"${marker}":`],
  ['two objects', '{}{}'],
  ['bytes', Buffer.from([0xff, 0xfe, 0, 1, 0x80])],
  ['a list 50,000 deep', '['.repeat(50_000)],
  ['an object 10,000 deep', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
  ['a prototype', `{"__proto__":{"sdp":"v=0","type":"offer","${marker}":1},"constructor":{"prototype":{}}}`],
  ['numbers for everything', everyKey(-1)],
  ['lists for everything', everyKey([marker])],
  ['objects for everything', everyKey({ [marker]: marker })],
  ['true for everything', everyKey(true)],
  ['long texts for everything', everyKey(marker.repeat(300))],
  ['control characters for everything', everyKey(`${marker}\0\r\nSet-Cookie: a=${marker}\u202e`)],
];

/** What nobody can make anything of, although it comes in the right type. */
export const jsonTricks: readonly Trick[] = junkBodies.map(([what, body]) => ({
  what: `${what} for its JSON`,
  appliesTo: takesJson,
  change: (request: RawRequest) => ({ ...request, body }),
  refusal: refusal('any', 'any'),
}));

/** Whether an answer is one of ImSwitch's, which tells in words what came of a call. */
export const speaksInWords = (route: Target, body: string): boolean =>
  isLiveView(route) && /^\{"status":"(?:error|success|already_running|not_running)"/.test(body);
