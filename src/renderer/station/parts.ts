/** One part of an answer that has many (RFC 2046 §5.1). */
export interface Part {
  /** By their names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Why an answer can't be read as parts. */
export type PartsFaultReason =
  /** Something else stands where a part should begin. */
  | 'no_boundary'
  | 'head_too_long'
  /** It does not say how long it is, or says nonsense. */
  | 'no_length'
  | 'part_too_large';

/** What was sent are no parts, or none that can be taken. */
export class PartsFault extends Error {
  override readonly name = 'PartsFault';
  readonly reason: PartsFaultReason;

  constructor(reason: PartsFaultReason) {
    super(`The parts of the answer can not be read (${reason}).`);
    this.reason = reason;
  }
}

/** Much more than a station says of a picture. */
const maxHeadBytes = 2_048;
/** More than a JPEG of fifty megapixels has. */
const maxPartBytes = 64 * 1_024 * 1_024;
const headEnd = '\r\n\r\n';

/**
 * Takes an answer apart as it comes, in whatever pieces. Each part has to say its length, as the station's do: looking for the
 * boundary within pictures would cost more, and end a picture that happens to hold it.
 */
export class PartReader {
  readonly #boundary: string;
  readonly #maxPartBytes: number;
  #head = '';
  #part: Part | null = null;
  #filled = 0;
  #isOver = false;

  /** @param boundary As the answer's content type names it. */
  constructor(boundary: string, maxBytes = maxPartBytes) {
    this.#boundary = `--${boundary}`;
    this.#maxPartBytes = maxBytes;
  }

  /** The answer has said that no part follows. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** @returns The parts that end in this piece. @throws PartsFault, after which nothing can be read any more. */
  *read(piece: Uint8Array): Generator<Part> {
    let at = 0;
    while (at < piece.length && !this.#isOver) {
      if (this.#part === null) at = this.#readHead(piece, at);
      else at += this.#fill(this.#part.body, piece.subarray(at));
      if (this.#part && this.#filled === this.#part.body.length) {
        yield this.#part;
        this.#part = null;
      }
    }
  }

  /** @returns How much of the piece was taken. */
  #fill(body: Uint8Array, rest: Uint8Array): number {
    const taken = rest.subarray(0, body.length - this.#filled);
    body.set(taken, this.#filled);
    this.#filled += taken.length;
    return taken.length;
  }

  /** @returns Where it has read to. */
  #readHead(piece: Uint8Array, from: number): number {
    let at = from;
    while (at < piece.length) {
      this.#head += String.fromCharCode(piece[at] ?? 0);
      at += 1;
      if (this.#head.endsWith(headEnd)) {
        this.#begin(this.#head.trimStart());
        this.#head = '';
        return at;
      }
      // What follows the last boundary has no head any more.
      if (this.#head.trimStart() === `${this.#boundary}--`) {
        this.#isOver = true;
        return at;
      }
      if (this.#head.length > maxHeadBytes) throw new PartsFault('head_too_long');
    }
    return at;
  }

  #begin(head: string): void {
    const [first, ...lines] = head.slice(0, -headEnd.length).split('\r\n');
    if (first !== this.#boundary) throw new PartsFault('no_boundary');
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const;
      }),
    );
    const length = headers.get('content-length') ?? '';
    if (!/^\d{1,12}$/.test(length) || Number(length) === 0) throw new PartsFault('no_length');
    if (Number(length) > this.#maxPartBytes) throw new PartsFault('part_too_large');
    this.#part = { headers, body: new Uint8Array(Number(length)) };
    this.#filled = 0;
  }
}

/** The boundary that a content type names. @throws PartsFault `no_boundary` where it names none. */
export function boundaryIn(contentType: string | null): string {
  const [, quoted, plain] =
    /^multipart\/x-mixed-replace\s*;.*\bboundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType ?? '') ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw new PartsFault('no_boundary');
  return boundary;
}
