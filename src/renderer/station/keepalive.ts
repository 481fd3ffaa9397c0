import { commandsLabel, type Command } from '../../shared/commands.ts';
import { Keepalive, ping, pong, type KeepaliveFacts } from '../../shared/keepalive.ts';

/** A picture that has stopped is to be noticed soon; pings are small. */
const keepaliveMs = 2_000;

/**
 * Opens `commands` on a peer that has no description yet, and keeps asking over it whether the station is there. A station that
 * knows no data channels leaves it shut, and then nothing is known and nothing said. Ends with the peer.
 * @param onLost Called once if the station answers no more.
 * @returns What is known of the station by its answers; null while the channel is not open.
 */
export function openCommands(peer: RTCPeerConnection, onLost: () => void): () => KeepaliveFacts | null {
  const channel = peer.createDataChannel(commandsLabel);
  channel.binaryType = 'arraybuffer';
  let keepalive: Keepalive | null = null;

  channel.addEventListener('open', () => {
    channel.send(JSON.stringify({ type: 'hello', keepaliveMs } satisfies Command));
    keepalive = new Keepalive(keepaliveMs, performance.now());
    beat(keepalive);
  });
  channel.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => {
    const text = typeof data === 'string' ? data : new TextDecoder().decode(data);
    keepalive?.heard(performance.now());
    if (text === ping) channel.send(pong);
    else if (text === pong) keepalive?.answered(performance.now());
  });

  function beat(keepalive: Keepalive): void {
    // A peer that is closed here closes its channels without a word.
    if (channel.readyState !== 'open') return;
    const nowMs = performance.now();
    if (keepalive.turn(nowMs) === 'dead') return onLost();
    channel.send(ping);
    setTimeout(() => beat(keepalive), keepalive.dueAtMs - nowMs);
  }

  return () => (channel.readyState === 'open' ? (keepalive?.facts(performance.now()) ?? null) : null);
}
