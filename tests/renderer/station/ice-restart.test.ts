import { describe, expect, test } from 'vitest';
import { answerWithIce, iceFragment, restartIce } from '../../../src/renderer/station/ice-restart.ts';
import { asPeer, FakePeer, restartOffer } from '../fake-page.ts';

const lines = (...all: string[]): string => [...all, ''].join('\r\n');

const stationOffer = lines(
  'v=0',
  'o=- 7 1 IN IP4 127.0.0.1',
  'a=group:BUNDLE 0',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=ice-ufrag:old',
  'a=ice-pwd:oldPassword',
  'a=ice-options:trickle',
  'a=fingerprint:sha-256 AA:BB',
  'a=setup:actpass',
  'a=mid:0',
  'a=sendonly',
  'a=mediaclk:direct=1234',
  'a=ssrc:7 cname:eyepiece',
  'a=candidate:1 1 udp 1 10.0.0.1 5000 typ host',
  'a=end-of-candidates',
);

const stationFragment = lines(
  'a=ice-ufrag:new',
  'a=ice-pwd:newPassword',
  'm=video 9 UDP/TLS/RTP/SAVPF 0',
  'a=mid:0',
  'a=candidate:2 1 udp 1 10.0.0.2 6000 typ host',
  'a=end-of-candidates',
);

describe('The fragment for the station', () => {
  test('has the new credentials, the first section and the candidates that are known, and nothing else', () => {
    const sdp = lines(
      'v=0',
      's=-',
      'a=group:BUNDLE 0 1',
      'm=video 9 UDP/TLS/RTP/SAVPF 96 97',
      'c=IN IP4 0.0.0.0',
      'a=candidate:1 1 udp 1 10.0.0.5 5000 typ host',
      'a=ice-ufrag:page',
      'a=ice-pwd:pagePassword',
      'a=fingerprint:sha-256 AA:BB',
      'a=mid:0',
      'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
      'a=ice-ufrag:page',
      'a=ice-pwd:pagePassword',
      'a=mid:1',
    );
    expect(iceFragment(sdp)).toBe(
      lines(
        'a=ice-ufrag:page',
        'a=ice-pwd:pagePassword',
        'm=video 9 UDP/TLS/RTP/SAVPF 96 97',
        'a=mid:0',
        'a=candidate:1 1 udp 1 10.0.0.5 5000 typ host',
      ),
    );
  });

  test('is refused where the browser names no credentials', () => {
    expect(() => iceFragment(lines('v=0', 'm=video 9 UDP/TLS/RTP/SAVPF 96', 'a=mid:0'))).toThrow('without ICE');
    expect(() => iceFragment('')).toThrow('without ICE');
  });
});

describe("The station's answer to a restart", () => {
  test('is its offer of before with new credentials and candidates, as the passive end of DTLS', () => {
    expect(answerWithIce(stationOffer, stationFragment)).toBe(
      lines(
        'v=0',
        'o=- 7 1 IN IP4 127.0.0.1',
        'a=group:BUNDLE 0',
        'm=video 9 UDP/TLS/RTP/SAVPF 96',
        'a=ice-ufrag:new',
        'a=ice-pwd:newPassword',
        'a=candidate:2 1 udp 1 10.0.0.2 6000 typ host',
        'a=end-of-candidates',
        'a=ice-options:trickle',
        'a=fingerprint:sha-256 AA:BB',
        'a=setup:passive',
        'a=mid:0',
        'a=sendonly',
        'a=mediaclk:direct=1234',
        'a=ssrc:7 cname:eyepiece',
      ),
    );
  });

  test('gives the candidates to the first section only, whose path the others use', () => {
    const twoSections = lines(
      'm=video 9 UDP/TLS/RTP/SAVPF 96',
      'a=ice-ufrag:old',
      'a=ice-pwd:oldPassword',
      'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
      'a=ice-ufrag:old',
      'a=ice-pwd:oldPassword',
      'a=setup:passive',
    );
    expect(answerWithIce(twoSections, stationFragment)).toBe(
      lines(
        'm=video 9 UDP/TLS/RTP/SAVPF 96',
        'a=ice-ufrag:new',
        'a=ice-pwd:newPassword',
        'a=candidate:2 1 udp 1 10.0.0.2 6000 typ host',
        'a=end-of-candidates',
        'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
        'a=ice-ufrag:new',
        'a=ice-pwd:newPassword',
        'a=setup:passive',
      ),
    );
  });

  test('is refused where the station names no new credentials', () => {
    expect(() => answerWithIce(stationOffer, lines('a=mid:0'))).toThrow('without new credentials');
  });
});

describe('An ICE restart', () => {
  test('tells the station the new credentials and takes its own', async () => {
    const peer = new FakePeer();
    const asked: string[] = [];
    const ask = (fragment: string): Promise<string> => {
      asked.push(fragment);
      return Promise.resolve(stationFragment);
    };
    await restartIce(asPeer(peer), stationOffer, ask, new AbortController().signal);
    expect(asked).toEqual([iceFragment(restartOffer)]);
    expect(peer.remoteDescription).toEqual({ type: 'answer', sdp: answerWithIce(stationOffer, stationFragment) });
  });

  test('takes no answer any more once it was given up', async () => {
    const peer = new FakePeer();
    const restart = new AbortController();
    const ask = (): Promise<string> => {
      restart.abort();
      return Promise.resolve(stationFragment);
    };
    await restartIce(asPeer(peer), stationOffer, ask, restart.signal);
    expect(peer.remoteDescription).toBeNull();
  });
});
