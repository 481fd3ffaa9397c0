import { describe, expect, test } from 'vitest';
import { readOffer } from '../../src/main/webrtc/offer.ts';

/** An offer as Chromium writes it, shortened to what counts. */
const chromium = `v=0
o=- 6106497916609256986 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic: WMS
m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 104 107 108 109 116
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:1 1 udp 2122260223 127.0.0.1 50000 typ host generation 0
a=ice-ufrag:ZM7Z
a=ice-pwd:pC+0uYcXMC9IeCDSDrJNYVTw
a=ice-options:trickle
a=fingerprint:sha-256 77:09:7C:13:6E:04:19:61:D1:E5:30:D2:34:94:56:9B:78:59:C5:CD:44:D7:37:69:E9:C2:5F:F6:B0:25:EE:72
a=setup:actpass
a=mid:0
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:mid
a=recvonly
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 nack
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:102 H264/90000
a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
a=rtpmap:103 rtx/90000
a=fmtp:103 apt=102
a=rtpmap:104 H264/90000
a=fmtp:104 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f
a=rtpmap:107 rtx/90000
a=fmtp:107 apt=104
a=rtpmap:108 H264/90000
a=rtcp-fb:108 goog-remb
a=rtcp-fb:108 transport-cc
a=rtcp-fb:108 nack
a=rtcp-fb:108 nack pli
a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
a=rtpmap:109 rtx/90000
a=fmtp:109 apt=108
a=rtpmap:116 H264/90000
a=fmtp:116 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=4d001f
`.replaceAll('\n', '\r\n');

const dropLines = (pattern: RegExp) =>
  chromium
    .split('\r\n')
    .filter((line) => !pattern.test(line))
    .join('\r\n');
const addLines = (lines: readonly string[]) => chromium + lines.map((line) => `${line}\r\n`).join('');
const audio = (mid: string) => ['m=audio 9 UDP/TLS/RTP/SAVPF 111', `a=mid:${mid}`, 'a=rtpmap:111 opus/48000/2'];

