import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { createSelfSignedCertificate, HashAlgorithm, SignatureAlgorithm } from 'werift';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { IceCandidate } from '../../src/shared/api.ts';
import type { Viewer } from '../../src/main/station/ports.ts';
import { WeriftPlayer, type PlayerOptions } from '../support/werift-player.ts';
import { connectOffered, offer, picture, type Offering } from './session.ts';
import { slowStunServer, slowTurnServer } from './slow-servers.ts';

function newPlayer(options: PlayerOptions = {}): WeriftPlayer {
  const player = new WeriftPlayer(options);
  onTestFinished(() => player.close());
  return player;
}

function answered({ offered }: Offering, sdp: string): Viewer {
  const viewer = offered.answer({ type: 'answer', sdp });
  onTestFinished(() => viewer.close('left'));
  return viewer;
}

async function expectPictures({ viewer, player }: { viewer: Viewer; player: WeriftPlayer }): Promise<void> {
  const before = player.pictures.length;
  await vi.waitFor(() => {
    viewer.write(picture(before + 1, { isKeyframe: true, codec: viewer.codec }));
    expect(player.pictures.length).toBeGreaterThan(before + 2);
  });
}

const withoutCandidates = (sdp: string) => sdp.replace(/a=(candidate:.*|end-of-candidates)\r\n/g, '');
const candidatesIn = (sdp: string) => [...sdp.matchAll(/a=(candidate:.*)\r\n/g)].map(([, line = '']) => line);
const hostsIn = (sdp: string) => [...sdp.matchAll(/a=candidate:\S+ 1 udp \d+ (\S+) /g)].map(([, host]) => host);

/** What a session tells of its candidates. */
function listenTo({ offered }: Offering): (IceCandidate | null)[] {
  const told: (IceCandidate | null)[] = [];
  offered.onCandidate((candidate) => told.push(candidate));
  return told;
}

describe('a Player that answers the station', () => {
  test('gets the pictures byte for byte', async () => {
    const session = await connectOffered();
    const frames = [1, 2, 3].map((number) => picture(number, { isKeyframe: number === 1, bytes: 20_000 }));
    for (const frame of frames) session.viewer.write(frame);
    await vi.waitFor(() => expect(session.player.pictures).toHaveLength(3));
    expect(session.player.pictures.map(({ data }) => data)).toEqual(frames.map(({ data }) => Buffer.from(data)));
  });

  test('gets VP8 where that is all it can play', async () => {
    const session = await connectOffered({ codecs: ['vp8'] });
    expect(session.viewer.codec).toBe('vp8');
    await expectPictures(session);
  });

  test('gets lost packets again on the stream that the offer named for it', async () => {
    let losses = 0;
    const session = await connectOffered({ loses: ({ header }) => header.marker && losses++ === 0 });
    session.viewer.write(picture(1, { isKeyframe: true, bytes: 20_000 }));
    session.viewer.write(picture(2));
    await vi.waitFor(() => expect(session.player.pictures).toHaveLength(2));
    expect(session.player.resent).toHaveLength(1);
  });

  test('is led by the station in the choice of the path, and shakes hands with it as with a server', async () => {
    const { player } = await connectOffered();
    expect(player.pc.iceTransports[0]!.connection.iceControlling).toBe(false);
    expect(player.pc.dtlsTransports[0]!.role).toBe('client');
  });

  test('keeps its session under the id of the offer', async () => {
    const offering = await offer();
    const viewer = answered(offering, await newPlayer().answer(offering.offered.offerSdp));
    expect(viewer.id).toBe(offering.offered.id);
  });

  test('can answer rightly after it has answered wrongly', async () => {
    const offering = await offer();
    const player = newPlayer();
    const sdp = await player.answer(offering.offered.offerSdp);
    expect(() => offering.offered.answer({ type: 'offer', sdp })).toThrow(/must be "answer"/);
    expect(() => offering.offered.answer({ type: 'answer', sdp: '' })).toThrow(/it is empty/);
    expect(() => offering.offered.answer({ type: 'answer', sdp: sdp.replace('active', 'passive') })).toThrow(/setup/);
    const viewer = answered(offering, sdp);
    await Promise.all([offering.connected, player.connected]);
    await expectPictures({ viewer, player });
  });

  test('is told at once when its session ends', async () => {
    const { viewer, player, gone } = await connectOffered();
    const ended = player.pc.dtlsTransports[0]!.onStateChange.watch((state) => state === 'closed');
    await viewer.close('left');
    await ended;
    expect(await gone).toBe('left');
  });

  test('ends its session with its goodbye', async () => {
    const { player, gone } = await connectOffered();
    player.sayGoodbye();
    expect(await gone).toBe('closed_by_peer');
  });

  test('gets no picture where it shows a certificate that is not its own', async () => {
    const signatureHash = { signature: SignatureAlgorithm.ecdsa_3, hash: HashAlgorithm.sha256_4 };
    const victim = await createSelfSignedCertificate(signatureHash);
    const thief = await createSelfSignedCertificate(signatureHash);
    const player = newPlayer({ keys: { ...victim, keyPem: thief.keyPem } });
    const offering = await offer();
    const viewer = answered(offering, await player.answer(offering.offered.offerSdp));
    expect(await offering.gone).toBe('ice_failed');
    expect(viewer.isConnected).toBe(false);
  });
});

