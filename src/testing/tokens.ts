/** The token endpoint of a simulated world: which tokens were given to whom, in which order, and which still hold. */
export interface Tokens {
  /** A new token for this identity. */
  issue(identity: string): string;
  /** The latest token of this identity, as a cache would have it; a new one if there is none. */
  current(identity: string): string;
  /** Whether the server would take it for this identity. */
  isGood(token: unknown, identity: string): boolean;
  /** Every token issued so far stops being good: expired, or the keys were rotated. */
  revokeAll(): void;
  /** Whose token it is, or `undefined` for one that was never issued. */
  ownerOf(token: unknown): string | undefined;
  /** Every token that was ever issued: what must be found nowhere. */
  all(): readonly string[];
}

export function createTokens(): Tokens {
  const owners = new Map<string, string>();
  const latest = new Map<string, string>();
  const revoked = new Set<string>();

  function issue(identity: string): string {
    const token = `secret-${owners.size + 1}-of-${identity}-end`;
    owners.set(token, identity);
    latest.set(identity, token);
    return token;
  }

  return {
    issue,
    current: (identity) => latest.get(identity) ?? issue(identity),
    isGood: (token, identity) =>
      typeof token === 'string' && owners.get(token) === identity && !revoked.has(token),
    revokeAll() {
      for (const token of owners.keys()) revoked.add(token);
    },
    ownerOf: (token) => (typeof token === 'string' ? owners.get(token) : undefined),
    all: () => [...owners.keys()],
  };
}
