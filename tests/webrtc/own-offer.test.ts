import { describe, expect, test } from 'vitest';
import { writeOffer } from '../../src/main/webrtc/own-offer.ts';

const facts = {
  ice: { ufrag: 'wxyz', password: 'y'.repeat(22) },
  fingerprints: [{ algorithm: 'sha-256', value: 'AB:CD' }],
  candidates: ['1 1 udp 1 127.0.0.1 5000 typ host'],
  hasAllCandidates: false,
  ssrc: 7,
  rtxSsrc: 8,
  clockOffset: 42,
};

describe('an offer of the station', () => {
  const lines = writeOffer(facts).split('\r\n');

  test('has one picture to send, as H.264 or VP8, each with its retransmissions', () => {
    expect(lines.filter((line) => /^(m=|a=rtpmap|a=fmtp|a=group)/.test(line))).toEqual([
      'a=group:BUNDLE 0 1',
      'm=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99',
      'a=rtpmap:96 H264/90000',
      'a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
      'a=rtpmap:97 rtx/90000',
      'a=fmtp:97 apt=96',
      'a=rtpmap:98 VP8/90000',
      'a=rtpmap:99 rtx/90000',
      'a=fmtp:99 apt=98',
      'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    ]);
    for (const feedback of ['nack', 'nack pli', 'ccm fir', 'goog-remb']) {
      expect(lines).toContain(`a=rtcp-fb:96 ${feedback}`);
      expect(lines).toContain(`a=rtcp-fb:98 ${feedback}`);
    }
  });

  test('leaves it to the Player to judge the link', () => {
    expect(lines.join('\n')).not.toMatch(/transport-cc|transport-wide-cc/);
  });

  test('leaves the DTLS role open, as an offer must, and names stream, clock and candidates', () => {
    expect(lines).toEqual(
      expect.arrayContaining([
        'a=setup:actpass',
        'a=sendonly',
        'a=rtcp-mux',
        'a=mid:0',
        expect.stringMatching(/^a=extmap:\d+ urn:ietf:params:rtp-hdrext:sdes:mid$/),
        expect.stringMatching(/^a=extmap:\d+ http:\/\/www\.webrtc\.org\/experiments\/rtp-hdrext\/playout-delay$/),
        expect.stringMatching(/^a=extmap:\d+ http:\/\/www\.webrtc\.org\/experiments\/rtp-hdrext\/abs-send-time$/),
        expect.stringMatching(/^a=msid:\S+ \S+$/),
        'a=fingerprint:sha-256 AB:CD',
        'a=ice-ufrag:wxyz',
        'a=ts-refclk:local',
        'a=mediaclk:direct=42',
        'a=ssrc-group:FID 7 8',
        'a=candidate:1 1 udp 1 127.0.0.1 5000 typ host',
      ]),
    );
  });

  test('says that there are no more candidates only where there are none', () => {
    expect(lines).not.toContain('a=end-of-candidates');
    expect(writeOffer({ ...facts, hasAllCandidates: true })).toContain('a=end-of-candidates');
  });
});
