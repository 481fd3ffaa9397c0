import { vi } from 'vitest';
import type { Call, CallEnd, CallNotice, CallsState, Party, Person, Signal } from '../../src/shared/calls.ts';
import type { SignalingNotices, StationCalls } from '../../src/renderer/station/calls/station-calls.ts';

export const operator: Party = { id: 'station', kind: 'station', name: 'Room 4' };
export const anna: Party = { id: 'user:Anna', kind: 'user', name: 'Anna' };
export const colleague: Party = { id: 'colleague:lab:Cleo', kind: 'colleague', name: 'Cleo', directory: 'Lab' };
export const callId = 'call-1';

export const person = (party: Party, isBusy = false): Person => ({ ...party, isBusy });

/** What a browser collects tracks in; happy-dom's holds none. */
export class FakeMediaStream {
  #tracks: readonly unknown[];

  constructor(tracks: readonly unknown[] = []) {
    this.#tracks = tracks;
  }

  getTracks(): readonly unknown[] {
    return this.#tracks;
  }

  addTrack(track: unknown): void {
    this.#tracks = [...this.#tracks, track];
  }

  removeTrack(track: unknown): void {
    this.#tracks = this.#tracks.filter((each) => each !== track);
  }
}

/** The station's part in calls, told by the test; nobody's page is at the other end. */
export class FakeCalls implements StationCalls {
  readonly initiate = vi.fn<StationCalls['initiate']>(() => Promise.resolve({ callId }));
  readonly accept = vi.fn<StationCalls['accept']>(() => Promise.resolve());
  readonly decline = vi.fn<StationCalls['decline']>(() => Promise.resolve());
  readonly end = vi.fn<StationCalls['end']>(() => Promise.resolve());
  /** What the page said to the other end through the station. */
  readonly said: Signal[] = [];
  #state: CallsState = { me: operator, people: [person(anna)], call: null };
  #listener: ((state: CallsState) => void) | null = null;
  #notices: SignalingNotices | null = null;

  /** @param me Who the page is. */
  constructor(me: Party = operator, people: readonly Person[] = [person(anna)]) {
    this.#state = { me, people, call: null };
  }

  onCalls(listener: (state: CallsState) => void): () => void {
    this.#listener = listener;
    listener(this.#state);
    return () => (this.#listener = null);
  }

  openSignaling(_callId: string, notices: SignalingNotices) {
    this.#notices = notices;
    notices.state({ kind: 'connecting' });
    return { send: (signal: Signal) => this.said.push(signal) > 0, close: () => (this.#notices = null) };
  }

  /** The signaling of the call is there. @param peer Whether the other end's page is, too. */
  open(peer: boolean): void {
    this.#notices?.state({ kind: 'open' });
    this.notice({ type: 'joined', call_id: callId, peer });
  }

  /** The station can't be reached. */
  cut(): void {
    this.#notices?.state({ kind: 'waiting' });
  }

  notice(notice: CallNotice): void {
    this.#notices?.notice(notice);
  }

  /** Somebody calls, or is called. */
  ring(caller: Party, callee: Party): void {
    this.tell({ kind: 'pending', ...this.#facts(caller, callee), ringsUntilMs: Date.now() + 45_000 });
  }

  answer(caller: Party, callee: Party): void {
    this.tell({ kind: 'ongoing', ...this.#facts(caller, callee), acceptedAtMs: Date.now() });
  }

  finish(caller: Party, callee: Party, why: CallEnd, by: Party | null): void {
    this.tell({ kind: 'ended', ...this.#facts(caller, callee), endedAtMs: Date.now(), why, by: by?.id ?? null });
  }

  tell(call: Call | null): void {
    this.#state = { ...this.#state, call };
    this.#listener?.(this.#state);
  }

  #facts(caller: Party, callee: Party) {
    return { callId, caller, callee, createdAtMs: Date.now() };
  }
}
