import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';

/** What the server shares with those who may give passwords for it. */
export const turnSecret = 'north wind';

/** A coturn in this machine's own network, for UDP, TCP and TLS. */
export interface TurnServer {
  /** As `host:port`. */
  readonly plain: string;
  readonly tls: string;
  /** The ports, as conditions of nftables. */
  readonly udpOnly: string;
  readonly tcpOnly: string;
  readonly tlsOnly: string;
  /** What it has logged so far. */
  log(): string;
  close(): Promise<void>;
}

/** What of the programs that make it is missing on this machine, or null. */
export function whyNoTurnServer(): string | null {
  const packages = { turnserver: 'coturn', certutil: 'libnss3-tools', openssl: 'openssl' };
  const missing = Object.entries(packages).filter(([name]) => spawnSync('which', [name]).status !== 0);
  return missing.length === 0 ? null : `needs Debian's ${missing.map(([, from]) => from).join(' and ')}`;
}

/**
 * Starts a server with a certificate of a laboratory's own, which the browser with that home then trusts.
 * @param folder For what it needs on the disk.
 */
export async function startTurnServer(host: string, folder: string, browserHome: string): Promise<TurnServer> {
  await mkdir(folder, { recursive: true });
  makeCertificate(host, folder);
  await trust(join(folder, 'ca.pem'), browserHome);
  const [plainPort, tlsPort] = [3478, 5349];
  const server = spawn(
    'turnserver',
    [
      ['-n', '--no-cli', '--no-dtls', '--no-multicast-peers', '--simple-log', '--log-file', 'stdout', '--verbose'],
      ['--listening-ip', host, '--relay-ip', host, '--realm', 'lab', '--use-auth-secret'],
      ['--listening-port', `${plainPort}`, '--tls-listening-port', `${tlsPort}`],
      ['--static-auth-secret', turnSecret, '--cert', join(folder, 'turn.pem'), '--pkey', join(folder, 'turn.key')],
      ['--userdb', join(folder, 'users'), '--pidfile', join(folder, 'pid')],
    ].flat(),
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let log = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (data: Buffer) => (log += data.toString()));
  const ended = once(server, 'exit');
  await untilItListens(host, tlsPort, () => server.exitCode);
  return {
    plain: `${host}:${plainPort}`,
    tls: `${host}:${tlsPort}`,
    udpOnly: `udp dport ${plainPort}`,
    tcpOnly: `tcp dport ${plainPort}`,
    tlsOnly: `tcp dport ${tlsPort}`,
    log: () => log,
    async close() {
      server.kill('SIGKILL');
      await ended;
    },
  };
}

function makeCertificate(host: string, folder: string): void {
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const key = (name: string) =>
    openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', name);
  key('ca.key');
  key('turn.key');
  const selfSigned = ['req', '-x509', '-days', '2', '-key', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Lab CA'];
  openssl(...selfSigned, '-addext', 'keyUsage=critical,keyCertSign');
  const signed = ['req', '-x509', '-days', '2', '-key', 'turn.key', '-out', 'turn.pem', '-subj', '/CN=Lab TURN'];
  const extensions = [`subjectAltName=IP:${host}`, 'basicConstraints=critical,CA:FALSE', 'extendedKeyUsage=serverAuth'];
  openssl(...signed, '-CA', 'ca.pem', '-CAkey', 'ca.key', ...extensions.flatMap((each) => ['-addext', each]));
}

/** Chromium on Linux trusts what stands in this store of its user. */
async function trust(certificate: string, home: string): Promise<void> {
  const store = join(home, '.pki/nssdb');
  await mkdir(store, { recursive: true });
  const certutil = (...args: string[]) =>
    execFileSync('certutil', ['-d', `sql:${store}`, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  certutil('-N', '--empty-password');
  certutil('-A', '-t', 'C,,', '-n', 'lab', '-i', certificate);
}

async function untilItListens(host: string, port: number, exitCode: () => number | null): Promise<void> {
  for (;;) {
    const socket = connect(port, host);
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isThere) return;
    if (exitCode() !== null) throw new Error(`turnserver has ended (${exitCode()})`);
  }
}