describe('candidates that come one by one', () => {
  test.each(['before', 'after'])('from the Player %s its answer are what connects it', async (when) => {
    const offering = await offer();
    const player = newPlayer();
    // It knows no address of the station, so that only the station's checks can make the connection.
    const sdp = await player.answer(withoutCandidates(offering.offered.offerSdp));
    const add = async (to: { addIceCandidate(candidate: IceCandidate): Promise<void> }) => {
      for (const candidate of candidatesIn(sdp)) await to.addIceCandidate({ candidate, sdpMid: '0', sdpMLineIndex: 0 });
    };
    if (when === 'before') await add(offering.offered);
    const viewer = answered(offering, withoutCandidates(sdp));
    if (when === 'after') await add(viewer);
    await Promise.all([offering.connected, player.connected]);
    await expectPictures({ viewer, player });
  });

  test('from the station are what connects a Player that the station can’t reach by itself', async () => {
    const offering = await offer();
    const player = newPlayer();
    const sdp = await player.answer(withoutCandidates(offering.offered.offerSdp));
    const viewer = answered(offering, withoutCandidates(sdp));
    viewer.onCandidate((candidate) => {
      if (!candidate) return;
      const { sdpMid = null, sdpMLineIndex = null } = candidate;
      void player.pc.addIceCandidate({ ...candidate, sdpMid: sdpMid ?? '', sdpMLineIndex: sdpMLineIndex ?? 0 });
    });
    await Promise.all([offering.connected, player.connected]);
    await expectPictures({ viewer, player });
  });

  test('from the Player as a fragment count as well before there is an answer', async () => {
    const offering = await offer();
    const player = newPlayer();
    const sdp = await player.answer(withoutCandidates(offering.offered.offerSdp));
    const fragment = candidatesIn(sdp).map((line) => `a=${line}\r\n`);
    expect(await offering.offered.updateIce(fragment.join(''))).toBeNull();
    const viewer = answered(offering, withoutCandidates(sdp));
    await Promise.all([offering.connected, player.connected]);
    await expectPictures({ viewer, player });
  });

  test('and end at once where no server is asked', async () => {
    const offering = await offer();
    const told = listenTo(offering);
    expect(offering.offered.offerSdp).toContain('a=end-of-candidates');
    expect(told.map((each) => each && each.candidate)).toEqual([...candidatesIn(offering.offered.offerSdp), null]);
    expect(told[0]).toMatchObject({ sdpMid: '0', sdpMLineIndex: 0 });
  });
});

