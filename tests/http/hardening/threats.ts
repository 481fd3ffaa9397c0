import type { Answered, NamedTest } from './bad-inputs.ts';

const threat = (number: number, what: string, tests: readonly NamedTest[], note?: string): Answered => ({
  id: `T${number}`,
  what,
  tests,
  ...(note !== undefined && { note }),
});

/** Who may want what of a station, and what stands against it; T20 to T22 are the kiosk's own, see tests/desktop and tests/kiosk. */
export const threats: readonly Answered[] = [
  threat(1, 'watching without a right', [
    ['http/hardening/token-tricks.ts', 'no token'],
    ['http/network-door.test.ts', 'opens no route that does not say what it needs'],
  ]),
  threat(2, 'rebinding a name', [
    ['http/hardening/tricks.ts', 'two Host headers'],
    ['http/network-door.test.ts', 'any other name'],
  ]),
  threat(3, 'requests that a page elsewhere makes', [
    ['http/origins.test.ts', 'the origin null'],
    ['http/hardening/tricks.ts', 'a page that hides where it is and embeds the answer'],
  ]),
  threat(4, 'answers that a page elsewhere reads', [
    ['http/routes.test.ts', '%s tells a page of another origin nothing'],
  ]),
  threat(5, 'sockets and floods', [
    ['http/places.test.ts', 'half of all connections, and any other one is closed without a word'],
    ['http/call-sockets.test.ts', 'from an address that has eight already'],
    ['http/call-sockets.test.ts', 'when there are 64, wherever they come from'],
  ]),
  threat(6, 'tricks with tokens', [['http/hardening/token-tricks.ts', 'another algorithm with our key']]),
  threat(7, 'guessing', [
    ['desktop/lock.test.ts', 'each further one doubles the wait, up to an hour'],
    ['http/sign-in.test.ts', 'can’t be tried out from many addresses either'],
  ]),
  threat(8, 'commands in settings', [
    ['capture/program.test.ts', 'is no shell command: what looks like one is only an argument'],
    ['http/settings.test.ts', 'a command behind a camera'],
  ]),
  threat(9, 'addresses that lead inside', [
    ['http/settings.test.ts', 'has a name judged once: what is opened later is the address that was judged'],
    ['capture/readers.test.ts', 'can not lead us to a file of this machine'],
    ['capture/readers.test.ts', 'can not lead us to another address'],
    ['capture/ffmpeg.test.ts', 'follows a camera to no other address'],
  ]),
  threat(
    10,
    'streams that break the decoder',
    [
      [
        'station/supervision.test.ts',
        'that dies is replaced, while its viewers stay and get a keyframe of the new one first',
      ],
      ['capture/ffmpeg.test.ts', 'lets no playlist lead anywhere'],
    ],
    'each Capture is a process of its own; to give it a user of its own is the system’s business',
  ),
  threat(11, 'huge offers', [['webrtc/offer.test.ts', 'more than 2,000 lines']]),
  threat(
    12,
    'packets to elsewhere',
    [
      ['webrtc/ice.test.ts', 'sends nothing to where a Player’s candidates point'],
      ['webrtc/offer.test.ts', 'broadcast'],
    ],
    'over the network any unicast address with an unprivileged port is taken: which of them are the lab’s, the station can’t know',
  ),
  threat(13, 'packets from strangers', [
    ['webrtc/guards.test.ts', 'under the Player’s own address leave a running picture alone'],
    ['webrtc/guards.test.ts', 'make the station send nothing to the stranger who asks'],
  ]),
  threat(14, 'half-open sessions', [
    ['webrtc/offered.test.ts', 'that nobody answers is withdrawn, and its socket is free'],
    ['webrtc/offered.test.ts', 'that is answered by somebody who never comes ends as well'],
    ['http/fuzz.test.ts', 'junk at every door and port, and more offers than a station takes, break nothing'],
  ]),
  threat(15, 'slow requests', [
    ['http/bad-requests.test.ts', 'is closed with 408 when headers or body do not come to an end'],
  ]),
  threat(16, 'a TURN server', [
    [
      'main/ice-servers.test.ts',
      'with a secret get a name that ends and a password that proves it, and the secret stays here',
    ],
  ]),
  threat(17, 'data channels', [
    ['webrtc/data-channels.test.ts', 'a second one for commands is closed, the first one stays'],
    ['http/fuzz.test.ts', 'junk at every door and port, and more offers than a station takes, break nothing'],
  ]),
  threat(18, 'listening on the wire', [
    ['http/tls.test.ts', 'An encrypted door says nothing to whoever does not encrypt'],
  ]),
  threat(19, 'scripts in the page', [
    ['http/routes.test.ts', '%s has the headers that keep browsers from guessing and framing'],
  ]),
  threat(23, 'a changed program', [
    ['package/package.test.ts', 'has the fuses set in its program'],
    ['package/package.test.ts', 'knows the hash of its archive, so that Electron refuses another'],
  ]),
  threat(24, 'secrets in files and logs', [
    ['access/users.test.ts', 'tells nobody a password or a token'],
    ['settings/source-text.test.ts', 'A password in an address is never shown, whatever it is made of'],
    ['http/sign-in.test.ts', 'No line of the log holds a password or a token'],
  ]),
  threat(25, 'crashes on purpose', [
    ['http/whep.test.ts', 'keeps a mistake of the station to the log'],
    ['http/fuzz.test.ts', 'junk at every door and port, and more offers than a station takes, break nothing'],
  ]),
  threat(
    26,
    'foreign parts',
    [['package/package.test.ts', 'has no package that only the work on the project needs, and none twice']],
    'versions are pinned by package-lock.json, scripts of packages run only where allowScripts names them',
  ),
  threat(27, 'what strangers learn', [
    [
      'http/network-door.test.ts',
      'tells strangers the same of what is there, what is not, and what can not be asked so',
    ],
    ['http/hardening.test.ts', 'answers the same about a stream that is not allowed and one that is not there'],
  ]),
];
