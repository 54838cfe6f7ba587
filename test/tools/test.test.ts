import { expect, test } from 'vitest';
import { countTests } from '../../tools/test.ts';

const file = { status: 'passed', assertionResults: [{}] };

test('the closing line counts tests', () => {
  expect(countTests({ success: false, numPassedTests: 3, numFailedTests: 1, testResults: [file] })).toEqual({
    passed: 3,
    failed: 1,
  });
});

test('a file that fails before its first test counts as a failed one', () => {
  const broken = { status: 'failed', assertionResults: [] };
  const report = { success: false, numPassedTests: 3, numFailedTests: 0, testResults: [file, broken] };
  expect(countTests(report)).toEqual({ passed: 3, failed: 1 });
});

test('a process that dies in the middle of a file counts as a failure: its tests are pending', () => {
  const report = { success: false, numPassedTests: 3, numFailedTests: 0, testResults: [file, file] };
  expect(countTests(report)).toEqual({ passed: 3, failed: 1 });
});

test('a run that left no report counts as a failure', () => {
  expect(countTests(undefined)).toEqual({ passed: 0, failed: 1 });
});
