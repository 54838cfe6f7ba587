import type { Refusal, RefusalCode } from '../wire.ts';
import { AuthError, kindOf } from './errors.ts';
import { redactError, redactText } from './redact.ts';
import type { Identity, Verify } from './verify.ts';

export type Examined<Claims> = { readonly identity: Identity<Claims> } | Refused;

/** Without the credential, whatever `verify` said of it. */
export interface Refused {
  readonly refusal: Refusal;
  /** For the log. */
  readonly detail: string;
  /** `verify` failed, instead of refusing. */
  readonly error?: Error;
}

/** As in the client: nobody needs more, and nothing beyond it is looked at. */
const largest = 64 * 1024;
/** ms after which a client may ask again when the server could not decide. */
const retryAfter = 5_000;

/** Has a credential verified. Never throws, and settles within `timeout` whatever `verify` does. */
export async function examine<Claims>(
  token: unknown,
  verify: Verify<Claims>,
  timeout: number,
): Promise<Examined<Claims>> {
  if (typeof token !== 'string' || token === '') {
    return refused('unauthorized', `the token is ${kindOf(token)}`);
  }
  if (token.length > largest) return refused('unauthorized', `the token is longer than ${largest}`);
  try {
    return judge(await within(timeout, async () => verify(token)));
  } catch (thrown) {
    if (isRefusal(thrown)) return refused(thrown.code, redactText(thrown.detail, token), thrown.retryAfter);
    return { ...undecided('`verify` failed'), error: redactError(thrown, token) };
  }
}

/** Anything may be thrown, also a proxy that throws when it is looked at. */
function isRefusal(thrown: unknown): thrown is AuthError {
  try {
    return thrown instanceof AuthError;
  } catch {
    return false;
  }
}

function judge<Claims>(given: Identity<Claims> | null): Examined<Claims> {
  if (given === null) return refused('unauthorized', '`verify` gave null');
  const { user, expiresAt, claims } = given;
  if (typeof user !== 'string' || user === '') throw new TypeError('`verify` gave no `user`');
  if (expiresAt === undefined) return { identity: { user, claims } };
  if (typeof expiresAt !== 'number' || Number.isNaN(expiresAt)) {
    throw new TypeError('`verify` gave an `expiresAt` that is no time');
  }
  if (expiresAt <= Date.now()) return refused('expired', '`expiresAt` has passed');
  return { identity: { user, expiresAt, claims } };
}

function refused(code: RefusalCode, detail: string, wait?: number): Refused {
  const isWait = wait !== undefined && Number.isFinite(wait) && wait >= 0;
  return { refusal: { code, ...(isWait && { retryAfter: Math.ceil(wait) }) }, detail };
}

/** The client keeps its credential, and comes back: the fault is ours. */
function undecided(detail: string): Refused {
  return refused('busy', detail, retryAfter);
}

async function within<T>(ms: number, ask: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`\`verify\` took longer than ${ms} ms`)), ms);
    timer.unref();
  });
  try {
    return await Promise.race([ask(), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
