/**
 * Remembers what became of messages, for `exactlyOnce`. The run of a message is claimed for a while, the lease, and
 * under a token of its own: a claim that was not extended in time is anybody's, and whoever held it can no longer
 * write over what the next one has written.
 */
export interface DedupeStore {
  /** Claims the run of a message for `lease` ms, unless it is claimed or done. */
  begin(key: string, token: string, lease: number): Promise<Claim>;
  /** Holds the claim for another `lease` ms from now. `false`: it is somebody else's by now, or done. */
  extend(key: string, token: string, lease: number): Promise<boolean>;
  /**
   * Keeps the answer for `ttl` ms. `false`: somebody else has claimed the message since, and nothing was written. May be
   * said twice, when nobody knows whether the first came through.
   */
  finish(key: string, token: string, answer: string, ttl: number): Promise<boolean>;
  /** Gives the claim up: the message may run again. */
  release(key: string, token: string): Promise<void>;
}

/** What became of the wish to run a message: it is the caller's, or somebody runs it, or its answer is there already. */
export type Claim =
  | { readonly state: 'mine' }
  /** Somebody runs it, and holds it for at most `left` ms more if they do not extend it. */
  | { readonly state: 'running'; readonly left: number }
  | { readonly state: 'done'; readonly answer: string };
