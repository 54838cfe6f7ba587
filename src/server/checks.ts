import { badOption, checkNames } from './errors.ts';

export interface Check {
  /** In words: what may be given. */
  readonly allowed: string;
  accepts(given: unknown): boolean;
  /** Whether it may not be left out. */
  readonly required?: true;
}

/**
 * Holds what was given against a table of checks. An option given as `undefined` is one not given.
 *
 * @throws ServerError `bad-option` or `unknown-option`, naming the option.
 */
export function checkOptions(owner: string, given: unknown, checks: Readonly<Record<string, Check>>): void {
  checkNames(owner, given, Object.keys(checks));
  for (const [name, { allowed, accepts, required }] of Object.entries(checks)) {
    const value = (given as Record<string, unknown>)[name];
    if (value === undefined ? required : !accepts(value)) throw badOption(name, value, allowed);
  }
}

/** Above it, Node's timers fire at once. */
const longestDelay = 2 ** 31 - 1;

export const duration: Check = {
  allowed: `a number of ms from 0 to ${longestDelay}`,
  accepts: (given) => typeof given === 'number' && given >= 0 && given <= longestDelay,
};

export const positive: Check = {
  allowed: 'a finite number above 0',
  accepts: (given) => typeof given === 'number' && Number.isFinite(given) && given > 0,
};

export const atLeast1: Check = {
  allowed: 'a finite number, 1 or more',
  accepts: (given) => typeof given === 'number' && Number.isFinite(given) && given >= 1,
};

export const callback: Check = {
  allowed: 'a function',
  accepts: (given) => typeof given === 'function',
};

export function oneOf(...values: readonly string[]): Check {
  return {
    allowed: values.map((value) => `\`${value}\``).join(', '),
    accepts: (given) => values.includes(given as string),
  };
}

export function withMethods(...names: readonly string[]): Check {
  return {
    allowed: `an object with ${names.map((name) => `${name}()`).join(', ')}`,
    accepts: (given) =>
      typeof given === 'object' &&
      given !== null &&
      names.every((name) => typeof (given as Record<string, unknown>)[name] === 'function'),
  };
}
