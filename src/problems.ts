import { type Observable, Subject } from 'rxjs';
import type { HoldfastError } from './errors.ts';

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
  complete(): void;
}

export function createProblems(now: () => number): Problems {
  const problems = new Subject<Problem>();
  return {
    problems$: problems.asObservable(),
    report: ({ code, message, hint }) => problems.next({ at: now(), code, message, hint }),
    complete: () => problems.complete(),
  };
}
