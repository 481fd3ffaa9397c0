import type { StationApi } from '../../shared/api.ts';

/** What is behind the network's door. */
export interface StationsBehind {
  readonly station: StationApi;
  /**
   * Has the Streams that are lent, which borrowers meet in the place of the station, and nobody else does. The two share their places,
   * so that the station steers the sessions of both. Null where nothing is ever lent.
   */
  readonly lent: StationApi | null;
}
