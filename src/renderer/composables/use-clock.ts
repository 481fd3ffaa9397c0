import { computed, type ComputedRef } from 'vue';
import { useConnection } from '../stores/connection.ts';
import { useHeartbeat } from './use-heartbeat.ts';
import { useTimeOfDay } from './use-time-of-day.ts';
import { unknownNumber } from './use-words.ts';

/** The station's time in this page's zone, such as `22:59:07` and `UTC+1`. */
export function useClock(): { readonly time: ComputedRef<string>; readonly zone: ComputedRef<string> } {
  const { clock } = useConnection();
  const heartbeat = useHeartbeat();
  const timeOfDay = useTimeOfDay();
  const nowMs = computed(() => (heartbeat.value > 0 ? clock.nowMs() : Number.NaN));
  return {
    time: computed(() => (Number.isNaN(nowMs.value) ? unknownNumber : timeOfDay(nowMs.value))),
    zone: computed(() => zoneName(new Date(heartbeat.value).getTimezoneOffset())),
  };
}

/** @param offsetMin As `Date.getTimezoneOffset` gives it: minutes to add to local time to get UTC. */
export function zoneName(offsetMin: number): string {
  if (offsetMin === 0) return 'UTC';
  const sign = offsetMin < 0 ? '+' : '−';
  const hours = Math.floor(Math.abs(offsetMin) / 60);
  const minutes = Math.abs(offsetMin) % 60;
  return `UTC${sign}${hours}${minutes === 0 ? '' : `:${String(minutes).padStart(2, '0')}`}`;
}
