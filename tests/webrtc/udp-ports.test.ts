import { createSocket } from 'node:dgram';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WeriftPlayer } from '../support/werift-player.ts';
import { stationPort, watch } from './session.ts';

/** Two ports that are free one after the other, as far as anybody can know. */
async function twoFreePorts(): Promise<readonly [number, number]> {
  for (;;) {
    const sockets = [createSocket('udp4'), createSocket('udp4')] as const;
    const bind = (socket: (typeof sockets)[0], port: number) =>
      new Promise<number>((bound, failed) => {
        socket.once('error', failed).bind(port, '127.0.0.1', () => bound(socket.address().port));
      });
    try {
      const first = await bind(sockets[0], 0);
      return [first, await bind(sockets[1], first + 1)];
    } catch {
      // The next one was taken, so others are tried.
    } finally {
      for (const socket of sockets) socket.close();
    }
  }
}

async function offerSdp(): Promise<string> {
  const player = new WeriftPlayer();
  onTestFinished(() => player.close());
  return player.offer();
}

describe('a range of UDP ports', () => {
  test('holds all media sockets, each its Viewer, and says so when it is used up', async () => {
    const udpPorts = await twoFreePorts();
    const options = { media: { udpPorts } };
    const sessions = [await watch(await offerSdp(), options), await watch(await offerSdp(), options)];
    const ports = sessions.map(({ answerSdp }) => stationPort(answerSdp));
    expect(ports.sort()).toEqual([...udpPorts]);

    await expect(watch(await offerSdp(), options)).rejects.toMatchObject({
      reason: 'station_full',
      message: expect.stringMatching(/^No UDP port from \d+ to \d+ is free.*media\.udpPorts/) as string,
    });
    await sessions[0]!.viewer.close('left');
    expect(udpPorts).toContain(stationPort((await watch(await offerSdp(), options)).answerSdp));
  });

  test('may hold ports that other programs have', async () => {
    const udpPorts = await twoFreePorts();
    const other = createSocket('udp4');
    onTestFinished(() => void other.close());
    await new Promise<void>((bound) => other.bind(udpPorts[0], '127.0.0.1', bound));
    for (const _ of [1, 2]) {
      const { viewer, answerSdp } = await watch(await offerSdp(), { media: { udpPorts } });
      expect(stationPort(answerSdp)).toBe(udpPorts[1]);
      await viewer.close('left');
    }
  });
});
