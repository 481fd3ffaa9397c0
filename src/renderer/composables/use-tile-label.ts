import { computed, type ComputedRef } from 'vue';
import type { StreamState } from '../../shared/state.ts';
import { causeOfState } from './tile-state.ts';
import type { TileView } from './use-tile.ts';
import { useQualityWords } from './use-quality-words.ts';
import { useWords } from './use-words.ts';

type LabelFacts = Pick<
  TileView,
  'state' | 'stateWord' | 'standIn' | 'isOverHttp' | 'fps' | 'latencyMs' | 'saturatedShare' | 'quality'
>;

/** A Tile in words, for those who can't see it. */
export function useTileLabel(stream: () => StreamState, facts: LabelFacts): ComputedRef<string> {
  const { word, quantity, list } = useWords();
  const { levelWord, causeSentence } = useQualityWords();

  return computed(() => {
    const { state, stateWord, standIn, isOverHttp, fps, latencyMs, saturatedShare, quality } = facts;
    const cause = quality.value?.cause;
    const reason = causeOfState(state.value);
    return list([
      stream().name,
      ...(stream().detector?.stationName === undefined ? [] : [stream().detector?.stationName ?? '']),
      stateWord.value,
      ...(standIn.value ? [word(`state.${standIn.value}`)] : []),
      ...(isOverHttp.value ? [word('http.label')] : []),
      ...(reason ? [word(`cause.${reason}`)] : []),
      ...(state.value.kind === 'offline' && state.value.next?.by === 'person' ? [word('tile.gaveUp')] : []),
      ...(fps.value === null ? [] : [word('tile.label.rate', { rate: Math.round(fps.value) })]),
      ...(latencyMs.value === null ? [] : [word('tile.label.latency', { latency: quantity(latencyMs.value, 'ms') })]),
      ...(quality.value && cause ? [levelWord(quality.value.level), causeSentence(cause)] : []),
      ...(saturatedShare.value === null
        ? []
        : [word('tile.label.saturated', { share: quantity(saturatedShare.value * 100, '%', 2) })]),
    ]);
  });
}
