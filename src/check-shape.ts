import { badOption, unknownOption, type Whose } from './bad-option.ts';

/** What an option may be. */
export interface Check {
  /** In words. */
  readonly allowed: string;
  readonly required?: true;
  accepts(value: unknown): boolean;
}

/**
 * Holds options against what is known of them; one given as `undefined` is not given.
 *
 * @throws HoldfastError `bad-option` or `unknown-option`, naming the option and what is allowed (ER-1).
 */
export function checkShape(given: unknown, known: Readonly<Record<string, Check>>, whose: Whose = {}): void {
  if (!isObject(given)) throw badOption('options', given, 'an object');
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(known, name)) throw unknownOption(name, Object.keys(known), whose);
  }
  for (const [name, check] of Object.entries(known)) {
    const value = given[name];
    if (value === undefined ? check.required === true : !check.accepts(value)) {
      throw badOption(`${whose.prefix ?? ''}${name}`, value, check.allowed);
    }
  }
}

export const fun: Check = { allowed: 'a function', accepts: (value) => typeof value === 'function' };

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
