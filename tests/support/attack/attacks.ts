import { createSocket } from 'node:dgram';
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { isLiveView } from '../../http/hardening/request.ts';
import { RawHttp } from '../raw-http.ts';
import { dtlsRecord, WeriftPlayer } from '../werift-player.ts';
import type { AttackedStation } from './attacked.ts';
import { malformedMessages, malformedRequests, malformedSdps, type Malformed } from './malformed.ts';

/** What came of an attack: how much was sent, and what was answered otherwise than it should be. */
export interface Outcome {
  readonly sent: number;
  readonly wrong: readonly string[];
  readonly answers: Readonly<Record<string, number>>;
}

/** So many connections at a time, of the 256 that a door takes. */
const atATime = 16;
/** A machine may ask for forty sessions a second; each address here asks less at a time. */
const requestsEach = 30;
const batch = 1_000;

/** Sends malformed requests, and among them malformed offers, to both doors. */
export async function sendRequests(
  { ports, routes, admin }: AttackedStation,
  counts: { readonly requests: number; readonly sdps: number },
  seed: number,
): Promise<Outcome> {
  const player = new WeriftPlayer({ channels: [{ label: 'commands' }] });
  const offer = await player.offer();
  await player.close();
  const answers: Record<string, number> = {};
  const wrong: string[] = [];
  const doors = [
    { port: ports.open, host: `127.0.0.1:${ports.open}`, authorization: null },
    { port: ports.guarded, host: `127.0.0.1:${ports.guarded}`, authorization: admin },
  ];
  let sent = 0;
  for (const { port, host, authorization } of doors) {
    const offers = malformedSdps(offer).map((sdp) => offerRequest(sdp, host, authorization));
    // What only the guarded door has is nowhere at the other, which is just as well.
    const requests = malformedRequests(
      routes.filter(({ right }) => authorization !== null || right !== 'manage_access'),
      host,
      authorization,
    );
    const total = Math.round((counts.requests + counts.sdps) / doors.length);
    const mix = fc.oneof({ arbitrary: requests, weight: counts.requests }, { arbitrary: offers, weight: counts.sdps });
    for (let begun = 0; begun < total; begun += batch) {
      const malformed = fc.sample(mix, { numRuns: Math.min(batch, total - begun), seed: seed + sent });
      await sendAll(port, malformed, (one, status, body) => {
        answers[status] = (answers[status] ?? 0) + 1;
        if (!isRefusal(one, status, body)) {
          wrong.push(`${status} to ${JSON.stringify(one.bytes.toString('latin1', 0, 300))}`);
        }
      });
      sent += malformed.length;
    }
  }
  return { sent, wrong, answers };
}

/** What ImSwitch's clients understand as a refusal has another status. */
function isRefusal({ url }: Malformed, status: number, body: string): boolean {
  if (status >= 400 && status < 500) return true;
  return status === 200 && isLiveView({ url, method: '', right: 'watch' }) && /^\{"status":"/.test(body);
}

function offerRequest(sdp: string, host: string, authorization: string | null): Malformed {
  const isPlain = sdp.length % 2 === 0;
  const body = Buffer.from(isPlain ? sdp : JSON.stringify({ sdp, type: 'offer' }));
  const head = [
    `POST ${isPlain ? '/whep/clock' : '/offer'} HTTP/1.1`,
    `Host: ${host}`,
    `Content-Type: ${isPlain ? 'application/sdp' : 'application/json'}`,
    `Content-Length: ${body.length}`,
    ...(authorization === null ? [] : [`Authorization: ${authorization}`]),
  ];
  return { bytes: Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]), hasBody: true, url: '' };
}

let addresses = 0;

/** From many addresses, as if it were many machines. */
function nextAddress(): string {
  addresses = (addresses + 1) % 60_000;
  return `127.${1 + Math.floor(addresses / 250)}.0.${1 + (addresses % 250)}`;
}

