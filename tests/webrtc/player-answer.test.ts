import { describe, expect, test } from 'vitest';
import { readAnswer } from '../../src/main/webrtc/player-answer.ts';

/** An answer to the station's offer as Chromium writes it. */
const chromium = `v=0
o=- 7217385012357412304 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=msid-semantic: WMS
m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:1 1 udp 2122260223 127.0.0.1 50000 typ host generation 0
a=candidate:2 1 udp 2122260222 192.0.2.7 50001 typ host generation 0
a=ice-ufrag:ZM7Z
a=ice-pwd:pC+0uYcXMC9IeCDSDrJNYVTw
a=ice-options:trickle
a=fingerprint:sha-256 77:09:7C:13:6E:04:19:61:D1:E5:30:D2:34:94:56:9B:78:59:C5:CD:44:D7:37:69:E9:C2:5F:F6:B0:25:EE:72
a=setup:active
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
a=extmap:3 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=recvonly
a=rtcp-mux
a=rtpmap:96 H264/90000
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:98 VP8/90000
a=rtcp-fb:98 nack
a=rtpmap:99 rtx/90000
a=fmtp:99 apt=98
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=ice-ufrag:ZM7Z
a=ice-pwd:pC+0uYcXMC9IeCDSDrJNYVTw
a=ice-options:trickle
a=fingerprint:sha-256 77:09:7C:13:6E:04:19:61:D1:E5:30:D2:34:94:56:9B:78:59:C5:CD:44:D7:37:69:E9:C2:5F:F6:B0:25:EE:72
a=setup:active
a=mid:1
a=sctp-port:5000
a=max-message-size:262144
`.replaceAll('\n', '\r\n');

const read = (sdp: string) => readAnswer({ type: 'answer', sdp }, 'loopback');
const dropLines = (pattern: RegExp) =>
  chromium
    .split('\r\n')
    .filter((line) => !pattern.test(line))
    .join('\r\n');
const mLine = (formats: string) => chromium.replace('SAVPF 96 97 98 99', `SAVPF ${formats}`);

describe('an answer that is taken', () => {
  test('decides the format, under the numbers of the offer', () => {
    expect(read(chromium)).toMatchObject({
      video: {
        mid: '0',
        codec: 'h264',
        payloadType: 96,
        rtxPayloadType: 97,
        midExtensionId: 1,
        playoutDelayExtensionId: 2,
        absSendTimeExtensionId: 3,
      },
      ice: { ufrag: 'ZM7Z', password: 'pC+0uYcXMC9IeCDSDrJNYVTw' },
      sctp: { port: 5000, maxMessageBytes: 262_144 },
    });
  });

  test.each([
    [
      'reject the data channels',
      chromium.replace('m=application 9', 'm=application 0').replace('BUNDLE 0 1', 'BUNDLE 0'),
    ],
    ['leave them out of the bundle', chromium.replace('BUNDLE 0 1', 'BUNDLE 0')],
    ['not say where its SCTP is', dropLines(/sctp-port/)],
    ['name a port that is none', chromium.replace('sctp-port:5000', 'sctp-port:65536')],
  ])('may %s, and gets its picture alone', (_, sdp) => {
    expect(read(sdp)).toMatchObject({ video: { codec: 'h264' }, sctp: null });
  });

  test.each([
    ['VP8 alone', mLine('98 99'), 'vp8', 98, 99],
    ['VP8 before H.264', mLine('98 96 97 99'), 'vp8', 98, 99],
    ['a format that was not offered before one that was', mLine('120 96 97'), 'h264', 96, 97],
    ['H.264 in a form that the station does not send', chromium.replace('mode=1;', 'mode=0;'), 'vp8', 98, 99],
    ['another format under the number of ours', chromium.replace('96 H264/90000', '96 AV1/90000'), 'vp8', 98, 99],
    ['no retransmission', mLine('96 98'), 'h264', 96, null],
  ])('may accept %s', (_, sdp, codec, payloadType, rtxPayloadType) => {
    expect(read(sdp).video).toMatchObject({ codec, payloadType, rtxPayloadType });
  });

  test('may leave out the header extensions', () => {
    expect(read(dropLines(/extmap/)).video).toMatchObject({
      midExtensionId: null,
      playoutDelayExtensionId: null,
      absSendTimeExtensionId: null,
    });
  });

  test('may want to send and receive, which is what an answer without a direction says', () => {
    expect(read(dropLines(/^a=recvonly/)).video.codec).toBe('h264');
  });

  test('counts only with candidates that the session may reach', () => {
    expect(read(chromium).candidates.map(({ address }) => address)).toEqual(['127.0.0.1']);
    const { candidates } = readAnswer({ type: 'answer', sdp: chromium }, 'network');
    expect(candidates.map(({ address }) => address)).toEqual(['192.0.2.7']);
  });
});

