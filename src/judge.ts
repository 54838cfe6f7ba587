import { type BackoffRequest, clampDelay, type ReconnectPolicy } from '../machines/policy.ts';
import { type Classifier, classifySocketIo, type Verdict } from '../machines/verdict.ts';
import { describe } from './describe.ts';
import { HoldfastError } from './errors.ts';
import type { ReconnectOptions } from './options.ts';
import type { Problems } from './problems.ts';

/** The user's classifier, made total: what is no verdict is reported, and the default serves (RE-9, LC-13). */
export function judgeSafely(classify: Classifier, problems: Pick<Problems, 'report'>): Classifier {
  if (classify === classifySocketIo) return classify;
  return (observed) => {
    try {
      const verdict = readVerdict(classify(observed));
      if (verdict !== null) return verdict;
      problems.report(new HoldfastError('classifier-invalid', '`classify` returned no complete verdict'));
    } catch (thrown) {
      problems.report(new HoldfastError('classifier-invalid', `\`classify\` threw: ${describe(thrown)}`));
    }
    return classifySocketIo(observed);
  };
}

/** The user's backoff, made total: `undefined` lets the default schedule serve (RE-3, LC-13). */
export function backOffSafely(
  backoff: ReconnectOptions['backoff'],
  problems: Pick<Problems, 'report'>,
): ReconnectPolicy['backoff'] {
  if (backoff === undefined) return undefined;
  return (request: BackoffRequest) => {
    try {
      const delay = backoff(request);
      if (delay === 'give-up' || (typeof delay === 'number' && delay >= 0)) return delay;
      problems.report(
        new HoldfastError('backoff-invalid', '`reconnect.backoff` returned neither ms nor "give-up"'),
      );
    } catch (thrown) {
      problems.report(
        new HoldfastError('backoff-invalid', `\`reconnect.backoff\` threw: ${describe(thrown)}`),
      );
    }
    return undefined;
  };
}

/** The random source, made total: what is no number in [0, 1) is reported, and the host's serves (LC-13, CR-10). */
export function drawSafely(
  random: () => number,
  problems: Pick<Problems, 'report' | 'caught'>,
): () => number {
  if (random === Math.random) return random;
  return () => {
    try {
      const drawn = random();
      if (drawn >= 0 && drawn < 1) return drawn;
      problems.report(new HoldfastError('bad-option', '`random` gave no number in [0, 1)'));
    } catch (thrown) {
      problems.caught('`random`', thrown);
    }
    return Math.random();
  };
}

const kinds: readonly unknown[] = [
  'credential',
  'forbidden',
  'superseded',
  'busy',
  'server',
  'network',
  'protocol',
] satisfies Verdict['kind'][];
const retries: readonly unknown[] = ['now', 'backoff', 'never'] satisfies Verdict['retry'][];

/** What belongs to a verdict and nothing else: it goes into traces, which must stay plain data. */
function readVerdict(given: unknown): Verdict | null {
  if (typeof given !== 'object' || given === null) return null;
  const { kind, retry, forceRefresh, retryAfter, exact, code, message, hint } = given as Record<
    keyof Verdict,
    unknown
  >;
  const isComplete =
    kinds.includes(kind) &&
    retries.includes(retry) &&
    typeof forceRefresh === 'boolean' &&
    (retryAfter === null || (typeof retryAfter === 'number' && retryAfter >= 0)) &&
    [code, message, hint].every((text) => typeof text === 'string');
  if (!isComplete) return null;
  const floor = retryAfter === null ? null : clampDelay(retryAfter as number);
  return {
    ...({ kind, retry, forceRefresh, retryAfter: floor, code, message, hint } as Verdict),
    ...(exact === true && { exact }),
  };
}
