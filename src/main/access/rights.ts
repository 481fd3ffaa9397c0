/** What somebody may do at a door. */
export type Right =
  /** See what every screen shows: the state and the pictures, in sessions of one's own. */
  | 'watch'
  /** Find out what a station could be set up with, and watch over the station itself. */
  | 'set_up';

/** What a door wants of a caller before it does something; `public` is for everybody who gets as far as the door. */
export type NeededRight = Right | 'public';

/** What proves to a door who is calling, for as long as it lasts. */
export interface AccessToken {
  /** For the Authorization header, and nowhere else: addresses are kept in logs and histories. */
  readonly token: string;
  /** As a span, because the clock of another machine may be wrong. */
  readonly expiresInMs: number;
}

/** What came of a key: a token, or the wait after too many wrong ones. */
export type KeyExchange = AccessToken | { readonly waitMs: number };

/** Who may do what, as far as a door has to know. */
export interface Access {
  /**
   * Exchanges the key of a guest link for a token.
   * @throws StationError `sign_in_needed` where the key is wrong or its link has ended, which look alike.
   */
  exchangeKey(key: string): Promise<KeyExchange>;
  /** What the bearer of this token may do, or null where it is none of ours or its time is over. */
  rightsOf(token: string): Promise<ReadonlySet<Right> | null>;
}
