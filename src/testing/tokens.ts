/** The token endpoint of a simulated world: which tokens were given to whom, in which order, and which still hold. */
export interface Tokens {
  /** A new token for this identity. */
  issue(identity: string): string;
  /** The latest token of this identity, as a cache would have it; a new one if there is none. */
  current(identity: string): string;
  /** Ms that it has left; `null` for one that lasts for ever, and for one that was never issued. */
  lifeOf(token: unknown): number | null;
  /** Whether the server would take it for this identity. */
  isGood(token: unknown, identity: string): boolean;
  /** Every token issued so far stops being good: expired, or the keys were rotated. */
  revokeAll(): void;
  /** Whose token it is, or `undefined` for one that was never issued. */
  ownerOf(token: unknown): string | undefined;
  /** Every token that was ever issued: what must be found nowhere. */
  all(): readonly string[];
}

export interface TokenOptions {
  /** Ms that a token lasts. */
  readonly lifetime: number;
  /** Ms since the beginning. */
  elapsed(): number;
}

/** Tokens last for ever unless a lifetime is given. */
export function createTokens(options: TokenOptions | null = null): Tokens {
  const owners = new Map<string, string>();
  const ends = new Map<unknown, number>();
  const latest = new Map<string, string>();
  const revoked = new Set<string>();

  function issue(identity: string): string {
    const token = `secret-${owners.size + 1}-of-${identity}-end`;
    owners.set(token, identity);
    latest.set(identity, token);
    if (options !== null) ends.set(token, options.elapsed() + options.lifetime);
    return token;
  }

  function lifeOf(token: unknown): number | null {
    const end = ends.get(token);
    return end === undefined ? null : Math.max(0, end - (options?.elapsed() ?? 0));
  }

  return {
    issue,
    // No cache keeps what has run out.
    current(identity) {
      const cached = latest.get(identity);
      return cached === undefined || lifeOf(cached) === 0 ? issue(identity) : cached;
    },
    lifeOf,
    isGood: (token, identity) =>
      typeof token === 'string' &&
      owners.get(token) === identity &&
      !revoked.has(token) &&
      lifeOf(token) !== 0,
    revokeAll() {
      for (const token of owners.keys()) revoked.add(token);
    },
    ownerOf: (token) => (typeof token === 'string' ? owners.get(token) : undefined),
    all: () => [...owners.keys()],
  };
}
