/** Who somebody is, as far as the server is concerned: what `verify` gives and `socket.data` holds. */
export interface Identity<Claims = unknown> {
  /** The same for every credential of this user: rooms, presence and the effect of messages go by it. */
  user: string;
  /** Epoch ms by the server's clock; left out where the credential does not expire. */
  expiresAt?: number;
  /** What else the credential says. */
  claims: Claims;
}

/**
 * Decides whether a credential is good. Called for every handshake and every renewal, with at most 64 KiB that nobody
 * has looked at. Throws `AuthError` to refuse; `null` refuses as `unauthorized`. Anything else that is thrown is a
 * failure of the server's own: the client is told `busy` and keeps its credential.
 */
export interface Verify<Claims = unknown> {
  (token: string): Identity<Claims> | null | Promise<Identity<Claims> | null>;
  /** Called once by `authenticate()`: throws when it can be known already that nothing can be verified. */
  readonly ready?: () => void;
}
