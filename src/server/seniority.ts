/** When a connection of a user came, told from node to node. */
export interface Rank {
  readonly user: string;
  /** Ms of a clock that never runs behind what was heard of others (Lamport): who came later ranks higher. */
  readonly at: number;
  /** Id of the socket: decides between two of the same time. */
  readonly id: string;
}

export interface SeniorityPorts<S> {
  readonly keeps: 'newest' | 'oldest';
  dismiss(socket: S): void;
  /** Tells every other node. */
  announce(rank: Rank): void;
}

export interface Seniority<S> {
  arrives(user: string, socket: S): void;
  leaves(user: string, socket: S): void;
  /** Another node has, or had, a connection of this rank. */
  hears(rank: Rank): void;
}

/**
 * Keeps one connection of each user, the newest or the oldest. All nodes judge by the same ranks, so of two newcomers on
 * two nodes one stays, and never none: the better one is announced back to whoever announced a worse one.
 */
export function createSeniority<S extends { readonly id: string }>(ports: SeniorityPorts<S>): Seniority<S> {
  const users = new Map<string, Map<S, Rank>>();
  let latest = 0;

  function beats(one: Rank, other: Rank): boolean {
    const isLater = one.at === other.at ? one.id > other.id : one.at > other.at;
    return isLater === (ports.keeps === 'newest');
  }

  function judge(rank: Rank): void {
    for (const [socket, own] of users.get(rank.user) ?? []) {
      // Of the same id is itself, or its own ghost: to end that one would take the rooms of the live one.
      if (own.id === rank.id) continue;
      if (beats(rank, own)) ports.dismiss(socket);
      else ports.announce(own);
    }
  }

  return {
    arrives(user, socket) {
      latest = Math.max(Date.now(), latest + 1);
      const rank = { user, at: latest, id: socket.id };
      const own = users.get(user) ?? new Map<S, Rank>();
      const others = [...own.values()];
      users.set(user, own.set(socket, rank));
      ports.announce(rank);
      for (const other of [rank, ...others]) judge(other);
    },
    leaves(user, socket) {
      const own = users.get(user);
      own?.delete(socket);
      if (own?.size === 0) users.delete(user);
    },
    hears(rank) {
      latest = Math.max(latest, rank.at);
      judge(rank);
    },
  };
}
