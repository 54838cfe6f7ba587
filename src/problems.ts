import { type Observable, Subject } from 'rxjs';
import { describe } from './describe.ts';
import { HoldfastError } from './errors.ts';

/** Something that went wrong without changing the state (ER-2). */
export interface Problem {
  /** Clock reading. */
  readonly at: number;
  readonly code: HoldfastError['code'];
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}

export interface Problems {
  readonly problems$: Observable<Problem>;
  report(problem: Pick<HoldfastError, 'code' | 'message' | 'hint'>): void;
  /** Reports what a callback of the user threw (LC-13). */
  caught(who: string): (thrown: unknown) => void;
  complete(): void;
}

/** @param redact Takes credentials out of what somebody's callback said (CR-12). */
export function createProblems(now: () => number, redact: (said: string) => string): Problems {
  const problems = new Subject<Problem>();
  const report: Problems['report'] = ({ code, message, hint }) =>
    problems.next({ at: now(), code, message: redact(message), hint });
  return {
    problems$: problems.asObservable(),
    report,
    caught: (who) => (thrown) =>
      report(new HoldfastError('callback-threw', `${who} threw: ${describe(thrown)}`)),
    complete: () => problems.complete(),
  };
}
