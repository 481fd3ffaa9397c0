import { createPublicKey, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { bytesOf } from './addresses.ts';
import { bitString, contextTag, der, integer, objectId, sequence, tags, time } from './der.ts';

/** Apple's systems take no certificate that lasts longer than 825 days. */
const lifeMs = 800 * 86_400_000;
/** The clock of the machine that looks may be behind. */
const earlierMs = 86_400_000;

const ecdsaWithSha256 = sequence(objectId('1.2.840.10045.4.3.2'));
const commonName = objectId('2.5.4.3');

/**
 * A certificate (X.509 version 3, RFC 5280) that vouches for itself: it shows that the key is the same as last time, or as the one whose
 * fingerprint is known, and nothing else.
 * @param key A private key on the curve P-256.
 * @param hosts Names and addresses that the machine is asked for by.
 * @returns PEM.
 */
export function selfSigned(key: KeyObject, name: string, hosts: readonly string[], nowMs = Date.now()): string {
  const nameOfBoth = sequence(der(tags.set, sequence(commonName, der(tags.utf8, Buffer.from(name.slice(0, 64))))));
  const content = sequence(
    der(contextTag(0, true), integer(Uint8Array.from([2]))),
    integer(serialNumber()),
    ecdsaWithSha256,
    nameOfBoth,
    sequence(time(nowMs - earlierMs), time(nowMs + lifeMs)),
    nameOfBoth,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    der(contextTag(3, true), sequence(...extensions(hosts))),
  );
  const certificate = sequence(content, ecdsaWithSha256, bitString(sign('sha256', content, key)));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

/** Random, positive, and without a zero in front. */
function serialNumber(): Uint8Array {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}

function extensions(hosts: readonly string[]): Buffer[] {
  return [
    // It may vouch for no other certificate, even where somebody trusts it.
    extension('2.5.29.19', true, sequence()),
    // Signatures only: one bit of eight.
    extension('2.5.29.15', true, bitString(Uint8Array.from([0x80]), 7)),
    // Servers only.
    extension('2.5.29.37', false, sequence(objectId('1.3.6.1.5.5.7.3.1'))),
    extension('2.5.29.17', false, sequence(...hosts.map(alternativeName))),
  ];
}

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  const critical = isCritical ? [der(tags.boolean, Uint8Array.from([0xff]))] : [];
  return sequence(objectId(id), ...critical, der(tags.octetString, value));
}

/** RFC 5280 §4.2.1.6: an address as its bytes, a name as text. */
function alternativeName(host: string): Buffer {
  return isIP(host) ? der(contextTag(7, false), bytesOf(host)) : der(contextTag(2, false), Buffer.from(host, 'ascii'));
}
