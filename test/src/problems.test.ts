import { expect, test } from 'vitest';
import { SimulatedClock } from 'xstate';
import { Problems } from '../../src/problems.ts';

function hear(problems: Problems): string[] {
  const seen: string[] = [];
  problems.problems$.subscribe({
    next: ({ message }) => seen.push(message),
    complete: () => seen.push('completed'),
  });
  return seen;
}

test('[ER-2, LC-10] problems complete at the end, and for those that look for them later', () => {
  for (const looksBefore of [true, false]) {
    const problems = new Problems(new SimulatedClock(), { redact: (said) => said });
    if (looksBefore) {
      const early = hear(problems);
      problems.caught('the app', new Error('mine'));
      problems.complete();
      expect(early).toEqual(['the app threw: Error: mine', 'completed']);
    } else problems.complete();
    const late = hear(problems);
    problems.caught('the app', new Error('late'));
    expect(late).toEqual(['completed']);
  }
});
