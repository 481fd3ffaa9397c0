import type { Logger } from 'pino';
import type { Right, Visit } from '../../shared/access.ts';
import type { StationApi } from '../../shared/api.ts';
import type { StationState } from '../../shared/state.ts';
import type { Attendance } from './attendance.ts';
import { mayDo, maySee, type Caller } from './rights.ts';
import type { StationsBehind } from './stations-behind.ts';

/** Longer than any offer of the station waits for its answer. */
const longestUnansweredMs = 60_000;
/** What a killed station does not know of the end of a visit. */
const writeDownEachMs = 30_000;

interface Session {
  readonly caller: Caller;
  readonly streamId: string;
  /** Null where whoever watches says so when it ends. */
  readonly viewerId: string | null;
  readonly leave: () => Promise<void> | void;
  /** What it takes to go on. */
  readonly right: Right;
  /** As `performance.now()` counts. */
  readonly askedAtMs: number;
  /** In the attendance record; null until the station names the Viewer in its state. */
  visitId: number | null;
}

/** The sessions of one network door: written down from their beginning to their end, and ended with what let them in. */
export class Visits {
  readonly #behind: StationsBehind;
  /** The ids of each station's Viewers, as it tells them. */
  readonly #watching = new Map<StationApi, ReadonlySet<string>>();
  readonly #attendance: Attendance;
  readonly #log: Logger;
  readonly #sessions = new Set<Session>();
  readonly #unsubscribe: readonly (() => void)[];
  #writtenDownAtMs = performance.now();

  constructor(behind: StationsBehind, attendance: Attendance, log: Logger) {
    this.#behind = behind;
    this.#attendance = attendance;
    this.#log = log;
    this.#write(() => attendance.nobodyPresent());
    this.#unsubscribe = this.#stations().map((each) => each.onState((state) => this.#observe(each, state)));
  }

  /** A session was opened for this caller. It is a visit when, and as long as, the station counts it among its Viewers. */
  begin(caller: Caller, streamId: string, viewerId: string): void {
    const leave = (): Promise<void> => this.#behind.station.leave(viewerId);
    const askedAtMs = performance.now();
    this.#sessions.add({ caller, streamId, viewerId, leave, right: 'watch', askedAtMs, visitId: null });
    for (const station of this.#stations()) this.#observe(station, station.state());
  }

  /**
   * Somebody watches without a session, or publishes, until the returned function is called.
   * @param leave Called where it has to end.
   */
  watching(caller: Caller, streamId: string, leave: Session['leave'], right: Right = 'watch'): () => void {
    const askedAtMs = performance.now();
    const session: Session = { caller, streamId, viewerId: null, leave, right, askedAtMs, visitId: null };
    this.#sessions.add(session);
    this.#follow(session, true);
    return () => this.#end(session);
  }

  present(): Visit[] {
    return this.#attendance.present();
  }

  /** Ends a visit and what let it in. False where nobody of that id is present. */
  async dismiss(visitId: number): Promise<boolean> {
    const session = [...this.#sessions].find((each) => each.visitId === visitId);
    if (!session) return false;
    session.caller.dismiss();
    await this.#leave(session);
    return true;
  }

  /** All visits end here, whatever becomes of their sessions. */
  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    for (const session of this.#sessions) this.#end(session);
  }

  #stations(): readonly StationApi[] {
    const { station, lent } = this.#behind;
    return lent ? [station, lent] : [station];
  }

  #observe(station: StationApi, { viewers }: StationState): void {
    // The station tells the beginning of an id, because whoever knew the whole could steer the session.
    this.#watching.set(station, new Set(viewers.map(({ id }) => id)));
    const sets = [...this.#watching.values()];
    for (const session of [...this.#sessions]) {
      const id = session.viewerId?.slice(0, 8);
      this.#follow(session, id === undefined || sets.some((ids) => ids.has(id)));
    }
    if (performance.now() - this.#writtenDownAtMs < writeDownEachMs) return;
    this.#writtenDownAtMs = performance.now();
    if (this.#sessions.size > 0) this.#write(() => this.#attendance.seen());
  }

  #follow(session: Session, isPresent: boolean): void {
    const { caller, streamId } = session;
    if (isPresent) {
      session.visitId ??= this.#write(() => this.#attendance.begin({ ...describe(caller), streamId }));
    } else if (session.visitId !== null || performance.now() - session.askedAtMs > longestUnansweredMs) {
      this.#end(session);
      return;
    }
    const standing = caller.standing();
    // Nobody watches whom the record does not hold.
    const isWrittenDown = session.visitId !== null || !isPresent;
    const isAllowed = standing && maySee(standing, streamId) && mayDo(standing, session.right, caller.kind);
    if (!isWrittenDown || !isAllowed) void this.#leave(session);
  }

  /** Idempotent. */
  #end(session: Session): void {
    if (!this.#sessions.delete(session)) return;
    const { visitId } = session;
    if (visitId !== null) this.#write(() => this.#attendance.end(visitId));
  }

  /** @returns Null where the disk is full or the file can't be written for another reason. */
  #write<T>(work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      this.#log.error({ err: error }, 'The attendance record cannot be written.');
      return null;
    }
  }

  async #leave(session: Session): Promise<void> {
    this.#end(session);
    try {
      await session.leave();
    } catch (error) {
      // It went by itself meanwhile.
      this.#log.debug({ err: error }, 'A session that was to be ended had ended.');
    }
  }
}

function describe({ kind, name, address }: Caller): Pick<Visit, 'kind' | 'name' | 'address'> {
  return { kind, name, address };
}
