import { CipherContext, HashAlgorithm, NamedCurveAlgorithm, RtpHeader, SignatureAlgorithm } from 'werift';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { VideoFrame } from '../../src/main/station/frame.ts';
import { payloads } from '../../src/main/webrtc/rtp.ts';
import { webrtcSessions, type WebrtcOptions } from '../../src/main/webrtc/sessions.ts';
import type { PublisherEnd } from '../../src/shared/stream-event.ts';
import { WeriftPlayer, type PlayerOptions } from '../support/werift-player.ts';
import { picture, silentLog } from './session.ts';

type Role = 'actpass' | 'passive';

/** A werift peer that publishes; what the station leaves to it as its DTLS role is `role`. */
async function publish(role: Role, options: Partial<WebrtcOptions> = {}, player: PlayerOptions = {}) {
  const client = new WeriftPlayer(player);
  onTestFinished(() => client.close());
  const frames: VideoFrame[] = [];
  const ends: PublisherEnd[] = [];
  const connected = vi.fn();
  const offer = (await client.offer())
    .replace('a=recvonly', 'a=sendonly')
    .replaceAll('a=setup:actpass', `a=setup:${role}`);
  const notices = {
    connected,
    frame: (frame: VideoFrame) => void frames.push(frame),
    gone: (reason: PublisherEnd) => void ends.push(reason),
  };
  const sessions = webrtcSessions({ loopbackHost: '127.0.0.1', log: silentLog, ...options });
  const { publisher, answerSdp } = await sessions.acceptPublisher(offer, 'loopback', notices);
  onTestFinished(() => publisher.close('left'));
  const accept = () => client.accept(answerSdp.replace('a=recvonly', 'a=sendonly'));
  return { client, publisher, answerSdp, frames, ends, connected, accept };
}

/** What sends pictures one after the other. */
function sender(client: WeriftPlayer, answerSdp: string): (index: number, isKeyframe: boolean) => void {
  const payloadType = Number(/m=video 9 \S+ (\d+)/.exec(answerSdp)?.[1]);
  let sequenceNumber = 0;
  return (index, isKeyframe) => {
    const parts = payloads(picture(index, { isKeyframe }));
    for (const [at, part] of parts.entries()) {
      const marker = at === parts.length - 1;
      const header = new RtpHeader({ payloadType, ssrc: 77, timestamp: 3_000 * index, sequenceNumber, marker });
      sequenceNumber++;
      void client.pc.dtlsTransports[0]!.sendRtp(Buffer.from(part), header);
    }
  };
}

describe('somebody who publishes', () => {
  test.each([
    ['offers both DTLS roles', 'actpass', 'passive'],
    ['waits for the station’s DTLS, as FFmpeg does', 'passive', 'active'],
  ] as const)('is received who %s', async (_who, role, setup) => {
    const { client, answerSdp, frames, connected, accept } = await publish(role);
    expect(answerSdp).toContain(`a=setup:${setup}`);
    await accept();
    await vi.waitFor(() => expect(connected).toHaveBeenCalled(), 10_000);
    await client.connected;
    const send = sender(client, answerSdp);
    send(1, true);
    await vi.waitFor(() => expect(frames).toHaveLength(1));
    expect(frames[0]).toMatchObject({ number: 1, codec: 'h264', isKeyframe: true });
    expect(Buffer.from(frames[0]!.data).equals(picture(1, { isKeyframe: true }).data)).toBe(true);
  });

  test.each(['actpass', 'passive'] as const)(
    'is not, with a certificate that is another’s (a=setup:%s)',
    async (role) => {
      const make = () =>
        CipherContext.createSelfSignedCertificateWithKey(
          { signature: SignatureAlgorithm.ecdsa_3, hash: HashAlgorithm.sha256_4 },
          NamedCurveAlgorithm.secp256r1_23,
        );
      const [victim, thief] = [await make(), await make()];
      const { ends, connected, accept } = await publish(role, {}, { keys: { ...victim, keyPem: thief.keyPem } });
      await accept();
      await vi.waitFor(() => expect(ends).toEqual(['ice_failed']), 10_000);
      expect(connected).not.toHaveBeenCalled();
    },
  );

  test('is gone with a goodbye, or without a word, or where it never came', async () => {
    const polite = await publish('actpass');
    await polite.accept();
    await polite.client.connected;
    polite.client.sayGoodbye();
    await vi.waitFor(() => expect(polite.ends).toEqual(['closed_by_peer']));

    const silent = await publish('actpass', { silenceTimeoutMs: 300 });
    await silent.accept();
    await vi.waitFor(() => expect(silent.ends).toEqual(['silent']), 10_000);

    const late = await publish('actpass', { connectTimeoutMs: 300 });
    await vi.waitFor(() => expect(late.ends).toEqual(['connect_timeout']), 10_000);
    await expect(late.publisher.updateIce('a=ice-ufrag:abcd\r\n')).rejects.toMatchObject({ reason: 'bad_candidate' });
  });

  test('ends alone where its pictures make something fail, also those that waited for others', async () => {
    const { client, answerSdp, frames, ends, accept } = await publish('actpass');
    await accept();
    await client.connected;
    const send = sender(client, answerSdp);
    send(1, true);
    await vi.waitFor(() => expect(frames).toHaveLength(1));
    vi.spyOn(frames, 'push').mockImplementation(() => {
      throw new Error('a mistake of ours');
    });
    vi.spyOn(client.pc.dtlsTransports[0]!, 'sendRtp').mockResolvedValueOnce(0);
    send(2, false);
    send(3, true);
    await vi.waitFor(() => expect(ends).toEqual(['internal_error']), 5_000);
  });

  test('is not disturbed by junk on its own address', async () => {
    const { client, answerSdp, frames, ends, accept } = await publish('actpass');
    await accept();
    await client.connected;
    const send = sender(client, answerSdp);
    send(1, true);
    await vi.waitFor(() => expect(frames).toHaveLength(1));
    // More at once than the socket has room for would push the second picture out.
    for (let count = 0; count < 60; count++) {
      const junk = Buffer.from(Array.from({ length: count % 60 }, (_, at) => (at * 37 + count * 11) & 255));
      client.sendRaw(Buffer.concat([Buffer.from([0x80 | (count & 0x3f), 96]), junk]));
    }
    send(2, false);
    await vi.waitFor(() => expect(frames).toHaveLength(2));
    expect(ends).toEqual([]);
  });
});
