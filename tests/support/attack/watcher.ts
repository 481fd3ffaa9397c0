import type { RtpPacket } from 'werift';
import { WeriftPlayer } from '../werift-player.ts';

// A process of its own: somebody who watches the clock, and says when asked how many of its pictures have come whole.
const [, , url = ''] = process.argv;
const player = new WeriftPlayer();
const headers = { 'content-type': 'application/sdp' };
const response = await fetch(new URL('/whep/clock', url), { method: 'POST', headers, body: await player.offer() });
const answerSdp = await response.text();
await player.accept(answerSdp);
await player.connected;

const numbers = new Set<number>();
let ends = 0;
let newest: number | null = null;
let oldest = 0;

/** RTP counts to 65,535 and begins again (RFC 3550 §5.1). */
function note({ header: { sequenceNumber, marker } }: RtpPacket): void {
  newest ??= oldest = sequenceNumber;
  const number = newest + (((sequenceNumber - newest + 0x8000) & 0xffff) - 0x8000);
  if (number < oldest || numbers.has(number)) return;
  numbers.add(number);
  if (marker) ends += 1;
  newest = Math.max(newest, number);
}

function collect(): void {
  for (const packet of [...player.packets.splice(0), ...player.resent.splice(0)]) note(packet);
}

setInterval(collect, 50);
process.on('message', () => {
  collect();
  const lost = newest === null ? 0 : newest - oldest + 1 - numbers.size;
  numbers.clear();
  // As if each lost packet had spoilt a picture of its own.
  process.send?.({ kind: 'pictures', count: Math.max(0, ends - lost) });
  ends = 0;
  oldest = (newest ?? 0) + 1;
});
process.once('disconnect', () => process.exit());
process.send?.({ kind: 'watching', answerSdp });
