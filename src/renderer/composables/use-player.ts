import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';
import { useConnection } from '../stores/connection.ts';
import { useStation } from '../stores/station.ts';
import { noPictures, type PictureSample } from '../station/picture-meter.ts';
import { Player, type PlayerState } from '../station/player.ts';
import { useAttention } from './use-attention.ts';
import { useHeartbeat } from './use-heartbeat.ts';

/**
 * Keeps a Player on a `<video>` while the component lives and somebody can see it, and passes on what the station says:
 * tries at once when there is new hope.
 */
export function usePlayer(
  streamId: string,
  video: Readonly<ShallowRef<HTMLVideoElement | null>>,
): { readonly state: ShallowRef<PlayerState>; readonly pictures: ShallowRef<PictureSample> } {
  const { client, clock } = useConnection();
  const station = useStation();
  const isWatched = useAttention();
  const heartbeat = useHeartbeat();
  const state = shallowRef<PlayerState>({ kind: 'closed' });
  const pictures = shallowRef<PictureSample>(noPictures);
  let player: Player | undefined;

  function close(): void {
    player?.close();
    player = undefined;
  }

  // At once, because a page that is being left runs nothing later.
  watch(
    [video, isWatched],
    ([element, watched]) => {
      close();
      if (!element || !watched) return;
      player = new Player({ client, clock, streamId, video: element, onState: (newest) => (state.value = newest) });
    },
    { immediate: true, flush: 'sync' },
  );
  watch([heartbeat, state], () => (pictures.value = player?.sample() ?? noPictures));

  watch(
    () => station.runId,
    (_runId, before) => {
      if (before !== null) player?.restart();
    },
  );
  watch(
    () => station.isReachable,
    (isReachable) => {
      if (isReachable) player?.tryNow();
    },
  );
  watch(
    () => station.streams.find((stream) => stream.id === streamId)?.status.kind,
    (status) => {
      if (status === 'live') player?.tryNow();
    },
  );

  onScopeDispose(close);
  return { state, pictures };
}