async function sendAll(
  port: number,
  malformed: readonly Malformed[],
  told: (one: Malformed, status: number, body: string) => void,
): Promise<void> {
  const waiting = [...malformed];
  const work = async (): Promise<void> => {
    while (waiting.length > 0) {
      const connection = new RawHttp(port, nextAddress());
      for (const one of waiting.splice(-requestsEach)) {
        const { status, body } = await connection.ask(one.bytes, one.hasBody);
        told(one, status, body);
      }
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
}

/** Each channel is closed after its fifth bad message, and each session ended after its eighth channel. */
const messagesEach = 5;
const channelsEach = 7;

/** Says malformed things over the channels for commands of sessions of its own. */
export async function sendMessages({ ports }: AttackedStation, count: number, seed: number): Promise<Outcome> {
  const messages = fc.sample(malformedMessages, { numRuns: count, seed });
  const answers: Record<string, number> = {};
  const wrong: string[] = [];
  while (messages.length > 0) {
    const player = new WeriftPlayer({ channels: [{ label: 'commands' }] });
    await connect(player, ports.open);
    let channel = player.channels[0]!;
    for (let opened = 0; opened < channelsEach && messages.length > 0; opened++) {
      // Another number, because werift takes the old one back before the station's end of it is closed.
      if (opened > 0) channel = player.openChannel({ label: 'commands', id: 5 + 2 * opened });
      await channel.opened;
      for (const message of messages.splice(0, messagesEach)) channel.send(message);
      if (messages.length > 0) await channel.closed;
      for (const said of channel.received.map(String).filter((text) => text.startsWith('{'))) {
        answers[said] = (answers[said] ?? 0) + 1;
        if (!said.startsWith('{"type":"error"')) wrong.push(said);
      }
    }
    await player.close();
  }
  return { sent: count, wrong, answers };
}

async function connect(player: WeriftPlayer, port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/whep/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp' },
    body: await player.offer(),
  });
  await player.accept(await response.text());
  await player.connected;
  return response.headers.get('location') ?? '';
}

/** About as many as a station reads; of what comes faster, the system drops the most before anybody sees it. */
const datagramsPerS = 40_000;

/** Sends datagrams of every kind to the media sockets of a session, as a stranger. */
export async function sendDatagrams(answerSdp: string, count: number, seed: number): Promise<Outcome> {
  const ports = [...answerSdp.matchAll(/a=candidate:\S+ 1 udp \d+ 127\.0\.0\.1 (\d+) /gi)].map(([, port]) =>
    Number(port),
  );
  const junk = junkDatagrams(/a=ice-ufrag:(\S+)/.exec(answerSdp)?.[1] ?? '', seed);
  const sockets = Array.from({ length: 4 }, () => createSocket('udp4'));
  const wrong: string[] = [];
  for (const socket of sockets) socket.on('message', (answer) => wrong.push(`an answer of ${answer.length} bytes`));
  const startMs = performance.now();
  for (let sent = 0; sent < count;) {
    const dueMs = startMs + (sent * 1_000) / datagramsPerS;
    if (dueMs > performance.now() + 1) await setTimeout(dueMs - performance.now());
    const some = Math.min(64, count - sent);
    await Promise.all(
      Array.from({ length: some }, (_, at) => {
        const number = sent + at;
        const socket = sockets[number % sockets.length]!;
        const datagram = junk[number % junk.length]!;
        // One of their bytes is never the same.
        if (datagram.length > 4) datagram[(number * 7) % datagram.length]! ^= number & 0xff;
        return new Promise((done) => socket.send(datagram, ports[number % ports.length], '127.0.0.1', done));
      }),
    );
    sent += some;
  }
  for (const socket of sockets) socket.close();
  return { sent: count, wrong, answers: { unread: await droppedAt(ports) } };
}

/** How many datagrams the system has dropped before somebody read them (proc(5): the last field). */
async function droppedAt(ports: readonly number[]): Promise<number> {
  const lines = (await readFile('/proc/net/udp', 'utf8')).split('\n').map((line) => line.trim().split(/\s+/));
  const own = lines.filter(([, local = '']) => ports.includes(Number.parseInt(local.split(':')[1] ?? '', 16)));
  return own.reduce((sum, fields) => sum + Number(fields.at(-1)), 0);
}