describe('an answer that is refused', () => {
  test.each(['offer', 'pranswer', 'rollback', '', 'Answer'])('has the type “%s”', (type) => {
    expect(() => readAnswer({ type, sdp: chromium }, 'loopback')).toThrow(
      expect.objectContaining({ reason: 'not_an_answer' }),
    );
  });

  test.each([
    ['it is empty', ''],
    ['it is empty', ' \r\n'],
    ['it is not SDP', 'Good evening'],
    ['it is not SDP', chromium.replace('s=-', 'Good evening')],
    ['it must have two m-lines', chromium.slice(0, chromium.indexOf('m='))],
    ['it must have two m-lines', chromium.slice(0, chromium.indexOf('m=application'))],
    ['it must have two m-lines', `${chromium}m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:2\r\n`],
    ['it must have two m-lines', chromium.replace('a=mid:0', 'a=mid:2')],
    ['it must have two m-lines', chromium.replace('m=video', 'm=audio')],
    ['it must have two m-lines', chromium.replace('m=application', 'm=audio')],
    ['an m-line has no usable a=mid', dropLines(/^a=mid/)],
    ['it rejects the video', chromium.replace('m=video 9', 'm=video 0')],
    ['its video does not receive', chromium.replace('a=recvonly', 'a=inactive')],
    ['its video does not receive', chromium.replace('a=recvonly', 'a=sendonly')],
    ['it accepts none of the offered formats', mLine('120')],
    ['it accepts none of the offered formats', mLine('97 99')],
    ['it accepts none of the offered formats', dropLines(/rtpmap/)],
    ['its video is not in an a=group:BUNDLE', dropLines(/^a=group/)],
    ['its video is not in an a=group:BUNDLE', chromium.replace('BUNDLE 0', 'BUNDLE')],
    ['its a=group:BUNDLE names no m-line', chromium.replace('BUNDLE 0', 'BUNDLE 0 2')],
    ['so it must have a=setup:active', chromium.replace('setup:active', 'setup:passive')],
    ['so it must have a=setup:active', chromium.replace('setup:active', 'setup:actpass')],
    ['so it must have a=setup:active', dropLines(/^a=setup/)],
    ['it has no a=rtcp-mux', dropLines(/^a=rtcp-mux/)],
    ['it comes from an ICE-lite agent', chromium.replace('s=-', 's=-\r\na=ice-lite')],
    ['it has no usable a=ice-ufrag and a=ice-pwd', dropLines(/^a=ice-ufrag/)],
    ['it has no usable a=ice-ufrag and a=ice-pwd', chromium.replace(/a=ice-pwd:.*/, 'a=ice-pwd:short')],
    ['it has no usable a=fingerprint', dropLines(/^a=fingerprint/)],
    ['it has no usable a=fingerprint', chromium.replace('sha-256 77', 'sha-1 77')],
    ['it is longer than 64 KiB', chromium + 'a=x\r\n'.repeat(20_000)],
    ['it has more than 2000 lines', chromium + 'a=x\r\n'.repeat(2_000)],
    ['it has more than 200 candidates', chromium + 'a=candidate:1 1 udp 1 127.0.0.1 5000 typ host\r\n'.repeat(200)],
  ])('because %s', (what, sdp) => {
    expect(() => read(sdp)).toThrow(
      expect.objectContaining({ reason: 'bad_answer', message: expect.stringContaining(what) as string }),
    );
  });
});
