import type { Socket } from 'socket.io';
import { type Renewal, renewEvent } from '../wire.ts';
import type { Examined } from './examine.ts';
import type { Identity } from './verify.ts';

/** ms between two verifications for one link: a flood of renewals costs no more than a handshake a second. */
const pause = 1_000;

export interface RenewalPort<Claims> {
  examine(token: unknown): Promise<Examined<Claims>>;
  /** Takes it for the link's new credential; gives the refusal when the link may not have it. */
  accept(identity: Identity<Claims>): Renewal;
  refused(examined: Exclude<Examined<Claims>, { identity: unknown }>): void;
}

/**
 * Answers renewals in place (CR-9): one at a time, each with an answer. One that comes without an acknowledgement is
 * ignored, for nobody could be told.
 */
export function answerRenewals<Claims>(socket: Socket, port: RenewalPort<Claims>): void {
  let isFree = true;
  let freeAt = 0;
  socket.on(renewEvent, (...args: unknown[]) => {
    const answer = args.at(-1);
    if (typeof answer !== 'function') return;
    const now = performance.now();
    if (!isFree || now < freeAt) {
      const retryAfter = Math.ceil(Math.max(freeAt - now, 1));
      port.refused({ refusal: { code: 'busy', retryAfter }, detail: 'a renewal too soon after another' });
      return answer({ error: { code: 'busy', retryAfter } } satisfies Renewal);
    }
    [isFree, freeAt] = [false, now + pause];
    void renew(socket, tokenOf(args[0]), port)
      .then((renewal) => answer(renewal))
      .finally(() => {
        isFree = true;
      });
  });
}

async function renew<Claims>(socket: Socket, token: unknown, port: RenewalPort<Claims>): Promise<Renewal> {
  const examined = await port.examine(token);
  if ('identity' in examined) {
    // The link may have ended meanwhile; then there is nothing to renew.
    return socket.connected ? port.accept(examined.identity) : { error: { code: 'expired' } };
  }
  port.refused(examined);
  return { error: examined.refusal };
}

function tokenOf(payload: unknown): unknown {
  return typeof payload === 'object' && payload !== null && 'token' in payload ? payload.token : undefined;
}
