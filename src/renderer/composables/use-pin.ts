import { computed, shallowRef } from 'vue';
import { Refusal, type RefusalReason } from '../station/client.ts';
import { useShell } from '../stores/shell.ts';
import { useHeartbeat } from './use-heartbeat.ts';

export const pinDigits = 6;

/** What is typed: the PIN, a new one, or the new one for the second time. */
export type PinStep = 'unlock' | 'choose' | 'again';

/** What was wrong with the last try. */
export type PinFault = 'incomplete' | 'different' | RefusalReason;

/** Takes digits until they are a PIN, and unlocks with it or chooses it. @param done Called when the PIN holds. */
export function usePin(purpose: 'unlock' | 'choose', done: () => void) {
  const shell = useShell();
  const heartbeat = useHeartbeat();
  const digits = shallowRef('');
  const chosen = shallowRef<string | null>(null);
  const fault = shallowRef<PinFault | null>(null);
  const isBusy = shallowRef(false);

  const step = computed<PinStep>(() => (purpose === 'choose' && chosen.value !== null ? 'again' : purpose));
  const waitMs = computed(() => {
    const waitUntilMs = shell.lock?.kind === 'locked' ? shell.lock.waitUntilMs : null;
    return Math.max(0, (waitUntilMs ?? 0) - heartbeat.value);
  });
  const canType = computed(() => !isBusy.value && waitMs.value === 0);

  function add(digit: string): void {
    if (!canType.value) return;
    fault.value = null;
    digits.value += digit;
    if (digits.value.length === pinDigits) void submit(digits.value);
  }

  function remove(): void {
    fault.value = null;
    digits.value = digits.value.slice(0, -1);
  }

  /** The last digit submits by itself. */
  function enter(): void {
    if (canType.value && digits.value !== '') fault.value = 'incomplete';
  }

  async function submit(pin: string): Promise<void> {
    isBusy.value = true;
    try {
      if (purpose === 'unlock') await shell.unlock(pin);
      else if (!(await choose(pin))) return;
      done();
    } catch (error) {
      fault.value = error instanceof Refusal ? error.reason : 'internal';
    } finally {
      digits.value = '';
      isBusy.value = false;
    }
  }

  /** @returns Whether the PIN holds: it does when it was typed twice. */
  async function choose(pin: string): Promise<boolean> {
    const before = chosen.value;
    chosen.value = before === null ? pin : null;
    if (before === null) return false;
    if (before === pin) await shell.setPin(before, pin);
    else fault.value = 'different';
    return before === pin;
  }

  return { step, typed: computed(() => digits.value.length), fault, waitMs, canType, add, remove, enter };
}
