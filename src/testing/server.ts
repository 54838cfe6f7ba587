import type { Observed } from '../../machines/verdict.ts';

/** One handshake as the simulated server sees it, and what it can do about it. */
export interface Handshake {
  readonly identity: string;
  readonly token: unknown;
  /** Whether the token is one of this identity and still holds. */
  readonly isGood: boolean;
  /** Lets it in. `recovered`: with the session of the link before. Default: with a new one. */
  accept(details?: { readonly recovered?: boolean }): void;
  /** Refuses with `err.data`, or with words only. */
  refuse(data?: unknown, message?: string): void;
  /** Ends it without an answer. */
  cut(observed?: Partial<Observed>): void;
  /** Sends an event on the accepted link. */
  say(event: string, payload: unknown): void;
  /** Does something later, in virtual ms. */
  later(ms: number, act: () => void): void;
}

/** What a simulated server does with a handshake. Named by what it does, so that a trace reads as a story. */
export interface ServerBehaviour {
  readonly name: string;
  /** Called with each handshake; one that is neither accepted, refused nor cut hangs. */
  onHandshake(handshake: Handshake): void;
  /** Default: `world.backend` takes it. */
  onMessage?(message: Message): void;
}

/** What a client sent over an open link, as the server sees it. */
export interface Message {
  readonly identity: string;
  readonly event: string;
  readonly args: readonly unknown[];
  /** Where the server has this connection, for it to change. A recovered session keeps them. */
  readonly rooms: Set<string>;
  /** Takes another credential for this connection from here on (CR-9); false, and nothing changed, when it is no good. */
  renew(token: unknown): boolean;
  /** Acknowledges; nobody hears it where none was asked for. */
  answer(value: unknown): void;
}

function behaviour(name: string, onHandshake: (handshake: Handshake) => void): ServerBehaviour {
  return { name, onHandshake };
}

/** Takes what is good, and refuses the rest as `unauthorized`. */
export function accepts(details: { readonly recovered?: boolean } = {}): ServerBehaviour {
  return behaviour('accepts', (handshake) => {
    if (handshake.isGood) handshake.accept(details);
    else handshake.refuse({ code: 'unauthorized' });
  });
}

/** Refuses every credential, good or not, by code or (with `null`) by words alone. */
export function refusesCredential(
  code: 'unauthorized' | 'expired' | 'forbidden' | null = 'unauthorized',
): ServerBehaviour {
  return behaviour(`refusesCredential(${code})`, (handshake) => {
    if (code === null) handshake.refuse(undefined, 'jwt malformed');
    else handshake.refuse({ code });
  });
}

/** Refuses the token that it sees first, and takes any other good one: what an expired token looks like. */
export function refusesUntilRefreshed(): ServerBehaviour {
  const refused = new Map<string, unknown>();
  return behaviour('refusesUntilRefreshed', (handshake) => {
    if (!refused.has(handshake.identity)) refused.set(handshake.identity, handshake.token);
    if (handshake.isGood && refused.get(handshake.identity) !== handshake.token) handshake.accept();
    else handshake.refuse({ code: 'unauthorized' });
  });
}

/** Refuses for a reason of its own that has nothing to do with the credential. */
export function refuses(data: unknown = undefined, message = 'the database is away'): ServerBehaviour {
  return behaviour('refuses', (handshake) => handshake.refuse(data, message));
}

/** Asks to come back in `retryAfter` ms. */
export function isBusy(retryAfter: number): ServerBehaviour {
  return behaviour(`isBusy(${retryAfter})`, (handshake) => handshake.refuse({ code: 'busy', retryAfter }));
}

/** Takes the handshake and never answers: middleware that forgets to call `next`. */
export function hangs(): ServerBehaviour {
  return behaviour('hangs', () => {});
}

/** Closes instead of answering. */
export function closesDuringHandshake(): ServerBehaviour {
  return behaviour('closesDuringHandshake', (handshake) => handshake.cut());
}

/** Answers, but `ms` later than it should: the answer may come to an attempt that is over. */
export function answersLate(ms: number): ServerBehaviour {
  return behaviour(`answersLate(${ms})`, (handshake) => handshake.later(ms, () => handshake.accept()));
}

/** Does what another behaviour does, `ms` later: the client may have gone on by then. */
export function delayed(ms: number, given: ServerBehaviour): ServerBehaviour {
  return {
    ...given,
    onHandshake: (handshake) => handshake.later(ms, () => given.onHandshake(handshake)),
  };
}

/** Accepts and drops the link `ms` later, each time: a crash loop. */
export function acceptsThenDrops(ms = 0): ServerBehaviour {
  return behaviour(`acceptsThenDrops(${ms})`, (handshake) => {
    handshake.accept();
    handshake.later(ms, () => handshake.cut());
  });
}

/** Accepts, then says BYE with this code (or none) and closes. */
export function kicks(
  code?: 'superseded' | 'expired' | 'forbidden' | 'draining',
  { after = 0, retryAfter }: { readonly after?: number; readonly retryAfter?: number } = {},
): ServerBehaviour {
  return behaviour(`kicks(${code ?? ''})`, (handshake) => {
    handshake.accept();
    handshake.later(after, () => {
      if (code !== undefined)
        handshake.say('holdfast:bye', { code, ...(retryAfter !== undefined && { retryAfter }) });
      handshake.cut({ reason: 'io server disconnect' });
    });
  });
}

/** One behaviour a handshake; the last one stays. */
export function sequence(...behaviours: readonly [ServerBehaviour, ...ServerBehaviour[]]): ServerBehaviour {
  let next = 0;
  return behaviour(`sequence(${behaviours.map(({ name }) => name).join(', ')})`, (handshake) => {
    const current = behaviours[Math.min(next, behaviours.length - 1)] ?? behaviours[0];
    next += 1;
    current.onHandshake(handshake);
  });
}
