import { once } from 'node:events';
import { connect as connectTcp, createServer, type AddressInfo, type Socket } from 'node:net';
import { Candidate } from 'werift';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { method } from '../../src/main/webrtc/intercept.ts';
import { firstFrame } from '../../src/main/webrtc/tcp-frame.ts';
import { TcpWay } from '../../src/main/webrtc/tcp-way.ts';
import { WeriftPlayer } from '../support/werift-player.ts';
import { offer, picture, stationPort, watch, type SessionOptions, type Watching } from './session.ts';

const tcpPort = (sdp: string): number => Number(/ 1 tcp \d+ \S+ (\d+) typ host tcptype passive\r$/m.exec(sdp)?.[1]);

/** A Player that UDP does not reach: it learns of the station's TCP ports only. */
async function connectOverTcp(options: SessionOptions = {}) {
  const player = newTcpPlayer();
  const offerSdp = await player.offer();
  const watching = await watch(offerSdp.replace(/a=candidate.*\r\n/g, ''), options);
  await player.accept(watching.answerSdp.replace(/a=candidate:\S+ 1 udp .*\r\n/g, ''));
  await Promise.all([watching.connected, player.connected]);
  return { ...watching, player };
}

function newTcpPlayer(): WeriftPlayer {
  const player = new WeriftPlayer();
  onTestFinished(() => player.close());
  for (const { connection } of player.pc.iceTransports) connection.options.useTcp = true;
  return player;
}

async function expectPictures({ viewer, player }: Pick<Watching, 'viewer'> & { player: WeriftPlayer }) {
  const before = player.pictures.length;
  await vi.waitFor(() => {
    viewer.write(picture(before + 1, { isKeyframe: true }));
    expect(player.pictures.length).toBeGreaterThan(before + 2);
  });
}

function tcpSockets(player: WeriftPlayer): Socket[] {
  const protocols = Reflect.get(player.pc.iceTransports[0]!.connection, 'protocols') as readonly object[];
  return protocols.flatMap((protocol) => {
    const sockets = Reflect.get(protocol, 'sockets') as ReadonlyMap<string, { readonly socket: Socket }> | undefined;
    return [...(sockets?.values() ?? [])].map(({ socket }) => socket);
  });
}

/** Connects as a stranger and sends that. */
async function stranger(port: number, bytes: Buffer): Promise<Socket> {
  const socket = connectTcp(port, '127.0.0.1').on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.write(bytes);
  return socket;
}

const framed = (packet: Buffer) => Buffer.concat([Buffer.from([packet.length >> 8, packet.length & 255]), packet]);

describe('a Player that UDP does not reach', () => {
  test('gets its pictures over TCP, large ones whole', async () => {
    const session = await connectOverTcp();
    await expectPictures(session);
    const { viewer, player } = session;
    const whole = picture(7, { isKeyframe: true, bytes: 900_000 });
    await vi.waitFor(() => {
      viewer.write(whole);
      expect(player.pictures.some(({ data }) => data.length >= 900_000)).toBe(true);
    });
  });

  test('gets them also where the station offers, though it comes before its answer', async () => {
    const { offered, ...told } = await offer();
    const player = newTcpPlayer();
    const sdp = await player.answer(offered.offerSdp.replace(/a=candidate:\S+ 1 udp .*\r\n/g, ''));
    const viewer = offered.answer({ type: 'answer', sdp: sdp.replace(/a=candidate.*\r\n/g, '') });
    onTestFinished(() => viewer.close('left'));
    await Promise.all([told.connected, player.connected]);
    await expectPictures({ viewer, player });
  });

  test('goes on over UDP as soon as it finds a way there, and needs TCP no more', async () => {
    const session = await connectOverTcp();
    const { answerSdp, player } = session;
    const [, candidate = ''] = /a=candidate:(\S+ 1 udp .*)\r\n/.exec(answerSdp) ?? [];
    const { connection } = player.pc.iceTransports[0]!;
    await connection.addRemoteCandidate(Candidate.fromSdp(candidate));
    const pair = connection.candidatePairs.find(({ remoteAddr: [, port] }) => port === stationPort(answerSdp))!;
    for (const checks of [1, 2]) {
      method(connection, 'checkStart')(pair);
      await vi.waitFor(() => expect(pair.responsesReceived).toBe(checks));
    }
    for (const socket of tcpSockets(player)) socket.destroy();
    await expectPictures(session);
  });

  test('misses whole pictures as long as too much waits for it, and then goes on', async () => {
    const session = await connectOverTcp();
    await expectPictures(session);
    // How much the system takes before anything waits depends on its memory.
    const backlog = vi.spyOn(TcpWay.prototype, 'backlogBytes').mockReturnValue(5_000_000);
    onTestFinished(() => backlog.mockRestore());
    session.viewer.write(picture(100, { isKeyframe: true }));
    session.viewer.write(picture(101));
    expect(session.viewer.skippedFrames).toBe(2);
    expect(session.viewer.telemetry().backlogBytes).toBe(5_000_000);
    backlog.mockRestore();
    await expectPictures(session);
  });

  test('keeps its pictures through an ICE restart, and is told of the TCP port again', async () => {
    const session = await connectOverTcp();
    const restart = await session.viewer.updateIce(`a=ice-ufrag:newname\r\na=ice-pwd:${'x'.repeat(22)}\r\n`, '*');
    expect(restart?.sdpFragment).toMatch(/a=candidate:\S+ 1 tcp \d+ 127\.0\.0\.1 \d+ typ host tcptype passive\r\n/);
    await expectPictures(session);
  });

  test('is told at once that the session has ended', async () => {
    const { viewer, player } = await connectOverTcp();
    await viewer.close('left');
    await vi.waitFor(() => expect(player.pc.dtlsTransports[0]!.state).toBe('closed'));
  });
});

