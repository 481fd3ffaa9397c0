import { pointerSchema, readPeerMessage, type PointerMessage } from '../../../shared/calls.ts';

/** A place on a stream's picture, from (0, 0) to (1, 1). */
export type PicturePoint = readonly [x: number, y: number];

/** What somebody shows on the picture of a stream. It fades away by itself. */
export interface PointerMark {
  readonly from: 'me' | 'peer';
  readonly stream: string;
  /** One point is a pointer, more are a line. */
  readonly points: readonly PicturePoint[];
  /** Unix time of its last change. */
  readonly atMs: number;
}

/** What somebody points at is gone so long after. */
export const pointLifeMs = 6_000;
/** A line stays for what there is to say about it, and not for ever: what is in the picture may move on. */
export const lineLifeMs = 60_000;
/** When a mark is gone, unless it changes before. */
export function markEndsAtMs({ points, atMs }: PointerMark): number {
  return atMs + (points.length > 1 ? lineLifeMs : pointLifeMs);
}

const sendEachMs = 40;
const maxMarks = 40;
const maxPointsPerStroke = 1_000;
const pointsPerMessage = 64;
/** Twice what one end sends; what is more is not drawn. */
const heardPerSecond = 50;

export interface PointersParts {
  /** @returns False where it can't be sent; marks are worth nothing later. */
  readonly send: (message: PointerMessage) => boolean;
  readonly onChange: () => void;
  readonly nowMs?: () => number;
  /** Runs once, later. */
  readonly after?: (delayMs: number, run: () => void) => void;
}

/** What both ends of a call show each other on the pictures. */
export class Pointers {
  readonly #parts: PointersParts;
  readonly #nowMs: () => number;
  readonly #after: (delayMs: number, run: () => void) => void;
  readonly #marks = new Map<string, PointerMark>();
  /** What is said with the next message, by what it is about. */
  readonly #waiting = new Map<string, PointerMessage>();
  #isSending = false;
  #heard = { sinceMs: 0, count: 0 };

  constructor(parts: PointersParts) {
    this.#parts = parts;
    this.#nowMs = parts.nowMs ?? Date.now;
    this.#after = parts.after ?? ((delayMs, run) => void setTimeout(run, delayMs));
  }

  /** Those that have not faded yet, oldest first. */
  get marks(): readonly PointerMark[] {
    const nowMs = this.#nowMs();
    for (const [key, mark] of this.#marks) if (markEndsAtMs(mark) <= nowMs) this.#marks.delete(key);
    return [...this.#marks.values()];
  }

  /** Points at a place. */
  point(stream: string, at: PicturePoint): void {
    this.#show('me', { kind: 'point', stream, at: [...at] });
    this.#sendSoon(`point:${stream}`, { kind: 'point', stream, at: [...at] });
  }

  /** Adds to a line. @param id Of this line, among one's own. */
  draw(stream: string, id: number, points: readonly PicturePoint[]): void {
    const copies = points.map(([x, y]): [number, number] => [x, y]);
    this.#show('me', { kind: 'stroke', stream, id, points: copies });
    const key = `stroke:${stream}:${id}`;
    const waiting = this.#waiting.get(key);
    const before = waiting?.kind === 'stroke' ? waiting.points : [];
    // What is drawn faster than it is sent is drawn with fewer points.
    this.#sendSoon(key, { kind: 'stroke', stream, id, points: [...before, ...copies].slice(-pointsPerMessage) });
  }

  /** Takes away what was shown on a picture, by whomever. */
  clear(stream: string): void {
    for (const key of [...this.#waiting.keys()]) if (key.includes(`:${stream}`)) this.#waiting.delete(key);
    this.#show('me', { kind: 'clear', stream });
    this.#sendSoon(`clear:${stream}`, { kind: 'clear', stream });
  }

  /** What came over the data channel. */
  hear(text: string): void {
    const nowMs = this.#nowMs();
    if (nowMs - this.#heard.sinceMs >= 1_000) this.#heard = { sinceMs: nowMs, count: 0 };
    this.#heard.count += 1;
    if (this.#heard.count > heardPerSecond) return;
    const message = readPeerMessage(pointerSchema, text);
    if (message) this.#show('peer', message);
  }

  #show(from: PointerMark['from'], message: PointerMessage): void {
    const { stream } = message;
    const atMs = this.#nowMs();
    switch (message.kind) {
      case 'point':
        this.#put(`${from}:${stream}`, { from, stream, points: [message.at], atMs });
        break;
      case 'stroke': {
        const key = `${from}:${stream}:${message.id}`;
        const points = [...(this.#marks.get(key)?.points ?? []), ...message.points].slice(-maxPointsPerStroke);
        this.#put(key, { from, stream, points, atMs });
        break;
      }
      case 'clear':
        for (const [key, mark] of this.#marks) if (mark.stream === stream) this.#marks.delete(key);
    }
    this.#parts.onChange();
  }

  #put(key: string, mark: PointerMark): void {
    this.#marks.delete(key);
    this.#marks.set(key, mark);
    const [oldest] = this.#marks.keys();
    if (this.#marks.size > maxMarks && oldest !== undefined) this.#marks.delete(oldest);
  }

  #sendSoon(key: string, message: PointerMessage): void {
    this.#waiting.set(key, message);
    if (this.#isSending) return;
    this.#isSending = true;
    this.#sendNext();
  }

  #sendNext(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#isSending = false;
      return;
    }
    const [key, message] = next;
    this.#waiting.delete(key);
    this.#parts.send(message);
    this.#after(sendEachMs, () => this.#sendNext());
  }
}
