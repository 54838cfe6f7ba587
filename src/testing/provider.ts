import type { Credential, CredentialProvider, CredentialRequest } from '../credential.ts';
import { CredentialRefused } from '../errors.ts';
import type { Tokens } from './tokens.ts';

/** What a simulated provider can use. */
export interface ProviderWorld {
  /** The token endpoint. */
  readonly tokens: Tokens;
  /** Resolves after that many virtual ms. */
  after(ms: number): Promise<void>;
}

/** What a simulated provider does with a call. */
export interface ProviderBehaviour {
  readonly name: string;
  /** Called as the provider is: at each attempt and each renewal. */
  answer(request: CredentialRequest, world: ProviderWorld): ReturnType<CredentialProvider>;
}

/** Gives the cached token, and a fresh one when forced to. */
export function grants(): ProviderBehaviour {
  return { name: 'grants', answer: async (request, world) => tokenFor(request, world) };
}

/** Keeps giving the cached token, whatever it is asked for. */
export function ignoresRefresh(): ProviderBehaviour {
  return {
    name: 'ignoresRefresh',
    answer: async ({ identity }, { tokens }) => withLife(tokens, tokens.current(identity)),
  };
}

/** Says that nobody is signed in: by `null`, or by throwing `CredentialRefused`. */
export function saysNobody(how: 'null' | 'throw' = 'null'): ProviderBehaviour {
  return {
    name: `saysNobody(${how})`,
    async answer() {
      if (how === 'throw') throw new CredentialRefused();
      return null;
    },
  };
}

/** Rejects, as when the token endpoint is down; a `retryAfter` in ms is honoured. */
export function fails(retryAfter?: number): ProviderBehaviour {
  return {
    name: 'fails',
    answer: async () => Promise.reject(Object.assign(new Error('token endpoint is down'), { retryAfter })),
  };
}

/** Throws at once instead of returning a promise. */
export function throws(): ProviderBehaviour {
  return {
    name: 'throws',
    answer() {
      throw new Error('a defect in the provider');
    },
  };
}

/** Never settles; `signal` or not. */
export function neverSettles(): ProviderBehaviour {
  return { name: 'neverSettles', answer: () => new Promise(() => {}) };
}

/** Settles after `ms`, deaf to the abort: the result may come to an attempt that is over. */
export function settlesLate(ms: number): ProviderBehaviour {
  return {
    name: `settlesLate(${ms})`,
    async answer(request, world) {
      await world.after(ms);
      return tokenFor(request, world);
    },
  };
}

/** Returns what is no credential. */
export function returnsJunk(junk: unknown): ProviderBehaviour {
  return { name: 'returnsJunk', answer: async () => junk as string };
}

async function tokenFor(
  { identity, forceRefresh }: CredentialRequest,
  { tokens }: ProviderWorld,
): Promise<Credential> {
  return withLife(tokens, forceRefresh ? tokens.issue(identity) : tokens.current(identity));
}

/** Says how long it lasts, if it does not for ever. */
function withLife(tokens: Tokens, token: string): Credential {
  const expiresIn = tokens.lifeOf(token);
  return expiresIn === null ? token : { token, expiresIn };
}