describe('an offer that is accepted', () => {
  test('gets constrained baseline, with the Player’s own numbers and only the feedback that the station acts on', () => {
    expect(readOffer(chromium, 'loopback').video).toEqual({
      mid: '0',
      codec: 'h264',
      payloadType: 108,
      rtxPayloadType: 109,
      parameters: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
      feedback: ['nack', 'nack pli', 'goog-remb'],
      midExtensionId: 9,
      playoutDelayExtensionId: 5,
      absSendTimeExtensionId: 2,
    });
  });

  test.each([
    ['H.264 without constrained baseline', dropLines(/:108 |:109 /), 'h264', 102],
    ['no H.264', dropLines(/H264/), 'vp8', 96],
    ['only an H.264 that cannot carry large pictures', dropLines(/:(102|108|116) H264/), 'vp8', 96],
  ])('may have %s', (_, offer, codec, payloadType) => {
    expect(readOffer(offer, 'loopback').video).toMatchObject({ codec, payloadType });
  });

  test('may have sound and data, too', () => {
    const offer = addLines([...audio('1'), 'm=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'a=mid:2']);
    expect(readOffer(offer, 'loopback').sections.map(({ kind, mid }) => `${kind} ${mid}`)).toEqual([
      'video 0',
      'audio 1',
      'application 2',
    ]);
  });

  const channels = ['m=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'a=mid:1', 'a=sctp-port:5001'];
  const withChannels = addLines(channels).replace('BUNDLE 0', 'BUNDLE 0 1');

  test('may have data channels in the bundle of the picture', () => {
    expect(readOffer(withChannels, 'loopback')).toMatchObject({
      videoIndex: 0,
      dataIndex: 1,
      sctp: { port: 5001, maxMessageBytes: 65_536 },
    });
    const long = readOffer(`${withChannels}a=max-message-size:4096\r\n`, 'loopback');
    expect(long.sctp?.maxMessageBytes).toBe(4096);
    const any = readOffer(`${withChannels}a=max-message-size:0\r\n`, 'loopback');
    expect(any.sctp?.maxMessageBytes).toBe(Infinity);
  });

  test.each([
    ['out of the bundle', addLines(channels)],
    ['switched off', withChannels.replace('m=application 9', 'm=application 0')],
    ['without a port', withChannels.replace('a=sctp-port:5001', 'a=sendrecv')],
    ['with a port that is none', withChannels.replace('5001', '0')],
    ['over TCP', withChannels.replace('UDP/DTLS', 'TCP/DTLS')],
    ['for something else', withChannels.replace('webrtc-datachannel', 'bfcp')],
    ['whose messages hold next to nothing', `${withChannels}a=max-message-size:4095\r\n`],
    ['whose messages are as long as they like', `${withChannels}a=max-message-size:much\r\n`],
  ])('may have data channels %s, which it doesn’t get', (_, offer) => {
    expect(readOffer(offer, 'loopback')).toMatchObject({ dataIndex: null, sctp: null });
  });

  test('may have line feeds only', () => {
    expect(readOffer(chromium.replaceAll('\r', ''), 'loopback').ice.ufrag).toBe('ZM7Z');
  });

  test('may have a weak fingerprint beside a strong one', () => {
    const offer = chromium.replace('a=setup:', 'a=fingerprint:sha-1 00:11\r\na=setup:');
    expect(readOffer(offer, 'loopback').fingerprints).toHaveLength(1);
  });
});

describe('an offer that is refused', () => {
  const strong = /a=fingerprint:.*\r\n/;
  test.each<[string, string, RegExp]>([
    ['nothing', '', /not SDP/],
    ['a word', 'hello', /not SDP/],
    ['JSON', '{"a":1}', /not SDP/],
    ['bytes', '\u0000\u0001\u00ff', /not SDP/],
    ['a version alone', 'v=0', /no video/],
    ['SDP with rubbish in it', `${chromium}rubbish\r\n`, /not SDP/],
    ['an m-line that cannot be read', chromium.replace('m=video 9', 'm=video nine'), /m-line cannot be read/],
    ['no mid', dropLines(/^a=mid/), /a=mid/],
    ['a mid twice', addLines(audio('0')), /same a=mid/],
    ['no fingerprint', dropLines(/fingerprint/), /fingerprint/],
    ['a weak fingerprint', chromium.replace(strong, `a=fingerprint:sha-1 ${'AB:'.repeat(19)}AB\r\n`), /fingerprint/],
    ['a short fingerprint', chromium.replace(strong, 'a=fingerprint:sha-256 AB:CD\r\n'), /fingerprint/],
    ['no ufrag', dropLines(/ufrag/), /ice-ufrag/],
    ['no password', dropLines(/ice-pwd/), /ice-pwd/],
    ['a short password', chromium.replace('pC+0uYcXMC9IeCDSDrJNYVTw', 'short'), /ice-pwd/],
    ['two passwords', chromium.replace('a=mid', `a=ice-pwd:${'x'.repeat(22)}\r\na=mid`), /ice-pwd/],
    ['no video', dropLines(/m=video/).replace('a=rtcp:', `${audio('0').join('\r\n')}\r\na=rtcp:`), /no video/],
    ['a video that is switched off', chromium.replace('m=video 9', 'm=video 0'), /no video/],
    ['a video that sends', chromium.replace('recvonly', 'sendonly'), /does not receive/],
    ['a video that is inactive', chromium.replace('recvonly', 'inactive'), /does not receive/],
    ['no bundle', dropLines(/BUNDLE/), /BUNDLE/],
    ['a bundle of something else', chromium.replace('BUNDLE 0', 'BUNDLE 7'), /BUNDLE/],
    ['RTCP on a port of its own', dropLines(/rtcp-mux/), /rtcp-mux/],
    ['an answer’s DTLS role', chromium.replace('actpass', 'passive'), /actpass/],
    ['an ICE-lite agent', chromium.replace('t=0 0', 't=0 0\r\na=ice-lite'), /ICE-lite/],
  ])('has %s', (_, offer, sentence) => {
    expect(() => readOffer(offer, 'loopback')).toThrow(
      expect.objectContaining({ reason: 'bad_offer', message: expect.stringMatching(sentence) as string }),
    );
  });

  test.each<[string, string]>([
    ['more than 64 KiB', addLines(Array.from({ length: 40 }, () => `a=x:${'x'.repeat(2_000)}`))],
    ['more than 64 restriction ids', addLines(Array.from({ length: 65 }, (_, index) => `a=rid:${index} recv`))],
    ['more than 2,000 lines', addLines(Array.from({ length: 2_000 }, (_, index) => `a=rid:${index} recv`))],
    ['a line of more than 2 KiB', addLines([`a=x:${'x'.repeat(3_000)}`])],
    ['more than four m-lines', addLines(['1', '2', '3', '4'].flatMap(audio))],
    [
      'more than 64 payload types',
      chromium.replace(' 96 97', ` ${Array.from({ length: 70 }, (_, n) => n + 30).join(' ')}`),
    ],
    [
      'more than 200 candidates',
      addLines(Array.from({ length: 201 }, (_, n) => `a=candidate:${n} 1 udp 1 127.0.0.1 5000 typ host`)),
    ],
  ])('has %s', (_, offer) => {
    expect(() => readOffer(offer, 'loopback')).toThrow(expect.objectContaining({ reason: 'offer_too_complex' }));
  });

  test('has no codec in common with the station', () => {
    expect(() => readOffer(dropLines(/H264|VP8/), 'loopback')).toThrow(
      expect.objectContaining({ reason: 'no_common_codec' }),
    );
  });
});

describe('the candidates of an offer', () => {
  const candidates = (lines: readonly string[], reach: 'loopback' | 'network') =>
    readOffer(
      `${dropLines(/candidate/)}${lines.map((line) => `a=candidate:${line}\r\n`).join('')}`,
      reach,
    ).candidates.map(({ address, port }) => `${address} ${port}`);

  test.each([
    ['a host name', '1 1 udp 1 evil.example 5000 typ host'],
    ['an mDNS name', '1 1 udp 1 0e6f3a52-8b2f-4d3c-b8a5-3f0c6d0c5a11.local 5000 typ host'],
    ['loopback', '1 1 udp 1 127.0.0.1 5000 typ host'],
    ['loopback of IPv6', '1 1 udp 1 ::1 5000 typ host'],
    ['everything', '1 1 udp 1 0.0.0.0 5000 typ host'],
    ['broadcast', '1 1 udp 1 255.255.255.255 5000 typ host'],
    ['multicast', '1 1 udp 1 239.1.2.3 5000 typ host'],
    ['multicast of IPv6', '1 1 udp 1 ff02::1 5000 typ host'],
    ['an IPv4 address in IPv6 clothes', '1 1 udp 1 ::ffff:127.0.0.1 5000 typ host'],
    ['port 0', '1 1 udp 1 192.0.2.1 0 typ host'],
    ['a privileged port', '1 1 udp 1 192.0.2.1 53 typ host'],
    ['a port that does not exist', '1 1 udp 1 192.0.2.1 99999 typ host'],
    ['a negative port', '1 1 udp 1 192.0.2.1 -1 typ host'],
    ['a port in letters', '1 1 udp 1 192.0.2.1 abc typ host'],
    ['TCP', '1 1 tcp 1 192.0.2.1 5000 typ host tcptype active'],
    ['RTCP’s own component', '1 2 udp 1 192.0.2.1 5000 typ host'],
    ['an invented type', '1 1 udp 1 192.0.2.1 5000 typ magic'],
    ['nothing', ''],
  ])('are left out where they name %s', (_, line) => {
    expect(candidates([line, '1 1 udp 1 192.0.2.7 5000 typ host'], 'network')).toEqual(['192.0.2.7 5000']);
  });

  test('are those of this machine while the station listens on loopback only', () => {
    const lines = ['1 1 udp 1 192.0.2.7 5000 typ host', '1 1 udp 1 127.0.0.1 5001 typ host'];
    expect(candidates(lines, 'loopback')).toEqual(['127.0.0.1 5001']);
  });

  test('are taken up to thirty, without a word about the others', () => {
    const lines = Array.from({ length: 60 }, (_, n) => `${n} 1 udp 1 192.0.2.7 ${5000 + n} typ host`);
    expect(candidates(lines, 'network')).toHaveLength(30);
  });
});
