import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { bytesOf, networkHosts } from '../../src/main/access/addresses.ts';
import { currentCertificate } from '../../src/main/access/certificates.ts';
import { selfSigned } from '../../src/main/access/self-signed.ts';

const dayMs = 86_400_000;
const isWindows = process.platform === 'win32';
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'eyepiece-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function certificateIn(folder: string) {
  const certificate = await currentCertificate('self-signed', folder);
  if (!certificate) throw new Error('The door would not be encrypted.');
  return certificate;
}

describe('The station’s own certificate', () => {
  test('holds every name and address of the machine, and is the same at the next sharing', async () => {
    const folder = newFolder();
    const { certPem, fingerprint } = await certificateIn(folder);
    const certificate = new X509Certificate(certPem);
    expect(fingerprint).toMatch(/^(?:[\dA-F]{2}:){31}[\dA-F]{2}$/);
    for (const name of ['localhost', hostname().toLowerCase()]) expect(certificate.checkHost(name)).toBe(name);
    for (const address of ['127.0.0.1', '::1', ...networkHosts().map((host) => host.replace(/[[\]]/g, ''))]) {
      expect([address, certificate.checkIP(address)]).toEqual([address, address]);
    }
    expect(certificate.checkHost('elsewhere.example')).toBeUndefined();
    expect(await certificateIn(folder)).toMatchObject({ fingerprint });
  });

  test.skipIf(isWindows)('has a key that only its owner can read', async () => {
    const folder = newFolder();
    await certificateIn(folder);
    expect(statSync(join(folder, 'share-key.pem')).mode & 0o777).toBe(0o600);
  });

  test('is renewed before it ends, with the same key', async () => {
    const folder = newFolder();
    const first = await certificateIn(folder);
    const endsAtMs = Date.parse(new X509Certificate(first.certPem).validTo);
    const now = vi.spyOn(Date, 'now').mockReturnValue(endsAtMs - 31 * dayMs);
    onTestFinished(() => now.mockRestore());
    expect((await certificateIn(folder)).fingerprint).toBe(first.fingerprint);
    now.mockReturnValue(endsAtMs - 29 * dayMs);
    const second = await certificateIn(folder);
    expect(second.fingerprint).not.toBe(first.fingerprint);
    expect(second.keyPem).toBe(first.keyPem);
    expect(Date.parse(new X509Certificate(second.certPem).validTo)).toBeGreaterThan(endsAtMs);
  });

  test('is made anew where its files are broken', async () => {
    const folder = newFolder();
    await certificateIn(folder);
    writeFileSync(join(folder, 'share-key.pem'), 'not a key');
    const { certPem } = await certificateIn(folder);
    expect(new X509Certificate(certPem).checkHost('localhost')).toBe('localhost');
  });

  test('says what RFC 5280 wants, and may vouch for nobody else', () => {
    const certificate = new X509Certificate(selfSigned(key, 'Room 4', ['lab-pc', '192.0.2.7', '2001:db8::7']));
    expect(certificate.verify(createPublicKey(key))).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.subject).toBe('CN=Room 4');
    expect(certificate.subjectAltName).toBe('DNS:lab-pc, IP Address:192.0.2.7, IP Address:2001:DB8:0:0:0:0:0:7');
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(certificate.serialNumber).toMatch(/^[4-7][\dA-F]{31}$/);
  });

  test.each([
    ['in this century', Date.UTC(2026, 10, 21)],
    ['over the year 2050, where the notation changes', Date.UTC(2049, 5, 1)],
  ])('lasts 800 days and one before: %s', (_when, nowMs) => {
    const certificate = new X509Certificate(selfSigned(key, 'lab', ['lab'], nowMs));
    expect(Date.parse(certificate.validFrom)).toBe(nowMs - dayMs);
    expect(Date.parse(certificate.validTo)).toBe(nowMs + 800 * dayMs);
  });

  test('is read by OpenSSL as it is by Node', ({ skip }) => {
    const path = join(newFolder(), 'cert.pem');
    writeFileSync(path, selfSigned(key, 'lab', ['lab', '2001:db8::7']));
    try {
      const told = execFileSync('openssl', ['verify', '-x509_strict', '-CAfile', path, path], { encoding: 'utf8' });
      expect(told).toBe(`${path}: OK\n`);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') skip('there is no openssl program');
      throw error;
    }
  });
});

describe('A certificate of one’s own', () => {
  test('is used as it is, and read again when it was replaced', async () => {
    const folder = newFolder();
    const [certFile, keyFile] = [join(folder, 'own.pem'), join(folder, 'own.key')];
    writeFileSync(keyFile, key.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(certFile, selfSigned(key, 'first', ['lab']));
    const first = await currentCertificate({ certFile, keyFile }, folder);
    expect(first?.certPem).toBe(readFileSync(certFile, 'utf8'));
    writeFileSync(certFile, selfSigned(key, 'second', ['lab']));
    const second = await currentCertificate({ certFile, keyFile }, folder);
    expect(second?.fingerprint).not.toBe(first?.fingerprint);
  });

  test.each([
    ['is not there', undefined, /ENOENT/],
    ['is none', 'a shopping list', /http\.shareTls/],
    [
      'belongs to another key',
      selfSigned(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, 'x', ['x']),
      /key/,
    ],
  ])('is refused in words where it %s', async (_what, text, told) => {
    const folder = newFolder();
    const [certFile, keyFile] = [join(folder, 'own.pem'), join(folder, 'own.key')];
    writeFileSync(keyFile, key.export({ type: 'pkcs8', format: 'pem' }));
    if (text !== undefined) writeFileSync(certFile, text);
    await expect(currentCertificate({ certFile, keyFile }, folder)).rejects.toMatchObject({
      reason: 'cannot_share',
      message: expect.stringMatching(told) as string,
    });
  });
});

test.each([
  ['192.0.2.7', 'c0000207'],
  ['::1', '00000000000000000000000000000001'],
  ['2001:db8::7', '20010db8000000000000000000000007'],
  ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
  ['::ffff:192.0.2.7', '00000000000000000000ffffc0000207'],
  ['fe80::1%eth0', 'fe800000000000000000000000000001'],
  ['::', '00000000000000000000000000000000'],
])('%s has the bytes %s', (address, hex) => {
  expect(Buffer.from(bytesOf(address)).toString('hex')).toBe(hex);
});
