import type { RenewalEvent } from '../machines/events.ts';
import { type Classifier, unanswered } from '../machines/verdict.ts';
import { gaveOther, threw } from './callback-error.ts';
import { isObject } from './check-shape.ts';
import type { CredentialDesk } from './credential.ts';
import type { Dialect } from './dialect/dialect.ts';
import { readAnswer } from './dialect/read-answer.ts';
import { HoldfastError } from './errors.ts';
import { type Auth, LinkCallError, type LinkSession } from './link/link.ts';
import type { Secret } from './secret.ts';

interface RenewParts {
  readonly link: Pick<LinkSession, 'call'>;
  readonly auth: Secret<Auth>;
  readonly dialect: Pick<Dialect, 'renew' | 'readAnswer'>;
  readonly classify: Classifier;
  readonly desk: Pick<CredentialDesk, 'redact'>;
  readonly epoch: number;
  /** Ms; the verdict is not made here, but nobody waits for an answer any longer. */
  readonly timeout: number;
}

/**
 * Hands a credential over on the open link, in the words of the dialect, and judges a refusal as one of a handshake
 * (CR-9). `settle` is called at most once, and not after the returned function was called. Silence tells nothing.
 */
export function renewOnLink(parts: RenewParts, settle: (event: RenewalEvent) => void): () => void {
  let isOver = false;
  void handOver(parts).then((event) => {
    if (!isOver && event !== null) settle(event);
  });
  return () => {
    isOver = true;
  };
}

async function handOver(parts: RenewParts): Promise<RenewalEvent | null> {
  const { link, auth, dialect, classify, desk, epoch, timeout } = parts;
  const unusable = ({ message }: Error): RenewalEvent => ({
    type: 'renewal.refused',
    epoch,
    verdict: unanswered(desk.redact(message)),
  });
  try {
    const said = await dialect.renew?.(auth.expose(), (event, ...args) => link.call(event, args, timeout));
    const answer = readAnswer(dialect, said);
    if (answer instanceof HoldfastError) return unusable(answer);
    if (!answer.ok) {
      const observed = observe(answer.error, answer.retryable);
      return { type: 'renewal.refused', epoch, verdict: classify(desk.redact(observed)) };
    }
    const { expiresIn } = isObject(answer.value) ? answer.value : {};
    // `null` is how many servers write that there is none.
    if (expiresIn == null) return { type: 'renewal.accepted', epoch };
    if (isLifetime(expiresIn)) return { type: 'renewal.accepted', epoch, expiresIn };
    return unusable(gaveOther('the answer to a renewal', '`expiresIn` in ms'));
  } catch (thrown) {
    // No answer: the chart keeps the time.
    return thrown instanceof LinkCallError ? null : unusable(threw('`dialect.renew`', thrown));
  }
}

/** Without words of its own, a refusal is judged by its code; these must not sound like one about a credential. */
function observe(error: unknown, retryable: boolean) {
  const words = isObject(error) ? error['message'] : error;
  const message = typeof words === 'string' && words !== '' ? words : 'the renewal was refused';
  const data = retryable ? { ...(isObject(error) && error), code: 'busy' } : error;
  return { during: 'refused', message, data } as const;
}

function isLifetime(ms: unknown): ms is number {
  return Number.isFinite(ms) && (ms as number) >= 0;
}
