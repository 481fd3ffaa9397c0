import type { SourceKind } from '../../shared/source.ts';
import type { StreamEvent } from '../../shared/stream-event.ts';
import type { NoWebRtc } from '../station/fallback.ts';
import type { ViewEvent } from '../stores/event-log.ts';
import { causeOfFault } from './tile-state.ts';
import { useQualityWords } from './use-quality-words.ts';
import { useWords } from './use-words.ts';

/** What happened to a Stream, in the reader's words. */
export function useEventWords(sourceKind: () => SourceKind) {
  const { word, capitals, list, duration } = useWords();
  const { qualitySentence } = useQualityWords();

  function wayWords(why: NoWebRtc | null): string {
    return why ? `${word('http.sentence')} ${word(`http.why.${why}`)}` : word('http.back');
  }

  /** What changed on a Tile of this page. */
  function viewEventWords(event: ViewEvent): string {
    if (event.kind === 'quality') return qualitySentence(event.quality);
    if (event.kind === 'way') return wayWords(event.why);
    const cause = event.cause && word(`cause.${event.cause}`);
    return [capitals(word(`state.${event.state}`)), cause].filter(Boolean).join(' – ');
  }

  /** What the station has seen. */
  function streamEventWords(event: StreamEvent): string {
    switch (event.kind) {
      case 'started':
      case 'live':
      case 'frozen':
      case 'idle':
        return word(`event.${event.kind}`);
      case 'offline':
        return word('event.offline', { cause: word(`cause.${causeOfFault(sourceKind(), event)}`) });
      case 'live_again':
        return word('event.live_again', { time: duration(event.outageMs) });
      case 'thawed':
        return word('event.thawed', { time: duration(event.frozenForMs) });
      case 'viewer_came':
        return word('event.viewer_came', { viewers: event.viewers });
      case 'viewer_gone':
        return word('event.viewer_gone', { reason: word(`event.end.${event.reason}`), viewers: event.viewers });
      case 'settings_changed':
        return word('event.settings_changed', {
          settings: list(event.settings.map((setting) => word(`event.setting.${setting}`))),
        });
      case 'frames_skipped':
        return word('event.frames_skipped', { frames: event.frames });
    }
  }

  return { viewEventWords, streamEventWords };
}