describe('the TCP port', () => {
  test('is one for all sessions, is where the configuration says, and is open only as long as one needs it', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    await once(free, 'close');
    const player = newTcpPlayer();
    const { viewer, answerSdp } = await watch(await player.offer(), { media: { tcpPort: port } });
    expect(tcpPort(answerSdp)).toBe(port);
    await stranger(port, Buffer.from([0]));
    await viewer.close('left');
    await expect(once(connectTcp(port, '127.0.0.1'), 'connect')).rejects.toThrow('ECONNREFUSED');
  });

  test('that another program has costs nobody a picture', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const player = new WeriftPlayer();
    onTestFinished(() => player.close());
    const media = { tcpPort: (other.address() as AddressInfo).port };
    const watching = await watch(await player.offer(), { media });
    expect(watching.answerSdp).not.toContain(' tcp ');
    await player.accept(watching.answerSdp);
    await Promise.all([watching.connected, player.connected]);
    await expectPictures({ ...watching, player });
  });

  test('is not there where nobody shall come over TCP', async () => {
    const player = newTcpPlayer();
    const { answerSdp } = await watch(await player.offer(), { media: { tcpPort: false } });
    expect(answerSdp).toContain(' udp ');
    expect(answerSdp).not.toContain(' tcp ');
  });

  test.each([
    ['nothing that is a packet', Buffer.alloc(2_000, 0xff)],
    ['an empty packet', framed(Buffer.alloc(0))],
    ['something else than a check', framed(Buffer.from('GET / HTTP/1.1\r\n\r\n'))],
    ['a check that nobody has signed', framed(Buffer.from('000100002112a442b7e7a701bc34d686fa87dfae', 'hex'))],
  ])('sends a stranger away who says %s', async (_, bytes) => {
    const session = await connectOverTcp();
    const socket = await stranger(tcpPort(session.answerSdp), bytes);
    const heard: Buffer[] = [];
    socket.on('data', (data) => heard.push(data));
    await once(socket, 'close');
    expect(heard).toEqual([]);
    await expectPictures(session);
  });

  test('sends the oldest strangers away where too many wait, so that Players still come in', async () => {
    const { answerSdp } = await connectOverTcp();
    const port = tcpPort(answerSdp);
    const first = await stranger(port, Buffer.from([0]));
    const isOver = once(first, 'close');
    for (let count = 0; count < 64; count++) await stranger(port, Buffer.from([0]));
    await isOver;
    await expectPictures(await connectOverTcp());
  });
});

test('what a Player does not read is counted, and comes whole and in order when it does', async () => {
  const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const player = connectTcp((server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => void player.destroy());
  const [socket] = (await once(server, 'connection')) as [Socket];
  const way = new TcpWay();
  way.take(socket);
  onTestFinished(() => way.close());
  const to = [socket.remoteAddress!, socket.remotePort!] as const;

  let written = 0;
  await vi.waitFor(
    () => {
      for (let count = 0; count < 1_000; count++) way.write(Buffer.alloc(1_000, written++ % 251), to);
      expect(way.backlogBytes(to)).toBeGreaterThan(2_000_000);
    },
    { timeout: 10_000, interval: 1 },
  );

  let received = Buffer.alloc(0);
  let read = 0;
  player.on('data', (bytes) => {
    received = Buffer.concat([received, bytes]);
    for (let frame = firstFrame(received); frame; frame = firstFrame(received)) {
      if (frame.length === 1_000 && frame[0] === read % 251 && frame.at(-1) === read % 251) read++;
      received = received.subarray(frame.length + 2);
    }
  });
  await vi.waitFor(() => expect(read).toBe(written), { timeout: 10_000 });
  expect(way.backlogBytes(to)).toBe(0);
});
