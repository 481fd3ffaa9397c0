import type { FromCapture } from '../protocol.ts';

/** More than this is not kept for a station that has stopped taking it: about eight seconds of a large picture. */
const fullBytes = 8_000_000;
/** Pictures go on when so little is left: a station that has just come back need not be given old ones first. */
const emptyBytes = 500_000;
/** What a message without a picture counts for. */
const smallMessageBytes = 1_000;

/** What the process's channel offers: `done` is called when the message has left this process, or never will. */
export type Post = (message: FromCapture, done: () => void) => void;

/** The last bound on the way up: messages that the station doesn't take are left out rather than kept without end. */
export interface Outbox {
  send(message: FromCapture): void;
  /** Resolves when everything has left. */
  drained(): Promise<void>;
}

/** @param wantKeyframe Called with a Rendition whose pictures may go on, and can only do so from a keyframe. */
export function makeOutbox(post: Post, wantKeyframe: (renditionId: string) => void): Outbox {
  const interrupted = new Set<string>();
  let queuedBytes = 0;
  let wakeDrained = (): void => undefined;

  function isLeftOut(message: FromCapture): boolean {
    if (message.kind === 'reading') return queuedBytes > fullBytes;
    if (message.kind !== 'frame') return false;
    const { renditionId, frame } = message;
    if (queuedBytes > fullBytes) interrupted.add(renditionId);
    if (!interrupted.has(renditionId)) return false;
    if (queuedBytes > emptyBytes) return true;
    if (!frame.isKeyframe) {
      wantKeyframe(renditionId);
      return true;
    }
    interrupted.delete(renditionId);
    return false;
  }

  return {
    send(message) {
      if (isLeftOut(message)) return;
      const bytes = message.kind === 'frame' ? message.frame.data.length : smallMessageBytes;
      queuedBytes += bytes;
      post(message, () => {
        queuedBytes -= bytes;
        if (queuedBytes === 0) wakeDrained();
      });
    },
    async drained() {
      if (queuedBytes === 0) return;
      await new Promise<void>((resolve) => (wakeDrained = resolve));
    },
  };
}
