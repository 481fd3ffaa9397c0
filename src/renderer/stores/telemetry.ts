import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import type { ViewerState } from '../../shared/state.ts';
import type { Words } from '../locales/en.ts';
import type { HttpNumbers } from '../station/http-numbers.ts';
import type { Diagnosis } from '../station/link-doctor.ts';
import type { Telemetry } from '../station/telemetry.ts';

/** The telemetry of one Tile, with what the Tile itself says. */
export interface TileTelemetry extends Telemetry {
  /** Why there is no picture, where the Tile is offline. */
  readonly cause: keyof Words['cause'] | null;
  /** What is wrong with the way of the pictures; null as long as too little is known. */
  readonly diagnosis: Diagnosis | null;
  /** Of pictures that come over HTTP; null while they come over WebRTC. */
  readonly http: HttpNumbers | null;
  /** Looks at once whether they can come over WebRTC by now. */
  readonly tryWebRtc: () => void;
}

/** The newest telemetry of each Tile on the screen, for whoever stands beside the wall. */
export const useTelemetries = defineStore('telemetry', () => {
  const byStream = shallowReactive(new Map<string, TileTelemetry>());

  return {
    of: (streamId: string): TileTelemetry | null => byStream.get(streamId) ?? null,
    tell: (streamId: string, telemetry: TileTelemetry): void => void byStream.set(streamId, telemetry),
    /** Whether one of the Tiles on this screen is watched over this session of the station. */
    isOwn: (viewer: ViewerState): boolean =>
      [...byStream.values()].some(({ numbers }) => numbers.station.viewer?.id === viewer.id),
    /** Its Tile is gone. */
    forget: (streamId: string): void => void byStream.delete(streamId),
  };
});