function junkDatagrams(ufrag: string, seed: number): Buffer[] {
  const bytes = (length: number): Buffer => Buffer.alloc(length, 7);
  const stun = (kind: number, body: Buffer): Buffer => {
    const head = bytes(20);
    head.writeUInt16BE(kind, 0);
    head.writeUInt16BE(body.length, 2);
    head.writeUInt32BE(0x2112a442, 4);
    return Buffer.concat([head, body]);
  };
  const username = Buffer.from(`${ufrag}:evil`.padEnd(12, 'x').slice(0, 12));
  const named = Buffer.concat([Buffer.from([0, 6, 0, 12]), username]);
  const known = [
    ...[20, 21, 22, 23, 24, 26, 63].flatMap((type) => [0, 1].map((epoch) => dtlsRecord(type, epoch, bytes(30)))),
    dtlsRecord(21, 0, Buffer.from([1, 0])),
    dtlsRecord(22, 0, Buffer.concat([Buffer.from([1, 0, 0, 60, 0, 0, 0, 0, 0, 0, 0, 60, 0xfe, 0xfd]), bytes(58)])),
    Buffer.concat([Buffer.from([0x80, 96]), bytes(60)]),
    Buffer.concat([Buffer.from([0x80, 206]), bytes(30)]),
    ...[0x0001, 0x0011, 0x0101, 0x0111].map((kind) => stun(kind, named)),
    stun(1, Buffer.concat([named, Buffer.from([0, 0x25, 0, 0, 0, 8, 0, 20]), bytes(20)])),
    Buffer.alloc(1),
  ];
  const random = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 1_200 }), { numRuns: 200, seed });
  return [...known, ...random.map((each) => Buffer.from(each))];
}

const offersPerS = 200;
/** So that neither the bound of one machine nor the number of places is met alone. */
const flooders = 3;
/** Fewer than a door takes, so that all are answered. */
const floodConnections = 90;

/** Asks for sessions at a steady rate; half of those that it gets are left at once, the others never used. */
export async function floodWithOffers({ ports }: AttackedStation, seconds: number): Promise<Outcome> {
  const player = new WeriftPlayer();
  const { bytes, hasBody } = offerRequest(`${await player.offer()}`, `127.0.0.1:${ports.open}`, null);
  await player.close();
  const answers: Record<string, number> = {};
  const wrong: string[] = [];
  const connections = Array.from(
    { length: floodConnections },
    (_, at) => new RawHttp(ports.open, `127.0.9.${1 + (at % flooders)}`),
  );
  const turns: Promise<void>[] = connections.map(() => Promise.resolve());
  const ask = async (connection: RawHttp, number: number): Promise<void> => {
    const { status, headers, body } = await connection.ask(bytes, hasBody);
    answers[status] = (answers[status] ?? 0) + 1;
    const session = headers.get('location') ?? /"connection_id":"([^"]+)"/.exec(body)?.[1];
    const isOpened = status === 201 || status === 200;
    if (isOpened && number % 2 === 0 && session !== undefined) {
      const path = session.startsWith('/') ? session : `/whep/sessions/${session}`;
      await connection.ask(Buffer.from(`DELETE ${path} HTTP/1.1\r\nHost: 127.0.0.1:${ports.open}\r\n\r\n`));
    }
    if (!isOpened && status !== 429 && status !== 503) wrong.push(`${status} to offer ${number}`);
  };
  const startMs = performance.now();
  for (let number = 0; number < offersPerS * seconds; number++) {
    const dueMs = startMs + (number * 1_000) / offersPerS;
    await setTimeout(Math.max(0, dueMs - performance.now()));
    const at = number % connections.length;
    turns[at] = turns[at]!.then(() => ask(connections[at]!, number));
  }
  await Promise.all(turns);
  for (const connection of connections) connection.close();
  return { sent: offersPerS * seconds, wrong, answers };
}
