/** What client and server say to each other beyond the app's own events. It imports nothing: both ends import it. */

/** Right before the server ends a link, it says why. */
export const byeEvent = 'holdfast:bye';

/** The server's last word (RE-7). `retryAfter` in ms. */
export interface Bye {
  readonly code: ByeCode;
  readonly retryAfter?: number;
}

export type ByeCode = 'superseded' | 'expired' | 'forbidden' | 'draining' | 'busy';

/** Why a handshake is refused: `data` of the error that the client sees. `retryAfter` in ms. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly retryAfter?: number;
  /** `retryAfter` is a slot reserved for this client alone: it comes then, without a spread of its own (RE-2, SV-5). */
  readonly exact?: true;
}

export type RefusalCode = 'unauthorized' | 'expired' | 'forbidden' | 'busy' | 'draining';

/** A fresh credential for a link that is open (CR-9): `{ token }`, answered with a `Renewal`. */
export const renewEvent = 'holdfast:renew';

/** `expiresIn` in ms from receipt; left out where the credential does not expire. */
export type Renewal = { readonly expiresIn?: number } | { readonly error: Refusal };
