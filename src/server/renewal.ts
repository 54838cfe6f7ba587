import type { Socket } from 'socket.io';
import { type Renewal, renewEvent } from '../wire.ts';
import type { Examined, Refused } from './examine.ts';
import type { Identity } from './verify.ts';

/** ms between two verifications for one link: a flood of renewals costs no more than a handshake a second. */
const pause = 1_000;

/** One for all links of a namespace: a link weighs little. */
export interface RenewalDesk<Claims> {
  examine(token: unknown): Promise<Examined<Claims>>;
  refused(refused: Refused): void;
}

/** What a renewal means for its link. */
export interface Renewable<Claims> {
  readonly socket: Socket;
  /** Whose it is. */
  readonly user: string;
  renewed(identity: Identity<Claims>): void;
  /** Ends the link of who is forbidden. */
  forbid(): void;
}

/**
 * Answers renewals in place (CR-9): one at a time, each with an answer. One that comes without an acknowledgement is
 * ignored, for nobody could be told. What is refused leaves the link as it was, until its credential runs out; but
 * `forbidden`, which the credential of another user is too, ends it.
 */
export function answerRenewals<Claims>(link: Renewable<Claims>, desk: RenewalDesk<Claims>): void {
  let isFree = true;
  let freeAt = 0;
  link.socket.on(renewEvent, (...args: unknown[]) => {
    const answer = args.at(-1);
    if (typeof answer !== 'function') return;
    const now = performance.now();
    if (!isFree || now < freeAt) return answer(refuse(desk, soon(freeAt - now)));
    isFree = false;
    freeAt = now + pause;
    void renew(link, tokenOf(args[0]), desk).then((renewal) => {
      isFree = true;
      answer(renewal);
      // The answer comes first.
      if ('error' in renewal && renewal.error.code === 'forbidden') link.forbid();
    });
  });
}

async function renew<Claims>(
  link: Renewable<Claims>,
  token: unknown,
  desk: RenewalDesk<Claims>,
): Promise<Renewal> {
  const examined = await desk.examine(token);
  if ('refusal' in examined) return refuse(desk, examined);
  const { identity } = examined;
  if (identity.user !== link.user) {
    return refuse(desk, { refusal: { code: 'forbidden' }, detail: 'the credential is of another user' });
  }
  // It ended meanwhile: there is nothing to renew, and nobody to read the answer.
  if (!link.socket.connected) return {};
  link.renewed(identity);
  const { expiresAt } = identity;
  return expiresAt === undefined ? {} : { expiresIn: Math.max(0, expiresAt - Date.now()) };
}

function refuse<Claims>(desk: RenewalDesk<Claims>, refused: Refused): Renewal {
  desk.refused(refused);
  return { error: refused.refusal };
}

function soon(ms: number): Refused {
  return {
    refusal: { code: 'busy', retryAfter: Math.ceil(Math.max(ms, 1)) },
    detail: 'it came too soon after another',
  };
}

function tokenOf(payload: unknown): unknown {
  return typeof payload === 'object' && payload !== null && 'token' in payload ? payload.token : undefined;
}
