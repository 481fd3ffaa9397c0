import { BlockList, isIP, isIPv4 } from 'node:net';
import type { Reach } from '../../shared/api.ts';

/** A Player's address that the station may send a connectivity check to. */
export interface RemoteCandidate {
  readonly foundation: string;
  readonly priority: number;
  readonly address: string;
  readonly port: number;
  readonly type: 'host' | 'srflx' | 'relay';
}

/**
 * More addresses than this are nobody's laptop. What is over it is dropped silently, as WHEP asks for candidates that a server
 * can't use (RFC 9725 §4.3.2).
 */
export const maxCandidates = 30;
/** From here on it is not a browser that speaks, and the whole text is refused. */
export const maxCandidateLines = 200;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * What is not the address of one other machine (RFC 6890, RFC 4291): a check sent there would serve only an attacker. The rules
 * for IPv4 hold for addresses that are mapped into IPv6 as well.
 */
const notUnicast = new BlockList();
notUnicast.addSubnet('0.0.0.0', 8, 'ipv4');
notUnicast.addSubnet('127.0.0.0', 8, 'ipv4');
notUnicast.addSubnet('224.0.0.0', 3, 'ipv4');
notUnicast.addAddress('::', 'ipv6');
notUnicast.addAddress('::1', 'ipv6');
notUnicast.addSubnet('fe80::', 10, 'ipv6');
notUnicast.addSubnet('ff00::', 8, 'ipv6');

const line =
  /^(?:a=)?(?:candidate:)?([A-Za-z0-9+/]{1,32}) 1 udp (\d{1,10}) (\S+) (\d{1,5}) typ (host|srflx|relay)(?: |$)/i;

/**
 * Reads one candidate, or returns null where the station must not or can't use it: only a literal unicast IP over UDP with an
 * unprivileged port passes. Names are dropped (an answer would cost a DNS query that the Player chose), `.local` names too:
 * the browser's own checks arrive as peer-reflexive and make them needless.
 */
export function readCandidate(text: string, reach: Reach): RemoteCandidate | null {
  const match = line.exec(text.trim());
  if (!match) return null;
  const [, foundation = '', priority = '', address = '', port = '', type = ''] = match;
  const portNumber = Number(port);
  if (portNumber < 1024 || portNumber > 65_535 || !isReachable(address, reach)) return null;
  return { foundation, priority: Number(priority), address, port: portNumber, type: candidateType(type) };
}

/** Reads many, without those that can't be used and without what is over the bound. */
export function readCandidates(texts: readonly string[], reach: Reach): RemoteCandidate[] {
  return texts
    .map((text) => readCandidate(text, reach))
    .filter((candidate) => candidate !== null)
    .slice(0, maxCandidates);
}

function candidateType(type: string): RemoteCandidate['type'] {
  const lower = type.toLowerCase();
  return lower === 'srflx' || lower === 'relay' ? lower : 'host';
}

function isReachable(address: string, reach: Reach): boolean {
  if (isIP(address) === 0) return false;
  return reach === 'loopback' ? isLoopback(address) : !notUnicast.check(address, familyOf(address));
}

/** Whether packets to an address stay on this machine; false for names. */
export function isLoopback(address: string): boolean {
  return loopback.check(address, familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}
