import { useIntervalFn } from '@vueuse/core';
import { watch } from 'vue';
import { useCall } from '../stores/call.ts';

const ringEachMs = 3_000;
/** Two quiet tones, the second one lower, as an instrument's and not a telephone's. */
const tones = [
  { hz: 660, atS: 0, lastsS: 0.35 },
  { hz: 550, atS: 0.45, lastsS: 0.45 },
] as const;
const loudness = 0.08;

/** Lets it be heard that somebody calls. Before the first touch or key browsers allow a page no sound; the screen rings all the same. */
export function useRing(): void {
  const call = useCall();
  let context: AudioContext | null = null;
  const { pause, resume } = useIntervalFn(() => void ring(), ringEachMs, { immediate: false });

  async function ring(): Promise<void> {
    if (context?.state === 'running') for (const tone of tones) play(context, tone);
    else await context?.resume();
  }

  watch(
    () => call.incoming?.callId ?? null,
    (callId) => {
      void context?.close();
      context = callId !== null && 'AudioContext' in window ? new AudioContext() : null;
      if (!context) return pause();
      // It sounds as soon as it may.
      for (const tone of tones) play(context, tone);
      resume();
    },
    { immediate: true },
  );
}

function play(context: AudioContext, { hz, atS, lastsS }: (typeof tones)[number]): void {
  const from = context.currentTime + atS;
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.setValueAtTime(0, from);
  // A sound that begins or ends at once clicks.
  gain.gain.linearRampToValueAtTime(loudness, from + 0.05);
  gain.gain.linearRampToValueAtTime(0, from + lastsS);
  const tone = new OscillatorNode(context, { frequency: hz });
  tone.connect(gain).connect(context.destination);
  tone.start(from);
  tone.stop(from + lastsS);
}
