import { setTimeout as pause } from 'node:timers/promises';
import { CredentialRefused, type CredentialRequest } from 'holdfast';
import { issueToken } from './tokens.ts';

/**
 * What a client's identity provider is like at the moment. `fails`: it throws. `late`: it answers after seconds, also when
 * nobody waits for it any more. `stale`: it has a token in its cache that is over, and a good one when it is forced.
 * `gone`: it says that nobody is signed in.
 */
export type Mood = 'well' | 'fails' | 'late' | 'stale' | 'gone';
export const badMoods = ['fails', 'late', 'stale', 'gone'] as const satisfies readonly Mood[];

export interface ProviderOptions {
  readonly secret: string;
  readonly random: () => number;
  /** Whether it says how long a token lasts, so that it is renewed on the open link; otherwise the server ends the link. */
  readonly tells: boolean;
  /** How soon tokens are over, 1 being usual. */
  readonly pace: number;
}

/** Issues tokens that last for a minute or so. */
export class IdentityProvider {
  mood: Mood = 'well';
  /** Whether it said since this was last set that nobody is signed in. */
  hasRefused = false;
  readonly #options: ProviderOptions;
  #last = '';

  constructor(options: ProviderOptions) {
    this.#options = options;
  }

  async credential({ identity, forceRefresh }: CredentialRequest) {
    const { secret, random, tells, pace } = this.#options;
    const mood = this.mood;
    if (mood === 'gone') {
      this.hasRefused = true;
      throw new CredentialRefused();
    }
    // Some are careless with what they print.
    if (mood === 'fails') throw new Error(`no answer for ${this.#last}`);
    // Longer than anybody waits, some of the time: it must have no effect then.
    if (mood === 'late') await pause(random() * latest, undefined, { ref: false });
    const lasts =
      mood === 'stale' && !forceRefresh ? -over : shortest + random() * (longest / pace - shortest);
    const token = await issueToken(identity, secret, lasts);
    this.#last = token;
    return tells ? { token, expiresIn: Math.max(1, lasts) } : token;
  }
}

/** ms. A fresh token outlasts a handshake, so that nobody is refused twice. */
const shortest = 30_000;
const longest = 120_000;
const over = 60_000;
const latest = 8_000;

/** What clients are told to wait for a credential, in ms. */
export const credentialTimeout = 5_000;
