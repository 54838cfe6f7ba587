import { expect, test } from 'vitest';
import { isHoldfastError } from '../../../src/errors.ts';
import { AuthError, ServerError } from '../../../src/server/errors.ts';

test('[ER-1] the errors of the server are of the family: branded, with a code and a hint', () => {
  for (const error of [new ServerError('secret-missing', 'no secret'), new AuthError('expired', 'over')]) {
    expect(isHoldfastError(error)).toBe(true);
    expect(error).toBeInstanceOf(Error);
    expect(error.hint).toMatch(/\w/);
  }
});

test('[SV-1] a refusal keeps its code, its detail, its wait and its cause', () => {
  const cause = new Error('below');
  const error = new AuthError('busy', 'the directory is down', { retryAfter: 300, cause });
  expect(error).toMatchObject({ code: 'busy', detail: 'the directory is down', retryAfter: 300, cause });
});
