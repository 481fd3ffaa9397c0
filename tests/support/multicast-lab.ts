import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import bonjour from 'bonjour-service';
import { pino } from 'pino';
import { labAddresses } from '../../src/main/access/addresses.ts';
import { announce } from '../../src/main/directory/announcement.ts';
import { stationFinder } from '../../src/main/directory/found-stations.ts';

/**
 * Two stations that announce themselves on the first of two networks, one that lies, and somebody who sends junk; before that, a
 * station that can't be heard. Tells on standard output
 * what a directory on the first network finds. Runs in a network namespace of its own.
 */
const log = pino({ level: 'silent' });
const [first = '', second = ''] = labAddresses('0.0.0.0');
const sentOn = (device: string) => Number(readFileSync(`/sys/class/net/${device}/statistics/tx_packets`, 'utf8'));

await announceInVain();
const before = sentOn('lab1');
const ends = [
  announce({ name: 'Bench, upstairs', scheme: 'https', port: 8081 }, [first], log),
  announce({ name: 'é'.repeat(200), scheme: 'http', port: 8082 }, [first], log),
];
const find = stationFinder(() => [first], log);
const [found] = await Promise.all([find(), lie(), sendJunk()]);
const afterwards = await find();
for (const end of ends) end();
const afterEnd = await find();
const sentElsewhere = sentOn('lab1') - before;
process.stdout.write(JSON.stringify({ first, second, found, afterwards, afterEnd, sentElsewhere }));
process.exit(0);

/** Another program on the machine has the port and does not share it. */
async function announceInVain(): Promise<void> {
  const other = createSocket('udp4').bind(5_353);
  await once(other, 'listening');
  const end = announce({ name: 'Unheard', scheme: 'https', port: 8_083 }, [first], log);
  await new Promise((resolve) => setTimeout(resolve, 300));
  end();
  other.close();
  await once(other, 'close');
}

async function lie(): Promise<void> {
  const options: object = { interface: first, bind: '0.0.0.0' };
  const liar = new bonjour.Bonjour(options);
  const lies = [
    { port: 9_001, txt: { name: 'a\u202Eb', scheme: 'http' } },
    { port: 9_002, txt: { name: 'Script', scheme: 'javascript' } },
    { port: 9_003, txt: {} },
  ];
  for (const said of lies) liar.publish({ name: `liar ${said.port}`, type: 'eyepiece', probe: false, ...said });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  liar.destroy();
}

async function sendJunk(): Promise<void> {
  const socket = createSocket('udp4').bind(0, first);
  await once(socket, 'listening');
  socket.setMulticastInterface(first);
  const response = Buffer.from([0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
  for (let size = 0; size < 200; size++) {
    // Half of it looks like the beginning of an answer.
    const junk = size % 2 === 0 ? randomBytes(size) : Buffer.concat([response, randomBytes(size)]);
    socket.send(junk, 5_353, '224.0.0.251');
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
  socket.close();
}
