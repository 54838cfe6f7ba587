/**
 * Who is here, as all nodes know it. An object of this kind stands for one node: what it says of users counts until it
 * has not been heard of for `expiry` ms. `false` from `put` and `beat`: the node had been given up, or is new; nothing
 * was done, and it is to `restate` itself.
 */
export interface PresenceStore {
  /** Ms without a word after which what this node said counts no more. */
  readonly expiry: number;
  /** All who are here on this node, instead of whatever it said before. */
  restate(here: readonly string[]): Promise<void>;
  /** Changes since then. */
  put(come: readonly string[], gone: readonly string[]): Promise<boolean>;
  /** The node lives. Whoever beats also clears away what nodes that no longer do have left. */
  beat(): Promise<boolean>;
  /** Whether each of them is here on any node. */
  online(users: readonly string[]): Promise<readonly boolean[]>;
}
