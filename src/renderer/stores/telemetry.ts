import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import type { Words } from '../locales/en.ts';
import type { Telemetry } from '../station/telemetry.ts';

/** The telemetry of one Tile, with what the Tile itself says. */
export interface TileTelemetry extends Telemetry {
  /** Why there is no picture, where the Tile is offline. */
  readonly cause: keyof Words['cause'] | null;
}

/** The newest telemetry of each Tile on the screen, for whoever stands beside the wall. */
export const useTelemetries = defineStore('telemetry', () => {
  const byStream = shallowReactive(new Map<string, TileTelemetry>());

  return {
    of: (streamId: string): TileTelemetry | null => byStream.get(streamId) ?? null,
    tell: (streamId: string, telemetry: TileTelemetry): void => void byStream.set(streamId, telemetry),
    /** Its Tile is gone. */
    forget: (streamId: string): void => void byStream.delete(streamId),
  };
});
