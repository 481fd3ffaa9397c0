import { computed, shallowRef, watch, type Ref } from 'vue';
import { bookingBounds } from '../../shared/directory.ts';
import { useAccess } from '../stores/access.ts';
import { useDirectory } from '../stores/directory.ts';
import type { BookingDraft } from '../stores/lab.ts';
import { momentsOf, wallTimeAt, type WallTime } from './lab-time.ts';
import { useHeartbeat } from './use-heartbeat.ts';
import { useLabTime } from './use-lab-time.ts';
import { useWords } from './use-words.ts';

const dayMs = 86_400_000;

/** What is typed of a booking, in the lab's time, and what becomes of it. */
export function useBookingForm(draft: BookingDraft, onDone: () => void) {
  const directory = useDirectory();
  const { timeZone } = useLabTime();
  const { booking } = draft;
  const from = useWallTime(draft.fromMs, timeZone.value);
  const until = useWallTime(draft.untilMs, timeZone.value);
  const station = shallowRef(draft.station);
  const purpose = shallowRef(booking?.purpose ?? '');
  /** What is missing is said when somebody wants to go on, not before. */
  const isTried = shallowRef(false);

  const whom = useForWhom(booking === null);
  const spanFault = useSpanFault(from.timeMs, until.timeMs, booking?.fromMs ?? null);

  // Whoever moves the beginning moves the whole, and says by the end how long it is.
  watch(from.timeMs, (timeMs, beforeMs) => {
    if (timeMs !== null && beforeMs !== null && until.timeMs.value !== null) {
      until.set(until.timeMs.value + timeMs - beforeMs);
    }
  });

  async function save(): Promise<void> {
    isTried.value = true;
    const [fromMs, untilMs] = [from.timeMs.value, until.timeMs.value];
    if (fromMs === null || untilMs === null || spanFault.value !== null || whom.isMissing.value) return;
    const what = { fromMs, untilMs, purpose: purpose.value };
    const user = whom.user.value;
    const saved = booking
      ? await directory.changeBooking(booking.id, what)
      : await directory.book({ ...what, ...(user !== '' && { user }), station: station.value });
    if (saved !== undefined) onDone();
  }

  async function cancel(): Promise<void> {
    if (booking && (await directory.cancelBooking(booking.id)) !== undefined) onDone();
  }

  return {
    from,
    until,
    /** Why nobody can book from then until then, or null. */
    spanFault,
    station,
    purpose,
    whom,
    /** Somebody has to be chosen, and nobody is. */
    isNobody: computed(() => isTried.value && whom.isMissing.value),
    save,
    cancel,
  };
}

/**
 * What the directory would refuse, said before it has to.
 * @param bookedFromMs When the booking that is changed has begun or will begin; null where it is a new one.
 */
function useSpanFault(from: Ref<number | null>, until: Ref<number | null>, bookedFromMs: number | null) {
  const { word } = useWords();
  const heartbeat = useHeartbeat();
  const { longestMs, aheadMs, lateMs } = bookingBounds;

  return computed(() => {
    const [fromMs, untilMs, nowMs] = [from.value, until.value, heartbeat.value];
    if (fromMs === null || untilMs === null) return null;
    if (untilMs <= fromMs) return word('booking.inverted');
    if (untilMs <= nowMs || (fromMs !== bookedFromMs && fromMs < nowMs - lateMs)) return word('booking.past');
    if (untilMs - fromMs > longestMs) return word('booking.tooLong', { days: longestMs / dayMs });
    return fromMs > nowMs + aheadMs ? word('booking.tooFar') : null;
  });
}

/** For whom a booking is to be. @param isNew Whose an older one is stays. */
function useForWhom(isNew: boolean) {
  const directory = useDirectory();
  const access = useAccess();
  const { word } = useWords();
  /** Empty for oneself. */
  const user = shallowRef('');
  // An admin may book for anybody, and the kiosk has to, because it is nobody.
  const isOffered = computed(() => isNew && directory.mayManage && access.mayManage);
  if (isOffered.value) void access.readUsers();

  return {
    user,
    isOffered,
    users: computed(() => {
      const names = (access.users ?? []).map(({ name }) => ({ value: name, label: name }));
      return [{ value: '', label: word(directory.hasOwnBookings ? 'booking.forYou' : 'booking.nobody') }, ...names];
    }),
    isMissing: computed(() => isOffered.value && !directory.hasOwnBookings && user.value === ''),
  };
}

/** A moment that somebody sets by the lab's clock. */
function useWallTime(initialMs: number, timeZone: string) {
  const { word } = useWords();
  const shown = shallowRef<WallTime>(wallTimeAt(timeZone, initialMs));
  /** What it was set to by no clock, which may be the second of two moments that look alike. */
  const known = shallowRef(initialMs);
  const isKnown = computed(() => {
    const { date, time } = wallTimeAt(timeZone, known.value);
    return date === shown.value.date && time === shown.value.time;
  });
  const moments = computed(() => momentsOf(timeZone, shown.value));
  const isFilled = computed(() => shown.value.date !== '' && shown.value.time !== '');

  return {
    shown,
    /** Null where the lab's clock never shows this. */
    timeMs: computed(() => (isKnown.value ? known.value : (moments.value[0] ?? null))),
    fault: computed(() => {
      if (moments.value.length > 0) return null;
      return word(isFilled.value ? 'booking.skippedTime' : 'booking.noTime');
    }),
    note: computed(() =>
      moments.value.length > 1 && !isKnown.value ? word('booking.twice', { time: shown.value.time }) : null,
    ),
    set(timeMs: number): void {
      known.value = timeMs;
      shown.value = wallTimeAt(timeZone, timeMs);
    },
  };
}
