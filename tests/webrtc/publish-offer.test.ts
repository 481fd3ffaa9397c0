import { describe, expect, test } from 'vitest';
import { readPublishOffer, writePublishAnswer } from '../../src/main/webrtc/publish-offer.ts';

const transport = `a=ice-ufrag:ZM7Z
a=ice-pwd:pC+0uYcXMC9IeCDSDrJNYVTw
a=fingerprint:sha-256 77:09:7C:13:6E:04:19:61:D1:E5:30:D2:34:94:56:9B:78:59:C5:CD:44:D7:37:69:E9:C2:5F:F6:B0:25:EE:72`;

/** As OBS writes it: sound, and video that is only sent. */
const obs = `v=0
o=rtc 3767197920 0 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
${transport}
a=setup:actpass
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=mid:0
a=sendonly
a=rtcp-mux
a=rtpmap:111 opus/48000/2
m=video 9 UDP/TLS/RTP/SAVPF 96
c=IN IP4 0.0.0.0
a=mid:1
a=sendonly
a=rtcp-mux
a=rtpmap:96 H264/90000
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtcp-fb:96 goog-remb
a=fmtp:96 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1
`;

/** As FFmpeg writes it: it waits for our DTLS, and its bundle names a section for sound that is not there. */
const ffmpeg = `v=0
o=FFmpeg 4489045141692799359 2 IN IP4 127.0.0.1
s=FFmpegPublishSession
t=0 0
a=group:BUNDLE 0 1
m=video 9 UDP/TLS/RTP/SAVPF 106
c=IN IP4 0.0.0.0
${transport}
a=setup:passive
a=mid:1
a=sendonly
a=rtcp-mux
a=rtpmap:106 H264/90000
a=fmtp:106 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
`;

const facts = {
  ice: { ufrag: 'abcd', password: 'abcdefghijklmnopqrstuv' },
  fingerprints: [{ algorithm: 'sha-256', value: 'AA' }],
  candidates: ['1 1 udp 1 127.0.0.1 5000 typ host'],
  hasAllCandidates: true,
  ssrc: 5,
  rtxSsrc: 6,
  clockOffset: 7,
};
const answer = (offer: string) => writePublishAnswer(readPublishOffer(offer, 'loopback'), facts).split('\r\n');

describe('an offer to publish', () => {
  test('is answered with one section that receives, and sound is rejected', () => {
    const lines = answer(obs);
    expect(lines).toContain('m=audio 0 UDP/TLS/RTP/SAVPF 111');
    expect(lines).toContain('a=inactive');
    expect(lines).toContain('m=video 9 UDP/TLS/RTP/SAVPF 96');
    expect(lines).toContain('a=recvonly');
    expect(lines).toContain('a=group:BUNDLE 1');
    expect(lines).toContain('a=setup:passive');
    expect(lines.filter((line) => line.startsWith('a=rtcp-fb:'))).toEqual([
      'a=rtcp-fb:96 nack',
      'a=rtcp-fb:96 nack pli',
      'a=rtcp-fb:96 goog-remb',
    ]);
    expect(lines.some((line) => line.startsWith('a=ssrc'))).toBe(false);
  });

  test('of FFmpeg is answered with the DTLS role that it leaves to the station', () => {
    expect(answer(ffmpeg)).toContain('a=setup:active');
  });

  test('may be VP8', () => {
    const vp8 = obs.replace('H264/90000', 'VP8/90000').replace(/a=fmtp.*\n/, '');
    expect(readPublishOffer(vp8, 'loopback').video.codec).toBe('vp8');
  });

  test.each([
    ['nothing at all', '', 'bad_offer'],
    ['no video', obs.replace('m=video', 'm=text'), 'bad_offer'],
    ['video that only receives', obs.replaceAll('a=sendonly', 'a=recvonly'), 'bad_offer'],
    ['a codec that nobody could be shown', obs.replace('H264/90000', 'H265/90000'), 'no_common_codec'],
    [
      'H.264 that can’t carry a whole picture',
      obs.replace('packetization-mode=1', 'packetization-mode=0'),
      'no_common_codec',
    ],
    ['no bundle', obs.replace(/a=group.*\n/, ''), 'bad_offer'],
    ['no DTLS role', obs.replace('a=setup:actpass', 'a=setup:holdconn'), 'bad_offer'],
    ['no certificate', obs.replace(/a=fingerprint.*\n/, ''), 'bad_offer'],
    [
      'too many sections',
      obs + Array.from({ length: 4 }, (_, at) => `m=audio 9 X 1\na=mid:a${at}\n`).join(''),
      'offer_too_complex',
    ],
  ])('is refused with %s', (_what, offer, reason) => {
    expect(() => readPublishOffer(offer, 'loopback')).toThrow(expect.objectContaining({ reason }) as Error);
  });
});
