import { Socket } from 'node:dgram';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ReceiverEstimatedMaxBitrate, RtcpPayloadSpecificFeedback } from 'werift';
import { connect, connectOffered, picture, watch, type Session } from './session.ts';
import { WeriftPlayer } from '../support/werift-player.ts';

/** Sends pictures at about 50 a second until something is so. */
async function sendUntil(session: Session, assertion: () => void): Promise<void> {
  let number = 0;
  await vi.waitFor(
    () => {
      number += 1;
      session.viewer.write(picture(number, { isKeyframe: number === 1 }));
      assertion();
    },
    { timeout: 15_000, interval: 20 },
  );
}

describe('the telemetry of a Viewer', () => {
  test.each([
    { who: 'the Player', open: connect },
    { who: 'the station', open: connectOffered },
  ])('tells what arrives from what the Player reports, when $who offered', async ({ open }) => {
    const beganMs = performance.now();
    const session = await open();
    const telemetry = () => session.viewer.telemetry();
    expect(telemetry()).toMatchObject({ path: 'direct', roundTripMs: null, lossShare: null, keyframeRequests: 0 });
    await sendUntil(session, () => expect(telemetry().roundTripMs).not.toBeNull());
    const tookMs = performance.now() - beganMs;
    const { roundTripMs, lossShare, jitterMs, connectedForMs, kbitPerS, resentPackets } = telemetry();
    // The Player keeps our report for a while before it answers, and that while is no part of the round trip.
    expect(roundTripMs).toBeLessThan(tookMs / 4);
    expect(roundTripMs).toBeGreaterThanOrEqual(0);
    expect(connectedForMs).toBeLessThanOrEqual(tookMs);
    expect(jitterMs).toBeGreaterThanOrEqual(0);
    expect({ lossShare, resentPackets }).toEqual({ lossShare: 0, resentPackets: 0 });
    expect(kbitPerS).toBeGreaterThan(0);
  });

  test('says that nothing is known while the Player still connects', async () => {
    const player = new WeriftPlayer();
    onTestFinished(() => player.close());
    const { viewer } = await watch(await player.offer());
    expect(viewer.telemetry()).toEqual({
      connectedForMs: null,
      path: null,
      kbitPerS: 0,
      roundTripMs: null,
      lossShare: null,
      jitterMs: null,
      backlogBytes: 0,
      skippedFrames: 0,
      resentPackets: 0,
      keyframeRequests: 0,
      keepalive: null,
      availableKbitPerS: null,
      pictures: null,
    });
  });

  test('says so where the Player names the address that it is reached at as one of a TURN server', async () => {
    const player = new WeriftPlayer();
    onTestFinished(() => player.close());
    const offerSdp = (await player.offer()).replaceAll('typ host', 'typ relay raddr 127.0.0.1 rport 9');
    const { viewer, answerSdp, connected } = await watch(offerSdp);
    await player.accept(answerSdp);
    await connected;
    expect(viewer.telemetry().path).toBe('relayed');
  });

  test('tells what the system has not sent yet', async () => {
    const { viewer } = await connect();
    expect(viewer.telemetry().backlogBytes).toBe(0);
    const queue = vi.spyOn(Socket.prototype, 'getSendQueueSize').mockReturnValue(70_000);
    onTestFinished(() => queue.mockRestore());
    expect(viewer.telemetry().backlogBytes).toBe(70_000);
  });

  test('tells what the Player says that its link could carry', async () => {
    const { viewer, player } = await connect();
    viewer.write(picture(1, { isKeyframe: true }));
    await vi.waitFor(() => expect(player.packets).not.toHaveLength(0));
    const [ssrc = 0] = player.ssrcs;
    const facts = { senderSsrc: 1, mediaSsrc: 0, uniqueID: 'REMB', ssrcNum: 1, ssrcFeedbacks: [ssrc] };
    const feedback = new ReceiverEstimatedMaxBitrate({ ...facts, brExp: 4, brMantissa: 100_000 });
    await player.pc.dtlsTransports[0]?.sendRtcp([new RtcpPayloadSpecificFeedback({ feedback })]);
    await vi.waitFor(() => expect(viewer.telemetry().availableKbitPerS).toBe(1_600));
  });

  test('counts what was sent again', async () => {
    let count = 0;
    const session = await connect({ loses: () => ++count % 20 === 10 });
    await sendUntil(session, () => expect(session.player.resent.length).toBeGreaterThan(1));
    expect(session.viewer.telemetry().resentPackets).toBeGreaterThanOrEqual(session.player.resent.length);
  });

  test('counts the keyframes that the Player asks for', async () => {
    const session = await connect();
    session.viewer.write(picture(1, { isKeyframe: true }));
    await vi.waitFor(() => expect(session.player.packets).not.toHaveLength(0));
    await session.player.sendFeedback('keyframe');
    await session.player.sendFeedback('keyframe');
    await vi.waitFor(() => expect(session.viewer.telemetry().keyframeRequests).toBe(2));
  });
});
