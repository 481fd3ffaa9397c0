import { Refusal } from './client.ts';

/** Asks the station to restart ICE with this end's fragment. @returns The station's fragment. @throws Refusal. */
export type AskForRestart = (fragment: string) => Promise<string>;

/**
 * Looks for another path within a session, whoever offered it (RFC 9725 §4.3.3): this end makes a new offer, of which the station
 * gets the ICE part only, and answers it with the station's description of before and the ICE part of now.
 * @param stationSdp The station's first description, an offer or an answer.
 * @param signal Once it is aborted, what the station answers is not taken any more.
 */
export async function restartIce(
  peer: RTCPeerConnection,
  stationSdp: string,
  ask: AskForRestart,
  signal: AbortSignal,
): Promise<void> {
  await peer.setLocalDescription(await peer.createOffer({ iceRestart: true }));
  const fragment = await ask(iceFragment(peer.localDescription?.sdp ?? ''));
  if (signal.aborted) return;
  await peer.setRemoteDescription({ type: 'answer', sdp: answerWithIce(stationSdp, fragment) });
}

/**
 * The ICE part of a description as RFC 8840 §9 writes it. Everything is bundled, so that the first section speaks for all.
 * @throws Refusal where it has none.
 */
export function iceFragment(sdp: string): string {
  const lines = linesOf(sdp);
  const [first = -1, second] = [...lines.keys()].filter((at) => lines[at]?.startsWith('m='));
  const section = lines.slice(first, second);
  const [media] = section;
  const ufrag = oneOf(section, 'a=ice-ufrag:');
  const password = oneOf(section, 'a=ice-pwd:');
  const mid = oneOf(section, 'a=mid:');
  if (media === undefined || !ufrag || !password || !mid) {
    throw new Refusal('internal', 'This browser made an offer without ICE credentials.');
  }
  return [ufrag, password, media, mid, ...section.filter(isCandidate), ''].join('\r\n');
}

/**
 * The station's description of before, as the answer to an offer of this end that restarts ICE.
 * @throws Refusal where the fragment has no credentials.
 */
export function answerWithIce(stationSdp: string, fragment: string): string {
  const found = linesOf(fragment);
  const ufrag = oneOf(found, 'a=ice-ufrag:');
  const password = oneOf(found, 'a=ice-pwd:');
  if (!ufrag || !password) throw new Refusal('internal', 'The station restarted ICE without new credentials.');
  const candidates = found.filter(isCandidate);
  const answer = linesOf(stationSdp).flatMap((line) => {
    if (isCandidate(line)) return [];
    if (line.startsWith('a=ice-ufrag:')) return [ufrag];
    // Into the first section, whose path all others use.
    if (line.startsWith('a=ice-pwd:')) return [password, ...candidates.splice(0)];
    // Where the station offered, this end took the active part of DTLS, and keeps it (RFC 8842 §5.5).
    return [line === 'a=setup:actpass' ? 'a=setup:passive' : line];
  });
  return [...answer, ''].join('\r\n');
}

function linesOf(sdp: string): string[] {
  return sdp.split(/\r?\n/).filter((line) => line !== '');
}

function oneOf(lines: readonly string[], start: string): string | undefined {
  return lines.find((line) => line.startsWith(start));
}

function isCandidate(line: string): boolean {
  return line.startsWith('a=candidate:') || line === 'a=end-of-candidates';
}
