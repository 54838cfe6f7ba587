/** What clients tell of what they see, in the order in which it happened: as arrays, for there is much of it. */
export type News =
  /** A message was handed to `send`. */
  | readonly ['sent', key: string, room: string]
  /** `send` told that this is what became of it. */
  | readonly ['ended', key: string, state: string]
  /** A message came while the app was connected as this user; `null`: as nobody. */
  | readonly ['got', user: string | null, room: string, key: string]
  /** The same of a word for one user alone. */
  | readonly ['note', user: string | null, to: string]
  /** A gap was told, for this reason: what is missing of these rooms of the user is known to be. */
  | readonly ['gap', user: string, rooms: readonly string[], reason: string]
  /** Somebody was turned away for good, by this code, though the identity provider said yes. */
  | readonly ['turned-away', user: string, code: string]
  /** Something that may not be, which the client itself could see. */
  | readonly ['wrong', kind: 'status' | 'driven' | 'leak' | 'refused-send' | 'crash', what: string];
