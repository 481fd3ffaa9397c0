import { createPrivateKey, generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP, isIPv6 } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { StationError } from '../../shared/errors.ts';
import { replaceFile } from '../replace-file.ts';
import { networkHosts } from './addresses.ts';
import { selfSigned } from './self-signed.ts';

/** How the network door is encrypted. */
export type TlsChoice = 'self-signed' | 'off' | { readonly certFile: string; readonly keyFile: string };

/** What the door shows, and proves to have. */
export interface Certificate {
  readonly certPem: string;
  readonly keyPem: string;
  /** SHA-256 over the certificate, as browsers show it: pairs of hexadecimal digits with colons. */
  readonly fingerprint: string;
}

/** Time enough for somebody to tell the others of another fingerprint. */
const renewBeforeMs = 30 * 86_400_000;

const fileNames = { cert: 'share-cert.pem', key: 'share-key.pem' } as const;

/**
 * The certificate to use now, or null where the door is not encrypted. Asked again, it tells of a file that was replaced, and makes
 * another of its own in time.
 * @throws StationError `cannot_share`.
 */
export async function currentCertificate(choice: TlsChoice, dataDir: string): Promise<Certificate | null> {
  switch (choice) {
    case 'off':
      return null;
    case 'self-signed':
      return ownCertificate(dataDir).catch((error: unknown) => {
        throw refusal(`The certificate for sharing cannot be made in the data folder: ${messageOf(error)}.`);
      });
    default:
      return readPair(choice.certFile, choice.keyFile).catch((error: unknown) => {
        throw refusal(`The certificate or key that http.shareTls names cannot be used: ${messageOf(error)}.`);
      });
  }
}

/** Reads the station's own certificate, and makes it where there is none, where it soon ends, or where the machine has another name. */
async function ownCertificate(dataDir: string): Promise<Certificate> {
  const [certFile, keyFile] = [join(dataDir, fileNames.cert), join(dataDir, fileNames.key)];
  const found = await readPair(certFile, keyFile).catch(() => null);
  if (found && isGood(new X509Certificate(found.certPem))) return found;
  // The same key goes on, so that whoever trusts it need not begin anew.
  const key = found ? createPrivateKey(found.keyPem) : generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  await replaceFile(keyFile, key.export({ type: 'pkcs8', format: 'pem' }).toString());
  await replaceFile(certFile, selfSigned(key, hostname(), hostsOfMachine()));
  return readPair(certFile, keyFile);
}

function isGood(certificate: X509Certificate): boolean {
  const endsAtMs = Date.parse(certificate.validTo);
  return (
    endsAtMs - Date.now() > renewBeforeMs &&
    Date.parse(certificate.validFrom) <= Date.now() &&
    // Machines change their IPv6 addresses every day (RFC 8981); another fingerprint every day would teach people to ignore it.
    hostsOfMachine()
      .filter((host) => !isIPv6(host))
      .every((host) => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)))
  );
}

/** Every name and address that the machine may be asked for by. */
function hostsOfMachine(): string[] {
  const name = hostname().toLowerCase();
  const addresses = ['127.0.0.1', '::1', ...networkHosts().map((host) => host.replace(/^\[|\]$/g, ''))];
  // A certificate can hold names of letters, digits and hyphens only (RFC 5280 §4.2.1.6).
  const names = ['localhost', name, `${name}.local`].filter((each) => /^[a-z\d-]+(?:\.[a-z\d-]+)*$/.test(each));
  return [...new Set([...names, ...addresses])];
}

async function readPair(certFile: string, keyFile: string): Promise<Certificate> {
  const [certPem, keyPem] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
  const certificate = new X509Certificate(certPem);
  const key: KeyObject = createPrivateKey(keyPem);
  if (!certificate.checkPrivateKey(key)) throw new Error('the key does not belong to the certificate');
  return { certPem, keyPem, fingerprint: certificate.fingerprint256 };
}

function refusal(sentence: string): StationError {
  return StationError.cannotShare(sentence);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
