import type { IceCandidate, RTCIceTransport } from 'werift';

/** Told each candidate as SDP writes it, without `a=candidate:`, and null after the last one. */
export type CandidateListener = (line: string | null) => void;

/** The station's own candidates of one session, as they become known. */
export class OwnCandidates {
  readonly #ice: RTCIceTransport;
  readonly #listeners = new Set<CandidateListener>();
  #isComplete = false;

  constructor(ice: RTCIceTransport) {
    this.#ice = ice;
    ice.onIceCandidate.subscribe((candidate) => {
      if (candidate && !this.#isComplete) this.#tell(lineOf(candidate));
    });
  }

  /** Those that are known. */
  get lines(): readonly string[] {
    return this.#ice.localCandidates.map(lineOf);
  }

  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Tells the known ones at once. Returns a function that ends the subscription. */
  subscribe(listener: CandidateListener): () => void {
    for (const line of this.lines) listener(line);
    if (this.#isComplete) listener(null);
    else this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** No more will be told. Idempotent. */
  complete(): void {
    this.#isComplete = true;
    this.#tell(null);
    this.#listeners.clear();
  }

  #tell(line: string | null): void {
    for (const listener of this.#listeners) listener(line);
  }
}

function lineOf(candidate: IceCandidate): string {
  const { foundation, component, protocol, priority, ip, port, type, relatedAddress, relatedPort, tcpType } = candidate;
  const related = relatedAddress === undefined ? '' : ` raddr ${relatedAddress} rport ${relatedPort ?? 9}`;
  // RFC 6544 §4.5.
  const direction = tcpType === undefined ? '' : ` tcptype ${tcpType}`;
  return `${foundation} ${component} ${protocol} ${priority} ${ip} ${port} typ ${type}${related}${direction}`;
}
