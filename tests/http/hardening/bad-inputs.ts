/** A test by its file below tests/ and its name there, or the name of the row of a table that makes one. */
export type NamedTest = readonly [file: string, name: string];

/** One thing to expect of an attacker, and where it is shown what comes of it. */
export interface Answered {
  readonly id: string;
  readonly what: string;
  readonly tests: readonly NamedTest[];
  /** What the station does otherwise than the usual advice, or what there is no need for, and why. */
  readonly note?: string;
}

const here = 'http/hardening/tricks.ts';
const tokens = 'http/hardening/token-tricks.ts';
const table = 'http/hardening.test.ts';
const requests = 'http/bad-requests.test.ts';
const offers = 'webrtc/offer.test.ts';
const places = 'http/places.test.ts';
const sockets = 'http/call-sockets.test.ts';
const socketBounds = 'http/call-socket-bounds.test.ts';
const channels = 'webrtc/data-channels.test.ts';
const words = 'refused like a missing token, so that whoever has no right learns nothing from the answer';

const row = (id: number, what: string, tests: readonly NamedTest[], note?: string): Answered => ({
  id: String(id),
  what,
  tests,
  ...(note !== undefined && { note }),
});

/** What comes in at the doors of a station, by number; 61 and on are the kiosk's own, see tests/desktop. */
export const badInputs: readonly Answered[] = [
  row(1, 'another host name', [
    [here, 'our name with another port'],
    [requests, 'another host name'],
  ]),
  row(2, 'two Host headers', [[here, 'two Host headers']]),
  row(3, 'a target with a host', [[here, 'a target with a host of its own']]),
  row(4, 'no proper HTTP', [
    [here, 'no Host header'],
    [requests, 'an HTTP/0.9 line'],
    [requests, 'two lengths of the body'],
  ]),
  row(5, 'a page of another origin', [['http/origins.test.ts', 'an origin off the list']]),
  row(6, 'a preflight of another origin', [['http/routes.test.ts', '%s tells a page of another origin nothing']]),
  row(7, 'a page without an origin', [[requests, 'a page without an origin']]),
  row(8, 'an offer as text or form', [
    [here, 'a body without a type'],
    [requests, 'a form'],
  ]),
  row(9, 'WHEP in another type', [[requests, 'WHEP as JSON']]),
  row(10, 'long headers', [[here, 'headers of more than 8 KiB']]),
  row(
    11,
    'a long body',
    [
      [here, 'a body that says to be 10 MB'],
      [here, 'a body of more than 128 KiB in chunks'],
      [offers, 'more than 64 KiB'],
    ],
    'the door reads twice the longest offer, so that one which is too long is refused as an offer',
  ),
  row(12, 'a compressed body', [[requests, 'a compressed body']]),
  row(13, 'a request without an end', [[requests, 'is closed with 408 when headers or body do not come to an end']]),
  row(14, 'too many connections', [
    [places, 'half of all connections, and any other one is closed without a word'],
    [places, 'half of what others have left free, so that the next one finds a place too'],
  ]),
  row(
    15,
    'tunnels, TRACE, upgrades',
    [
      [table, 'is no way into a tunnel'],
      [here, 'an upgrade that nobody knows'],
      [requests, 'TRACE'],
    ],
    'who asks for a tunnel gets no answer at all: the connection is closed',
  ),
  row(16, 'ways out of an address', [
    [here, 'a NUL in the path'],
    [requests, 'a hidden way out of the folder'],
  ]),
  row(17, 'a stream without a token', [
    [tokens, 'no token'],
    [
      'http/network-door.test.ts',
      'tells strangers the same of what is there, what is not, and what can not be asked so',
    ],
  ]),
  row(18, 'a token in the address', [
    [table, 'takes no token from the address, as %s'],
    ['http/network-door.test.ts', 'No line of the log holds a key or a token'],
  ]),
  row(
    19,
    'an unsigned token',
    [
      [tokens, 'an unsigned token (alg none)'],
      [tokens, 'a token without its signature'],
    ],
    words,
  ),
  row(
    20,
    'another algorithm',
    [
      [tokens, 'our signature under the name of RS256'],
      [tokens, 'something critical that nobody knows'],
    ],
    words,
  ),
  row(
    21,
    'a token of another time',
    [
      [tokens, 'a token that has ended'],
      [tokens, 'a token that never ends'],
      [tokens, 'a token of the future'],
    ],
    words,
  ),
  row(
    22,
    'a token of another station',
    [
      [tokens, 'a token of another run of the station'],
      [tokens, 'a token of another issuer'],
    ],
    words,
  ),
  row(23, 'a token that lasts', [[tokens, 'a token that ends in a day']], words),
  row(
    24,
    'a token with its key',
    [
      [tokens, 'a path as the name of its key'],
      [tokens, 'an address for its key'],
    ],
    words,
  ),
  row(
    25,
    'a token that is none',
    [
      [tokens, 'a token longer than any of ours'],
      [tokens, 'a token of four parts'],
      [tokens, 'a list for its claims'],
    ],
    words,
  ),
  row(26, 'two tokens', [[tokens, 'two headers, both right']], words),
  row(27, 'another stream', [[table, 'answers the same about a stream that is not allowed and one that is not there']]),
  row(
    28,
    'wrong passwords',
    [['http/sign-in.test.ts', 'costs the station as much when nobody has that name']],
    'no door takes a PIN: it is for the kiosk’s own screen. What is guessed over the network is passwords.',
  ),
  row(29, 'many wrong passwords', [
    ['http/sign-in.test.ts', 'can’t be tried out: after ten tries in a minute the next one waits, whoever is meant'],
    ['desktop/lock.test.ts', 'a restart shortens nothing'],
  ]),
  row(30, 'a socket of a page elsewhere', [
    [sockets, 'to a page of another origin'],
    [sockets, 'without a token'],
  ]),
  row(31, 'a socket in another version', [
    [sockets, 'in another version'],
    [sockets, 'with a bad key'],
  ]),
  row(32, 'a socket without a token', [[socketBounds, 'where no token comes in three seconds']]),
  row(33, 'a long message', [[socketBounds, 'at a message of more than 64 KiB, before it has come']]),
  row(34, 'bytes for text', [
    [socketBounds, 'at a binary message'],
    [socketBounds, 'at text that is not UTF-8'],
  ]),
  row(35, 'messages that can’t be read', [
    [socketBounds, 'at the fifth message that can’t be read, none of which gets any further'],
  ]),
  row(36, 'many messages', [
    [socketBounds, 'when it sends too much: one message is dropped with a warning, and then it is over'],
  ]),
  row(37, 'calls to nobody', [
    ['calls/calls.test.ts', 'has to be there: whoever has no page open can’t be called, nor oneself'],
    ['http/calls.test.ts', 'to somebody who is in a call is told to be busy'],
  ]),
  row(38, 'signaling out of order', [
    [
      'calls/calls.test.ts',
      'takes nothing out of order: no candidate before an offer, no answer without one, and none twice',
    ],
  ]),
  row(39, 'a silent socket', [[socketBounds, 'when it has not answered for 30 seconds; one that answers stays']]),
  row(40, 'no offer', [
    [requests, 'an empty offer'],
    [requests, 'an SDP that is no text'],
    [requests, 'an answer for an offer'],
  ]),
  row(41, 'text for an offer', [
    [offers, 'a version alone'],
    [offers, 'SDP with rubbish in it'],
  ]),
  row(42, 'an offer without security', [
    [offers, 'no fingerprint'],
    [offers, 'a weak fingerprint'],
    [offers, 'no ufrag'],
  ]),
  row(43, 'a huge offer', [
    [offers, 'more than 2,000 lines'],
    [offers, 'more than four m-lines'],
    [offers, 'more than 64 payload types'],
    [offers, 'more than 64 restriction ids'],
  ]),
  row(44, 'many candidates', [
    [offers, 'are taken up to thirty, without a word about the others'],
    [offers, 'more than 200 candidates'],
  ]),
  row(45, 'candidates that lead elsewhere', [
    [offers, 'a host name'],
    [offers, 'multicast'],
    [offers, 'a port in letters'],
    ['webrtc/ice.test.ts', 'sends nothing to where a Player’s candidates point'],
  ]),
  row(46, 'names of mDNS', [[offers, 'an mDNS name']]),
  row(47, 'candidates that can’t be read', [
    [offers, 'an invented type'],
    [offers, 'nothing'],
  ]),
  row(48, 'nothing to send', [
    [offers, 'no video'],
    [offers, 'a video that sends'],
    [offers, 'no bundle'],
    [offers, 'has no codec in common with the station'],
  ]),
  row(
    49,
    'the same offer again and again',
    [[table, 'opens sessions for one machine at a bounded rate']],
    'no bound on the sessions of one caller: a wall is one caller with sixteen. The kiosk keeps places of its own.',
  ),
  row(50, 'a detector that is away', [
    ['http/robot.test.ts', 'an offer to a camera that is away'],
    ['http/whep.test.ts', 'answers "$0.message" with $1'],
  ]),
  row(51, 'a full station', [['http/robot.test.ts', 'an offer to a full station']]),
  row(
    52,
    'a PATCH that is wrong',
    [
      [requests, 'an SDP for PATCH'],
      ['webrtc/ice.test.ts', 'may trickle with the ETag it knows, with any, and with none, but not with an old one'],
    ],
    'a PATCH without If-Match is taken, because widespread clients send none; whoever knows the address of a session may steer it',
  ),
  row(53, 'a session that is not there', [
    ['http/whep.test.ts', 'answers "$0.message" with $1'],
    ['http/robot.test.ts', 'is told with 400 that nobody has the id of its candidate'],
  ]),
  row(54, 'the wrong method', [[table, 'names the right methods to whoever uses a wrong one']]),
  row(55, 'a bad address as a source', [
    ['http/settings.test.ts', 'a file as an address'],
    ['http/settings.test.ts', 'addresses in a row'],
    ['http/settings.test.ts', '169.254.169.254'],
    ['capture/ffmpeg.test.ts', 'lets no playlist lead anywhere'],
  ]),
  row(56, 'a bad device as a source', [
    ['http/settings.test.ts', 'a disk'],
    ['http/settings.test.ts', 'a command behind a camera'],
    ['http/settings.test.ts', 'a rate that is none'],
  ]),
  row(57, 'bad messages of a Player', [
    [channels, 'refuses a message that is too long once, and is closed after the second'],
    [channels, 'refuses a flood of messages once, and is closed if it goes on'],
  ]),
  row(58, 'many channels', [[channels, 'end the session when they are more than eight']]),
  row(
    59,
    'a Player that is gone',
    [[channels, 'ends the session of a Player that leaves three pings unanswered']],
    'a link that is cut for up to half a minute costs no session; who is gone is noticed by unanswered pings',
  ),
  row(60, 'junk datagrams', [
    ['webrtc/guards.test.ts', 'from a stranger do not keep a Player from connecting'],
    ['http/fuzz.test.ts', 'junk at every door and port, and more offers than a station takes, break nothing'],
  ]),
];