describe('an offer', () => {
  test('does not wait for servers; what they say is told later, to those who listen late as well', async () => {
    const stun = await slowStunServer();
    const offering = await offer({ iceServers: [{ urls: stun.url }], media: { tcpPort: false } });
    const { offerSdp } = offering.offered;
    expect(hostsIn(offerSdp)).toEqual(['127.0.0.1']);
    expect(offerSdp).not.toContain('end-of-candidates');
    const told = listenTo(offering);
    expect(told).toHaveLength(1);
    await vi.waitFor(() => expect(stun.asked.length).toBeGreaterThan(0));
    stun.answer();
    await vi.waitFor(() => expect(told.at(-1)).toBeNull());
    expect(told[1]?.candidate).toMatch(/ 192\.0\.2\.99 4242 typ srflx raddr 127\.0\.0\.1 /);
    expect(listenTo(offering)).toEqual(told);
  });

  test('makes use of a relay that is found only after the answer', async () => {
    const turn = await slowTurnServer();
    const offering = await offer({ iceServers: [turn.iceServer] });
    const told = listenTo(offering);
    const player = new WeriftPlayer();
    const sdp = await player.answer(withoutCandidates(offering.offered.offerSdp));
    await player.close();
    answered(offering, sdp);
    await vi.waitFor(() => expect(turn.waiting.length).toBeGreaterThan(0));
    expect(turn.permitted).toEqual([]);
    turn.answer();
    await vi.waitFor(() => expect(told.at(-1)).toBeNull());
    expect(told.at(-2)?.candidate).toMatch(/ 192\.0\.2\.50 5050 typ relay /);
    await vi.waitFor(() => expect(turn.permitted).toEqual(['127.0.0.1']));
  });

  test('leaves no socket open where a server answers only after its end', async () => {
    const turn = await slowTurnServer();
    const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'UDPWrap').length;
    // That of the server.
    await vi.waitFor(() => expect(sockets()).toBe(1));
    const { offered } = await offer({ iceServers: [turn.iceServer] });
    await vi.waitFor(() => expect(turn.waiting.length).toBeGreaterThan(0));
    expect(sockets()).toBe(3);
    await offered.close('left');
    turn.answer();
    await vi.waitFor(() => expect(sockets()).toBe(1));
  });

  test('tells no more candidates to whoever has had enough, and ends the list when the session ends', async () => {
    const stun = await slowStunServer();
    const offering = await offer({ iceServers: [{ urls: stun.url }], media: { tcpPort: false } });
    const early: unknown[] = [];
    offering.offered.onCandidate((candidate) => early.push(candidate))();
    const told = listenTo(offering);
    await offering.offered.close('left');
    expect(told.at(-1)).toBeNull();
    expect(early).toHaveLength(1);
  });

  test('uses the servers that it is made with instead of the configured ones', async () => {
    const [configured, own] = [await slowStunServer(), await slowStunServer()];
    const settings = { iceServers: [{ urls: configured.url }] };
    await offer({ ...settings, ownServers: [{ urls: own.url }] });
    await vi.waitFor(() => expect(own.asked.length).toBeGreaterThan(0));
    const none = await offer({ ...settings, ownServers: [] });
    expect(none.offered.offerSdp).toContain('a=end-of-candidates');
    expect(configured.asked).toEqual([]);
  });

  test('stays on this machine unless the network is within its reach', async () => {
    expect(hostsIn((await offer()).offered.offerSdp)).toEqual(['127.0.0.1']);
    expect(hostsIn((await offer({ loopbackHost: '::1' })).offered.offerSdp)).toEqual(['::1']);
    const wide = await offer({ reach: 'network' });
    const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
    const outside = addresses.filter(({ internal, family }) => !internal && family === 'IPv4');
    expect(hostsIn(wide.offered.offerSdp)).toEqual(
      expect.arrayContaining(['127.0.0.1', ...outside.map(({ address }) => address)]),
    );
  });

  test('that nobody answers is withdrawn, and its socket is free', async () => {
    const { offered, gone } = await offer({ connectTimeoutMs: 50 });
    expect(await gone).toBe('connect_timeout');
    const port = Number(/ 127\.0\.0\.1 (\d+) typ host/.exec(offered.offerSdp)?.[1]);
    const socket = createSocket('udp4');
    onTestFinished(() => void socket.close());
    await new Promise<void>((bound) => socket.bind(port, '127.0.0.1', bound));
    expect(() => offered.answer({ type: 'answer', sdp: '' })).toThrow(/already gone/);
  });

  test('that is answered by somebody who never comes ends as well', async () => {
    const offering = await offer({ connectTimeoutMs: 100 });
    const player = new WeriftPlayer();
    const sdp = await player.answer(withoutCandidates(offering.offered.offerSdp));
    await player.close();
    answered(offering, sdp);
    expect(await offering.gone).toBe('connect_timeout');
    expect(offering.ends).toEqual(['connect_timeout']);
  });
});
