import type { BackoffRequest, ReconnectPolicy } from '../machines/policy.ts';
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
      const verdict = classify(observed);
      if (isVerdict(verdict)) return verdict;
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

function isVerdict(verdict: unknown): verdict is Verdict {
  if (typeof verdict !== 'object' || verdict === null) return false;
  const { kind, retry, forceRefresh, retryAfter, code, message, hint } = verdict as Record<
    keyof Verdict,
    unknown
  >;
  return (
    kinds.includes(kind) &&
    retries.includes(retry) &&
    typeof forceRefresh === 'boolean' &&
    (retryAfter === null || (typeof retryAfter === 'number' && retryAfter >= 0)) &&
    [code, message, hint].every((text) => typeof text === 'string')
  );
}
