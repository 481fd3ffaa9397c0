import { describe, expect, test } from 'vitest';
import { StationError } from '../../src/shared/errors.ts';
import { readOffer } from '../../src/main/webrtc/offer.ts';
import { readWatchAnswer } from '../../src/main/webrtc/watch-offer.ts';
import { silentLog, watch } from './session.ts';
import { webrtcSessions } from '../../src/main/webrtc/sessions.ts';
import { onTestFinished } from 'vitest';

async function exchange() {
  const sessions = webrtcSessions({ loopbackHost: '127.0.0.1', log: silentLog });
  const notices = { connected: () => undefined, frame: () => undefined, gone: () => undefined };
  const session = await sessions.offerToWatch('loopback', notices);
  onTestFinished(() => session.close());
  const { answerSdp } = await watch(session.offerSdp);
  return { offerSdp: session.offerSdp, answerSdp };
}

const read = (answer: string) => readWatchAnswer(answer, 'loopback', () => 0);

function refused(answer: string): string {
  try {
    read(answer);
  } catch (error) {
    if (error instanceof StationError && error.reason === 'bad_answer') return error.message;
    throw error;
  }
  return 'taken';
}

describe('The offer with which a station watches another one', () => {
  test('asks for one picture in both formats, and for nothing beside it', async () => {
    const { offerSdp } = await exchange();
    expect(offerSdp.match(/^m=.*$/gm)).toEqual(['m=video 9 UDP/TLS/RTP/SAVPF 96 98']);
    expect(offerSdp).toContain('a=recvonly');
    expect(offerSdp).not.toMatch(/a=(?:extmap|ssrc|mediaclk)/);
    expect(readOffer(offerSdp, 'loopback')).toMatchObject({
      dataIndex: null,
      video: { codec: 'h264', rtxPayloadType: null },
    });
  });

  test('takes the answer of a station, in which that one waits for the handshake and tells its clock', async () => {
    const { answerSdp } = await exchange();
    expect(read(answerSdp)).toMatchObject({ setup: 'active', sctp: null, video: { codec: 'h264', payloadType: 96 } });
    expect(read(answerSdp).clock).toBeDefined();
    expect(read(answerSdp.replace(/a=mediaclk:.*\r\n/, '')).clock).toBeUndefined();
    expect(read(answerSdp.replace(/(a=mediaclk:direct=)\d+/, '$199999999999')).clock).toBeUndefined();
  });

  test.each([
    ['nothing', () => ''],
    ['no picture', (sdp: string) => sdp.replace('m=video 9', 'm=video 0')],
    ['a picture that does not send', (sdp: string) => sdp.replace('a=sendonly', 'a=inactive')],
    ['a format that was not offered', (sdp: string) => sdp.replaceAll(/\b96\b/g, '97')],
    ['no DTLS role', (sdp: string) => sdp.replace('a=setup:passive', 'a=setup:actpass')],
    ['no fingerprint', (sdp: string) => sdp.replaceAll(/a=fingerprint.*\r\n/g, '')],
    ['another section', (sdp: string) => `${sdp}m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:1\r\n`],
    ['far too much', (sdp: string) => sdp + 'a=x:y\r\n'.repeat(3_000)],
  ])('refuses an answer with %s', async (_what, change) => {
    const { answerSdp } = await exchange();
    expect(refused(answerSdp)).toBe('taken');
    expect(refused(change(answerSdp))).toMatch(/^That is not an answer to the station's offer: /);
  });
});
