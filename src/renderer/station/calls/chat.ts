import { readPeerMessage, textSchema, type ChatText } from '../../../shared/calls.ts';

/** One line of a call's chat. */
export interface ChatLine extends ChatText {
  readonly from: 'me' | 'peer';
}

const maxLines = 500;

/** The chat of one call, oldest line first. */
export class Chat {
  readonly #onChange: () => void;
  #lines: readonly ChatLine[] = [];

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get lines(): readonly ChatLine[] {
    return this.#lines;
  }

  add(from: ChatLine['from'], { type, message, timestamp }: ChatText): void {
    this.#lines = [...this.#lines, { from, type, message, timestamp }].slice(-maxLines);
    this.#onChange();
  }

  /** What came over the data channel. */
  hear(text: string): void {
    const line = readPeerMessage(textSchema, text);
    if (line) this.add('peer', line);
  }
}
