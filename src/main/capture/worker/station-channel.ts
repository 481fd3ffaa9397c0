import type { FromCapture, ToCapture } from '../protocol.ts';
import type { Post } from './outbox.ts';

/** What Electron's utility processes have in place of `process.send` (electron: parentPort, MessageEvent). */
interface ParentPort {
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
  postMessage(message: FromCapture): void;
}

/**
 * The channel to the station, whichever of the two ways started this process.
 * @param lost Called when the station has gone.
 */
export function openStationChannel(received: (message: ToCapture) => void, lost: () => void): Post {
  const { parentPort } = process as unknown as { readonly parentPort?: ParentPort };
  if (parentPort) {
    parentPort.on('message', ({ data }) => received(data as ToCapture));
    return (message, done) => {
      parentPort.postMessage(message);
      // Electron does not say when a message has left.
      setImmediate(done);
    };
  }
  process.on('message', (message) => received(message as ToCapture));
  process.on('disconnect', lost);
  return (message, done) => {
    // An error says that the station has gone, which `disconnect` tells too.
    if (process.send) process.send(message, undefined, {}, () => done());
    else done();
  };
}
